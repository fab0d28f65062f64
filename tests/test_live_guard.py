"""What a live session will not send, and what allow lets through."""

import boto3
import botocore.session
import pytest

import bedrock_helpers as bh
from bedrock_helpers.live import NEVER_LIVE
from tests.metered import HI

FORM = {"formData": b"{}"}
GUARDRAIL = {
    "name": "g",
    "blockedInputMessaging": "no",
    "blockedOutputsMessaging": "no",
}
MODEL_ARN = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"
PROFILE = {"inferenceProfileName": "p", "modelSource": {"copyFrom": MODEL_ARN}}
CHANGES = {
    "PutUseCaseForModelAccess": ("bedrock", FORM),
    "CreateFoundationModelAgreement": ("bedrock", {"offerToken": "t", "modelId": "m"}),
    "CreateGuardrail": ("bedrock", GUARDRAIL),
    "CreateInferenceProfile": ("bedrock", PROFILE),
    "DeleteInferenceProfile": ("bedrock", {"inferenceProfileIdentifier": "p"}),
    "TagResource": ("bedrock", {"resourceARN": MODEL_ARN, "tags": []}),
    "PutModelInvocationLoggingConfiguration": ("bedrock", {"loggingConfig": {}}),
    "CreateRole": ("iam", {"RoleName": "r", "AssumeRolePolicyDocument": "{}"}),
    "CreateBucket": ("s3", {"Bucket": "b-of-the-test"}),
    "CreateKey": ("kms", {}),
    "CreateVpcEndpoint": ("ec2", {"VpcId": "vpc-1", "ServiceName": "s"}),
}
BY_THE_HOUR = {
    "provisionedModelName": "p",
    "modelId": "amazon.nova-micro-v1:0",
    "modelUnits": 1,
}
READING_OPERATIONS = (
    "Get", "List", "Describe", "Head", "BatchGet", "Lookup", "Simulate"
)  # fmt: skip
TOKENS_ONLY = {
    "Converse",
    "ConverseStream",
    "CountTokens",
    "InvokeModel",
    "InvokeModelWithResponseStream",
    "ApplyGuardrail",
}
READ_SERVICES = {
    "bedrock", "bedrock-runtime", "budgets", "cloudtrail", "cloudwatch", "ec2", "iam",
    "kms", "logs", "pricing", "s3", "service-quotas",
}  # fmt: skip
SECRETS = {
    "DescribeVpnConnections",
    "GetPasswordData",
    "GetVpnConnectionDeviceSampleConfiguration",
}
SIGNING_IN = {
    ("sts", "GetCallerIdentity"),
    ("sso", "GetRoleCredentials"),
    ("sts", "AssumeRole"),
    ("sts", "AssumeRoleWithSAML"),
    ("sts", "AssumeRoleWithWebIdentity"),
    ("sso-oidc", "CreateToken"),
    ("signin", "CreateOAuth2Token"),
}


def call(session, operation):
    service, parameters = CHANGES[operation]
    client = session.client(service)
    return getattr(client, snake(client, operation))(**parameters)


def snake(client, operation):
    mapping = client.meta.method_to_api_mapping
    return next(method for method, name in mapping.items() if name == operation)


def operations(service):
    model = botocore.session.get_session().get_service_model(service)
    return [model.operation_model(name) for name in model.operation_names]


def is_refused(session, operation):
    """Whether the guard stops an operation, asked through the session's own events."""
    service = operation.service_model.service_name
    event = f"before-parameter-build.{service}.{operation.name}"
    try:
        session.events.emit(event, params={}, model=operation, context={})
    except bh.AccountChangeRefused:
        return True
    return False


# What it will not send


@pytest.mark.parametrize("operation", CHANGES)
def test_a_change_of_the_account_is_refused_before_it_is_sent(live, aws, operation):
    with pytest.raises(bh.AccountChangeRefused) as caught:
        call(live, operation)
    assert f'allow={{"{operation}"}}' in str(caught.value)
    assert aws.requests == []


