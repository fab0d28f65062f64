"""An offline account in which everything on notebook 06's list is done."""

import json
from functools import cached_property

import bedrock_helpers as bh
from bedrock_helpers import policies

BUCKET = "course-bedrock-logs"
HI = [{"role": "user", "content": [{"text": "Hi"}]}]


def document(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def do_role(session):
    session.client("bedrock-runtime").converse(
        modelId=bh.catalog.NOVA_MICRO, messages=HI, inferenceConfig={"maxTokens": 1}
    )
    iam = session.client("iam")
    trust = document(Effect="Allow", Principal={"AWS": "*"}, Action="sts:AssumeRole")
    iam.create_role(RoleName="course-app", AssumeRolePolicyDocument=trust)
    iam.put_role_policy(
        RoleName="course-app",
        PolicyName="bedrock",
        PolicyDocument=json.dumps(policies.least_privilege(session)),
    )


def do_alarm(session):
    session.client("cloudwatch").put_metric_alarm(
        AlarmName="course-input-tokens",
        Namespace="AWS/Bedrock",
        MetricName="InputTokenCount",
        Statistic="Sum",
        Period=3600,
        EvaluationPeriods=1,
        Threshold=300,
        ComparisonOperator="GreaterThanThreshold",
    )


def do_logging(session):
    session.client("s3").create_bucket(Bucket=BUCKET)
    session.client("s3").put_bucket_policy(
        Bucket=BUCKET,
        Policy=document(
            Effect="Allow",
            Principal={"Service": "bedrock.amazonaws.com"},
            Action="s3:PutObject",
            Resource=f"arn:aws:s3:::{BUCKET}/*",
        ),
    )
    session.client("bedrock").put_model_invocation_logging_configuration(
        loggingConfig={
            "s3Config": {"bucketName": BUCKET},
            "textDataDeliveryEnabled": True,
        }
    )


def do_key(session):
    key = session.client("kms").create_key()["KeyMetadata"]["Arn"]
    rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    session.client("s3").put_bucket_encryption(
        Bucket=BUCKET,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": rule}]
        },
    )


def do_retention(session, status="Enabled"):
    rule = {"ID": "forget", "Status": status, "Filter": {"Prefix": ""}}
    session.client("s3").put_bucket_lifecycle_configuration(
        Bucket=BUCKET,
        LifecycleConfiguration={"Rules": [{**rule, "Expiration": {"Days": 30}}]},
    )


def do_endpoint(session, action="bedrock:InvokeModel"):
    ec2 = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]
    policy = document(Effect="Allow", Principal="*", Action=action, Resource="*")
    return ec2.create_vpc_endpoint(
        VpcId=vpc,
        SubnetIds=[subnet["SubnetId"]],
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.us-east-1.bedrock-runtime",
        PolicyDocument=policy,
    )["VpcEndpoint"]["VpcEndpointId"]


def do_guardrail(session):
    control = session.client("bedrock")
    made = control.create_guardrail(
        name="course-guardrail",
        blockedInputMessaging="No.",
        blockedOutputsMessaging="No.",
        wordPolicyConfig={"wordsConfig": [{"text": "sparrow"}]},
    )
    control.create_guardrail_version(guardrailIdentifier=made["guardrailId"])


STEPS = (
    do_role,
    do_alarm,
    do_logging,
    do_key,
    do_retention,
    do_endpoint,
    do_guardrail,
)


class SecuredAccount:
    """Its session, made when it is first used."""

    @cached_property
    def _session(self):
        session = bh.connect("offline")
        for step in STEPS:
            step(session)
        return session

    def client(self, name):
        return self._session.client(name)
