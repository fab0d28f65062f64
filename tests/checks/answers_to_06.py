"""Right and wrong answers to the exercises of notebook 06."""

from urllib.parse import urlsplit

import bedrock_helpers as bh
from tests.checks.secured_account import SecuredAccount

MICRO = f"arn:aws:bedrock:us-east-1::foundation-model/{bh.catalog.NOVA_MICRO}"
STREAM = "bedrock:InvokeModelWithResponseStream"
LONG = {"bedrock:BearerTokenType": "LONG_TERM"}
BEARER = "bedrock:CallWithBearerToken"


def policy(**changes):
    statement = {"Effect": "Allow", "Action": STREAM, "Resource": MICRO, **changes}
    return {"Version": "2012-10-17", "Statement": [statement]}


def statement(**changes):
    condition = {"StringEquals": LONG}
    given = {"Effect": "Deny", "Action": BEARER, "Resource": "*"}
    return {**given, "Condition": condition, **changes}


def denied(records):
    refused = [r for r in records if r.get("errorCode") == "AccessDenied"]
    return {r["userIdentity"]["arn"] for r in refused}


def failed(records):
    return {r["userIdentity"]["arn"] for r in records if r.get("errorCode")}


def first_denied(records):
    return list(denied(records))[:1]


def by_key(records):
    return {r["userIdentity"]["arn"] for r in records if r["errorCode"]}


def alarm(**changes):
    return {
        "AlarmName": "throttled",
        "Namespace": "AWS/Bedrock",
        "MetricName": "InvocationThrottles",
        "Dimensions": [{"Name": "ModelId", "Value": bh.catalog.NOVA_MICRO}],
        "Period": 300,
        "EvaluationPeriods": 1,
        "Statistic": "Sum",
        "Threshold": 3,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        **changes,
    }


def guardrail(word="internal use only", action="ANONYMIZE", **changes):
    entities = [{"type": "EMAIL", "action": action}]
    return {
        "name": "mine",
        "blockedInputMessaging": "No.",
        "blockedOutputsMessaging": "No.",
        "wordPolicyConfig": {"wordsConfig": [{"text": word}]},
        "sensitiveInformationPolicyConfig": {"piiEntitiesConfig": entities},
        **changes,
    }


def may_link(url):
    parts = urlsplit(url)
    return parts.scheme == "https" and parts.netloc == "docs.example.com"


def starts_with_host(url):
    return url.startswith("https://docs.example.com")


def has_host(url):
    return "docs.example.com" in url


RIGHT = {
    "06-policy": [
        policy(),
        policy(Action=[STREAM]),
        policy(Resource=[MICRO]),
        {"Version": "2012-10-17", "Statement": policy()["Statement"][0]},
    ],
    "06-long-keys": [
        statement(),
        statement(Condition={"StringLike": LONG}),
        statement(Action="*"),
        statement(
            Condition={"StringEquals": {"bedrock:bearerTokenType": ["LONG_TERM"]}}
        ),
    ],
    "06-denied": [denied, lambda records: list(denied(records))],
    "06-alarm": [
        alarm(),
        alarm(Threshold=2, ComparisonOperator="GreaterThanThreshold"),
        alarm(TreatMissingData="notBreaching"),
    ],
    "06-guardrail": [guardrail(), guardrail(description="for a course")],
    "06-links": [may_link],
    "06-checklist": [SecuredAccount()],
}
WRONG = {
    "06-policy": [
        (policy(Action="bedrock:InvokeModel*"), "without a stream, too"),
        (policy(Action="bedrock:*", Resource="*"), "without a stream, too"),
        (policy(Action="bedrock:ConverseStream"), "streaming Nova Micro is not"),
        (policy(Resource=MICRO.rpartition("/")[0] + "/*"), "allows other models, too"),
        (policy(Resource=MICRO.replace("us-east-1", "*")), "other Regions, too"),
        (policy(Effect="Permit"), "IAM refuses it"),
        (policy(Action=[STREAM, "s3:*"], Resource="*"), "other models, too"),
        (policy()["Statement"][0], "it should be a policy"),
        ("bedrock:*", "it should be a policy"),
    ],
    "06-long-keys": [
        (statement(Condition={}), "short-term keys, too"),
        (statement(Effect="Allow"), "a long-term key is still let through"),
        (statement(Action="*", Condition={}), "short-term keys, too"),
        (statement(Condition={"StringIs": LONG}), "IAM refuses it"),
        (policy(), "it should be one statement"),
        ("Deny", "it should be one statement"),
    ],
    "06-denied": [
        (failed, "user/ana is not one who was denied"),
        (first_denied, "1 more of them were denied"),
        (by_key, "it raises KeyError"),
        ({"arn"}, "it should be a function"),
    ],
    "06-alarm": [
        (alarm(Threshold=1), "fires at two throttles already"),
        (alarm(ComparisonOperator="GreaterThanThreshold"), "after three throttles"),
        (alarm(Statistic="Average"), "after three throttles"),
        (alarm(Period=3600), "it looks at 3600 seconds"),
        (alarm(Threshold=None), "CloudWatch refuses it"),
        ({k: v for k, v in alarm().items() if k != "Threshold"}, "CloudWatch refuses"),
        (alarm(MetricName="Throttles"), "after three throttles"),
        (alarm(Statistic="Total"), "CloudWatch refuses it"),
        ({"AlarmName": "a"}, "CloudWatch refuses it"),
        (3, "it should be a dict"),
    ],
    "06-guardrail": [
        (guardrail(word="sparrow"), "a reply with the phrase"),
        (guardrail(action="BLOCK"), "only the address should be masked"),
        (guardrail(sensitiveInformationPolicyConfig={}), "an e-mail address"),
        (guardrail(word="is"), "it stops a harmless text"),
        ({"name": "mine"}, "Bedrock refuses it"),
        ("mine", "it should be a dict"),
    ],
    "06-links": [
        (starts_with_host, "it lets 'https://docs.example.com.evil.test/' through"),
        (has_host, "it lets 'http://docs.example.com/guide' through"),
        (lambda url: False, "it stops 'https://docs.example.com/guide'"),
        (lambda url: url["scheme"], "it raises TypeError"),
        (True, "it should be a function"),
    ],
    "06-checklist": [
        (bh.connect("offline"), "the app's role allows no action by a wildcard: not"),
        ("session", "it should be the session"),
    ],
}