@pytest.mark.parametrize("operation", CHANGES)
def test_a_change_that_was_allowed_by_name_is_sent(aws, operation):
    session = bh.connect("live", allow={operation})
    aws.requests.clear()
    call(session, operation)
    assert len(aws.requests) == 1
    assert operation in repr(session)


def test_allowing_one_change_allows_no_other(aws):
    session = bh.connect("live", allow={"CreateGuardrail"})
    with pytest.raises(bh.AccountChangeRefused):
        call(session, "CreateRole")


@pytest.mark.parametrize("name", NEVER_LIVE)
def test_what_bills_by_the_hour_cannot_be_allowed(aws, name):
    with pytest.raises(ValueError, match="by the hour"):
        bh.connect("live", allow={name, "CreateGuardrail"})
    assert aws.requests == []


def test_provisioned_throughput_is_never_sent(live, aws):
    bedrock = live.client("bedrock")
    with pytest.raises(bh.AccountChangeRefused, match="by the hour"):
        bedrock.create_provisioned_model_throughput(**BY_THE_HOUR)
    assert aws.requests == []


def test_reading_and_spending_tokens_are_sent(live, aws):
    live.client("bedrock").list_foundation_models()
    live.client("bedrock-runtime").converse(**HI)
    live.client("sts").get_caller_identity()
    assert len(aws.requests) == 3


def passing(session, service):
    return {o.name for o in operations(service) if not is_refused(session, o)}


def signing_in(service):
    return {name for known, name in SIGNING_IN if known == service}


@pytest.mark.parametrize("service", sorted(READ_SERVICES))
def test_of_the_services_of_the_course_only_reading_and_tokens_pass(live, service):
    names = {o.name for o in operations(service)}
    reading = {name for name in names if name.startswith(READING_OPERATIONS)}
    tokens = TOKENS_ONLY if service == "bedrock-runtime" else set()
    logs = {"FilterLogEvents"} if service == "logs" else set()
    secrets = SECRETS if service == "ec2" else set()
    assert secrets <= reading
    assert passing(live, service) == (reading | tokens | logs) - secrets


def test_of_all_other_services_nothing_passes_but_signing_in(live):
    others = set(botocore.session.get_session().get_available_services())
    for service in sorted(others - READ_SERVICES):
        assert passing(live, service) == signing_in(service), service


def test_reading_that_may_cost_or_give_out_credentials_says_so(live, aws):
    with pytest.raises(bh.AccountChangeRefused) as caught:
        live.client("sts").get_session_token()
    assert "GetSessionToken of sts may cost money or give out cred" in str(caught.value)
    assert 'allow={"GetSessionToken"}' in str(caught.value)
    assert aws.requests == []


def test_reading_of_another_service_that_was_allowed_by_name_is_sent(aws):
    session = bh.connect("live", allow={"GetSessionToken"})
    aws.requests.clear()
    session.client("sts").get_session_token()
    assert len(aws.requests) == 1


def test_every_passing_operation_of_bedrock_reads_over_http_too(live):
    writing = {
        operation.name
        for operation in operations("bedrock")
        if not is_refused(live, operation) and operation.http["method"] != "GET"
    }
    assert writing == {"ListTagsForResource"}  # it reads; its ARN travels in a body


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("iam", "GenerateCredentialReport"),
        ("iam", "ResetServiceSpecificCredential"),
        ("sts", "AssumeRoot"),
        ("logs", "StartQuery"),
        ("logs", "TestTransformer"),
        ("kms", "GenerateDataKey"),
        ("bedrock-runtime", "StartAsyncInvoke"),
        ("bedrock", "StopModelCustomizationJob"),
        ("sts", "GetFederationToken"),
        ("cognito-identity", "GetId"),
        ("cognito-identity", "GetOpenIdTokenForDeveloperIdentity"),
        ("redshift", "GetClusterCredentials"),
        ("redshift", "GetClusterCredentialsWithIAM"),
        ("redshift-serverless", "GetCredentials"),
        ("ce", "GetCostAndUsage"),
    ],
)
def test_what_only_sounds_harmless_is_refused(live, service, name):
    found = next(o for o in operations(service) if o.name == name)
    assert is_refused(live, found)


