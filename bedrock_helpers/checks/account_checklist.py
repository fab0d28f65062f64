"""What notebook 06 sets up, looked for in an account with calls that only read."""

import json
from dataclasses import dataclass

from botocore.exceptions import ClientError

#: Names that the notebook gives to what it makes.
ROLE, ALARM, GUARDRAIL = "course-app", "course-input-tokens", "course-guardrail"


@dataclass(frozen=True)
class Item:
    """One line of the list: what it is, whether it is done, and how to do it."""

    what: str
    done: bool
    how: str

    def __str__(self):
        """A tick or a cross, and the words."""
        return f"{'✓' if self.done else '✗'} {self.what}"


def account_checklist(session):
    """
    Look at a session's account.

    Parameters
    ----------
    session : boto3.Session
        Of :func:`bedrock_helpers.connect`, offline or live; only reading calls.

    Returns
    -------
    list of Item

    Examples
    --------
    >>> import bedrock_helpers as bh
    >>> print(account_checklist(bh.connect("offline"))[0])
    ✗ the app's role allows no action by a wildcard
    """
    looks = (
        ("the app's role allows no action by a wildcard", _role, "put_role_policy"),
        ("an alarm watches input tokens", _alarm, "put_metric_alarm"),
        ("invocations are logged", _log_bucket, "put_model_invocation_logging_…"),
        ("the log is encrypted with your own key", _own_key, "put_bucket_encryption"),
        (
            "the log is deleted after 30 days",
            _retention,
            "put_bucket_lifecycle_configuration",
        ),
        ("a private endpoint has a policy", _endpoint, "create_vpc_endpoint"),
        ("the guardrail has a version", _version, "create_guardrail_version"),
    )
    return [
        Item(what, bool(_found(look, session)), f"{call} is the call.")
        for what, look, call in looks
    ]


def _found(look, session):
    """What a look finds; what is not there raises an error of the service."""
    try:
        return look(session)
    except ClientError:
        return None


def _role(session):
    iam = session.client("iam")
    names = iam.list_role_policies(RoleName=ROLE)["PolicyNames"]
    documents = [
        iam.get_role_policy(RoleName=ROLE, PolicyName=name)["PolicyDocument"]
        for name in names
    ]
    statements = [s for document in documents for s in _listed(document["Statement"])]
    actions = [a for s in statements for a in _listed(s.get("Action", "*"))]
    return actions and not any("*" in action for action in actions)


def _listed(value):
    return value if isinstance(value, list) else [value]


def _alarm(session):
    found = session.client("cloudwatch").describe_alarms(AlarmNames=[ALARM])
    return [
        a
        for a in found["MetricAlarms"]
        if "InputTokenCount" in json.dumps(a, default=str)
    ]


def _log_bucket(session):
    found = session.client("bedrock").get_model_invocation_logging_configuration()
    return found.get("loggingConfig", {}).get("s3Config", {}).get("bucketName")


def _own_key(session):
    found = session.client("s3").get_bucket_encryption(
        Bucket=_log_bucket(session) or "-"
    )
    rules = found["ServerSideEncryptionConfiguration"]["Rules"]
    applied = [rule["ApplyServerSideEncryptionByDefault"] for rule in rules]
    return any(one.get("KMSMasterKeyID") for one in applied)


def _retention(session):
    found = session.client("s3").get_bucket_lifecycle_configuration(
        Bucket=_log_bucket(session) or "-"
    )
    return [
        rule
        for rule in found["Rules"]
        if rule["Status"] == "Enabled"
        and rule.get("Expiration", {}).get("Days", 31) <= 30
        and not rule.get("Filter", {}).get("Prefix")
    ]


def _endpoint(session):
    found = session.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    here = [
        one
        for one in found
        if one["ServiceName"].endswith(".bedrock-runtime")
        and one["State"].lower() not in ("deleting", "deleted")
    ]
    return any(_is_narrow(one.get("PolicyDocument")) for one in here)


def _is_narrow(document):
    """Whether a policy names what may be done; AWS's own for an endpoint does not."""
    statements = _listed(json.loads(document or "{}").get("Statement", []))
    actions = [a for s in statements for a in _listed(s.get("Action", "*"))]
    return actions and "*" not in actions


def _version(session):
    bedrock = session.client("bedrock")
    named = [
        g for g in bedrock.list_guardrails()["guardrails"] if g["name"] == GUARDRAIL
    ]
    versions = (
        bedrock.list_guardrails(guardrailIdentifier=named[0]["id"]) if named else {}
    )
    return [g for g in versions.get("guardrails", ()) if g["version"] != "DRAFT"]