@pytest.mark.parametrize(
    "name", ["license-manager.CreateToken", "codecatalyst.CreateAccessToken"]
)
def test_a_name_that_signs_in_elsewhere_is_refused_here(live, name):
    service, _, operation = name.partition(".")
    found = next(o for o in operations(service) if o.name == operation)
    assert is_refused(live, found)


@pytest.mark.parametrize(
    "make",
    [
        lambda session: session.resource("s3").create_bucket(Bucket="b-of-the-test"),
        lambda session: session.client("s3").generate_presigned_url(
            "create_bucket", Params={"Bucket": "b-of-the-test"}
        ),
        lambda session: session._session.create_client("kms").create_key(),
        lambda session: (
            boto3.Session(botocore_session=session._session, region_name="us-east-1")
            .client("kms")
            .create_key()
        ),
        lambda session: session.client("kms")._make_api_call("CreateKey", {}),
    ],
    ids=["resource", "presigned", "botocore", "second session", "private"],
)
def test_no_way_around_the_clients_leads_past_the_guard(live, aws, make):
    with pytest.raises(bh.AccountChangeRefused):
        make(live)
    assert aws.requests == []


def test_an_upload_through_the_transfer_manager_is_refused(live, aws, tmp_path):
    (tmp_path / "f").write_text("x")
    with pytest.raises(bh.AccountChangeRefused):
        live.client("s3").upload_file(str(tmp_path / "f"), "b", "k")
    assert aws.requests == []


def test_a_paginator_is_guarded_on_every_page(live, aws):
    pages = live.client("bedrock").get_paginator("list_inference_profiles")
    assert list(pages.paginate())
    assert len(aws.requests) == 1


def test_other_sessions_of_the_process_are_left_alone(live, aws):
    boto3.Session(region_name="us-east-1").client("kms").create_key()
    assert len(aws.requests) == 1


# The names in allow


@pytest.mark.parametrize(
    ("allow", "words"),
    [
        ("CreateGuardrail", "Type: allow={'CreateGuardrail'}"),
        ({"create_guardrail"}, 'like "CreateGuardrail"'),
        (["createGuardrail", 1], "'createGuardrail', 1"),
        ({""}, "operations are named as in IAM"),
    ],
)
def test_allow_written_wrongly_says_how_to_write_it(aws, allow, words):
    with pytest.raises(ValueError) as caught:
        bh.connect("live", allow=allow)
    assert words in str(caught.value)
    assert aws.requests == []


def test_allow_may_be_any_collection_or_nothing(aws):
    for allow in (["CreateGuardrail"], ("CreateGuardrail",), None, ()):
        assert bh.connect("live", allow=allow).mode == "live"


def test_the_environment_can_allow_by_name_too(aws, monkeypatch):
    monkeypatch.setenv("BEDROCK_ALLOW", "CreateGuardrail, DeleteGuardrail")
    session = bh.connect("live")
    assert "Account changes allowed: CreateGuardrail, DeleteGuardrail" in repr(session)


def test_what_is_said_in_code_holds_against_the_environment(aws, monkeypatch):
    monkeypatch.setenv("BEDROCK_ALLOW", "CreateGuardrail")
    assert "Account changes allowed: none" in repr(bh.connect("live", allow=()))


def test_the_environment_cannot_allow_what_bills_by_the_hour(aws, monkeypatch):
    monkeypatch.setenv("BEDROCK_ALLOW", "CreateProvisionedModelThroughput")
    with pytest.raises(ValueError, match="cannot be allowed live"):
        bh.connect("live")
