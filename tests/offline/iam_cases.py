"""Requests, the policies they meet, and what AWS's documented rules make of them.

Each rule names the page of AWS's documentation it is taken from, as mirrored in 2026.
"""

from dataclasses import dataclass, field

USER_GUIDE = "AWS IAM User Guide: "
EVALUATION = USER_GUIDE + "How AWS enforcement code logic evaluates requests"
ACTION = USER_GUIDE + "IAM JSON policy elements: Action"
NOT_ACTION = USER_GUIDE + "IAM JSON policy elements: NotAction"
NOT_RESOURCE = USER_GUIDE + "IAM JSON policy elements: NotResource"
RESOURCE = USER_GUIDE + "IAM JSON policy elements: Resource"
GRAMMAR = USER_GUIDE + "Grammar of the IAM JSON policy language"
OPERATORS = USER_GUIDE + "IAM JSON policy elements: Condition operators"
IF_EXISTS = USER_GUIDE + "...IfExists condition operators"
NULL = USER_GUIDE + "Condition operator to check existence of condition keys"
LOGIC = USER_GUIDE + "Conditions with multiple context keys or values"
SETS = USER_GUIDE + "Single-valued vs. multivalued context keys"
VARIABLES = USER_GUIDE + "IAM policy elements: Variables and tags"
PRINCIPAL = USER_GUIDE + "AWS JSON policy elements: Principal"
BEDROCK_GUIDE = "Amazon Bedrock User Guide: "
GEOGRAPHIC = BEDROCK_GUIDE + "Geographic cross-Region inference"
GLOBAL = BEDROCK_GUIDE + "Global cross-Region inference"
GUARDRAILS = BEDROCK_GUIDE + "Enforce the use of specific guardrails"
API_KEYS = BEDROCK_GUIDE + "Control permissions for Amazon Bedrock API keys"
ENDPOINTS = BEDROCK_GUIDE + "Use interface VPC endpoints"
DENY_MODELS = BEDROCK_GUIDE + "Deny access for inference of foundation models"

ACCOUNT = "111122223333"
ANA = f"arn:aws:iam::{ACCOUNT}:user/ana"
READER = f"arn:aws:iam::{ACCOUNT}:role/reader"
READER_SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/ana"
BEDROCK = "arn:aws:bedrock:us-east-1"
MICRO = f"{BEDROCK}::foundation-model/amazon.nova-micro-v1:0"
LITE = f"{BEDROCK}::foundation-model/amazon.nova-lite-v1:0"
HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0"
HAIKU_HERE = f"{BEDROCK}::foundation-model/{HAIKU}"
HAIKU_THERE = f"arn:aws:bedrock:us-west-2::foundation-model/{HAIKU}"
HAIKU_ANYWHERE = f"arn:aws:bedrock:::foundation-model/{HAIKU}"
PROFILE = f"{BEDROCK}:{ACCOUNT}:inference-profile/us.{HAIKU}"
WORLD = f"{BEDROCK}:{ACCOUNT}:inference-profile/global.{HAIKU}"
GUARDRAIL = f"{BEDROCK}:{ACCOUNT}:guardrail/gr1234567890"
INVOKE, STREAM = "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"
LIST = "bedrock:ListGuardrails"
TAG = "bedrock:TagResource"
TEAM = "aws:PrincipalTag/team"

YES, DENIED, NO = "allowed", "explicit deny", "implicit deny"


@dataclass
class Case:
    """One request, and what it comes to."""

    reason: str
    rule: str
    outcome: str
    policies: list  # pairs of a kind and a document
    action: str = INVOKE
    resource: str = MICRO
    context: dict = field(default_factory=dict)
    by: str = ""  # the kind of policy that decides
    caller: str = ANA


def allow(action=INVOKE, resource="*", when=None, **more):
    """A statement that allows."""
    return statement("Allow", action, resource, when, more)


def deny(action=INVOKE, resource="*", when=None, **more):
    """A statement that denies."""
    return statement("Deny", action, resource, when, more)


def statement(effect, action, resource, when, more):
    """A statement; a field given as None is left out."""
    values = {"Effect": effect, "Action": action, "Resource": resource, **more}
    values |= {"Condition": when} if when else {}
    return {name: value for name, value in values.items() if value is not None}


def document(*statements, version="2012-10-17"):
    """A policy document of statements."""
    return {"Version": version, "Statement": list(statements)}


def identity(*statements):
    """An identity policy."""
    return "identity", document(*statements)


def session(*statements):
    """A session policy."""
    return "session", document(*statements)


def boundary(*statements):
    """A permissions boundary."""
    return "boundary", document(*statements)


def endpoint(*statements, principal="*"):
    """A VPC endpoint policy."""
    return "endpoint", document(*({**s, "Principal": principal} for s in statements))


def when(operator, key, wanted, given=None, *, outcome, rule=OPERATORS, reason):
    """A case of one condition on an Allow, and the one key of the request."""
    context = {} if given is None else {key: given}
    policy = identity(allow(when={operator: {key: wanted}}))
    return Case(reason, rule, outcome, [policy], context=context)


EFFECTS = [
    Case("no policy at all: denied by default", EVALUATION, NO, [], by="identity"),
    Case("an identity policy allows", EVALUATION, YES, [identity(allow())]),
    Case(
        "another action is allowed: this one is denied by default",
        EVALUATION,
        NO,
        [identity(allow(STREAM))],
        by="identity",
    ),
    Case(
        "an explicit deny outweighs an allow in the same policy",
        EVALUATION,
        DENIED,
        [identity(allow(), deny(resource=MICRO))],
        by="identity",
    ),
    Case(
        "… also when the deny comes first",
        EVALUATION,
        DENIED,
        [identity(deny(resource=MICRO), allow())],
    ),
    Case(
        "… also when it is in another policy",
        EVALUATION,
        DENIED,
        [identity(allow("*")), identity(deny(resource=MICRO))],
    ),
    Case(
        "a deny that is about another model does not apply",
        EVALUATION,
        YES,
        [identity(allow(), deny(resource=LITE))],
    ),
    Case(
        "one of several policies allows: that is enough",
        EVALUATION,
        YES,
        [identity(allow(LIST)), identity(allow())],
    ),
]

KINDS = [
    Case(
        "a session policy allows nothing that the role does not",
        EVALUATION,
        NO,
        [identity(allow(LIST)), session(allow())],
        by="identity",
    ),
    Case(
        "a session policy that does not allow the action takes it away",
        EVALUATION,
        NO,
        [identity(allow("bedrock:*")), session(allow(LIST))],
        by="session",
    ),
    Case(
        "role and session policy both allow",
        EVALUATION,
        YES,
        [identity(allow("bedrock:*")), session(allow(resource=MICRO))],
    ),
    Case(
        "of several session policies one must allow",
        EVALUATION,
        YES,
        [identity(allow("*")), session(allow(LIST)), session(allow())],
    ),
    Case(
        "a deny in a session policy is an explicit deny",
        EVALUATION,
        DENIED,
        [identity(allow("*")), session(allow("*"), deny())],
        by="session",
    ),
    Case(
        "a permissions boundary must allow too",
        EVALUATION,
        NO,
        [identity(allow("*")), boundary(allow("s3:*"))],
        by="boundary",
    ),
    Case(
        "a boundary alone allows nothing",
        EVALUATION,
        NO,
        [boundary(allow("*"))],
        by="identity",
    ),
    Case(
        "a VPC endpoint policy that leaves the action out stops it",
        ENDPOINTS,
        NO,
        [identity(allow("*")), endpoint(allow(LIST))],
        by="endpoint",
    ),
    Case(
        "the default endpoint policy lets everything through",
        ENDPOINTS,
        YES,
        [identity(allow()), endpoint(allow("*"))],
    ),
    Case(
        "an endpoint policy alone allows nothing",
        ENDPOINTS,
        NO,
        [endpoint(allow("*"))],
        by="identity",
    ),
    Case(
        "an endpoint policy's deny is an explicit deny",
        ENDPOINTS,
        DENIED,
        [identity(allow("*")), endpoint(allow("*"), deny(resource=MICRO))],
        by="endpoint",
    ),
    Case(
        "an endpoint policy for another user does not let this one through",
        PRINCIPAL,
        NO,
        [
            identity(allow()),
            endpoint(allow("*"), principal={"AWS": ANA.replace("ana", "ben")}),
        ],
        by="endpoint",
    ),
    Case(
        "an endpoint policy for the account is for all its users",
        PRINCIPAL,
        YES,
        [identity(allow()), endpoint(allow("*"), principal={"AWS": ACCOUNT})],
    ),
]

ACTIONS = [
    Case(
        "action names have no case",
        ACTION,
        YES,
        [identity(allow("BEDROCK:invokemodel"))],
    ),
    Case(
        "InvokeModel* is both InvokeModel and its stream",
        ACTION,
        YES,
        [identity(allow("bedrock:InvokeModel*"))],
        action=STREAM,
    ),
    Case(
        "? is exactly one character",
        ACTION,
        NO,
        [identity(allow("bedrock:InvokeModel?"))],
    ),
    Case("an action may be a list", ACTION, YES, [identity(allow([LIST, INVOKE]))]),
    Case(
        "NotAction with Allow allows everything else",
        NOT_ACTION,
        YES,
        [identity(allow(None, NotAction="bedrock:Create*"))],
    ),
    Case(
        "… and not what it names",
        NOT_ACTION,
        NO,
        [identity(allow(None, NotAction="bedrock:Invoke*"))],
    ),
    Case(
        "NotAction with Deny denies everything but what it names",
        NOT_ACTION,
        DENIED,
        [identity(allow("*"), deny(None, NotAction="bedrock:List*"))],
    ),
    Case(
        "there is no Converse action: allowing it does not allow the call",
        DENY_MODELS,
        NO,
        [identity(allow("bedrock:Converse"))],
    ),
]

RESOURCES = [
    Case("a model by its ARN", RESOURCE, YES, [identity(allow(resource=MICRO))]),
    Case("another model's ARN", RESOURCE, NO, [identity(allow(resource=LITE))]),
    Case(
        "resources do have a case",
        RESOURCE,
        NO,
        [identity(allow(resource=MICRO.replace("nova", "Nova")))],
    ),
    Case(
        "* in the Region's segment",
        RESOURCE,
        YES,
        [identity(allow(resource="arn:aws:bedrock:*::foundation-model/amazon.*"))],
    ),
    Case(
        "* in the last segment goes over slashes and colons",
        RESOURCE,
        YES,
        [identity(allow(resource=f"{BEDROCK}::foundation*micro*0"))],
    ),
    Case(
        "* at a segment's end goes on beyond the colon",
        RESOURCE,
        YES,
        [identity(allow(resource="arn:aws:bedrock:us-*:foundation-model/*"))],
    ),
    Case(
        "* within a segment does not",
        RESOURCE,
        NO,
        [identity(allow(resource="arn:aws:bedrock:us*1:foundation-model/*"))],
    ),
    Case(
        "an ARN that leaves out segments has * in them",
        GRAMMAR,
        YES,
        [identity(allow(resource="arn:aws:bedrock"))],
    ),
    Case(
        "foundation models have no account: an account in the ARN fits none",
        GEOGRAPHIC,
        NO,
        [identity(allow(resource=MICRO.replace("::", f":{ACCOUNT}:")))],
    ),
    Case(
        "an action without resources needs Resource *",
        RESOURCE,
        NO,
        [identity(allow(LIST, GUARDRAIL))],
        action=LIST,
        resource="*",
    ),
    Case(
        "… and has it here",
        RESOURCE,
        YES,
        [identity(allow(LIST))],
        action=LIST,
        resource="*",
    ),
    Case(
        "NotResource with Deny spares what it names",
        NOT_RESOURCE,
        YES,
        [identity(allow(), deny(resource=None, NotResource=[MICRO, LITE]))],
    ),
    Case(
        "… and denies all others",
        NOT_RESOURCE,
        DENIED,
        [identity(allow(), deny(resource=None, NotResource=[LITE]))],
    ),
    Case(
        "brackets are no wildcards",
        RESOURCE,
        NO,
        [identity(allow(resource=MICRO.replace("micro", "[m]icro")))],
    ),
]

REGION = "aws:RequestedRegion"
STRINGS = [
    when(
        "StringEquals",
        REGION,
        "us-east-1",
        "us-east-1",
        outcome=YES,
        reason="equal texts",
    ),
    when(
        "StringEquals",
        REGION,
        "us-*",
        "us-east-1",
        outcome=NO,
        reason="StringEquals has no wildcards",
    ),
    when(
        "StringEquals",
        REGION,
        "US-EAST-1",
        "us-east-1",
        outcome=NO,
        reason="StringEquals looks at case",
    ),
    when(
        "StringEqualsIgnoreCase",
        REGION,
        "US-EAST-1",
        "us-east-1",
        outcome=YES,
        reason="… and StringEqualsIgnoreCase does not",
    ),
    when(
        "StringNotEqualsIgnoreCase",
        REGION,
        "US-EAST-1",
        "us-east-1",
        outcome=NO,
        reason="nor its negation",
    ),
    when(
        "StringLike",
        REGION,
        "us-????-1",
        "us-east-1",
        outcome=YES,
        reason="StringLike has * and ?",
    ),
    when(
        "StringNotLike",
        REGION,
        ["eu-*", "us-*"],
        "us-east-1",
        outcome=NO,
        rule=LOGIC,
        reason="negated with several values: none may fit (NOR)",
    ),
    when(
        "StringNotEquals",
        REGION,
        ["eu-west-1", "eu-west-3"],
        "us-east-1",
        outcome=YES,
        rule=LOGIC,
        reason="… and here none does",
    ),
    when(
        "StringEquals",
        REGION,
        ["eu-west-1", "us-east-1"],
        "us-east-1",
        outcome=YES,
        rule=LOGIC,
        reason="several values: one is enough (OR)",
    ),
    when(
        "StringEquals",
        "AWS:requestedregion",
        "us-east-1",
        outcome=NO,
        reason="a missing key fits nothing",
    ),
    when(
        "StringNotEquals",
        REGION,
        "us-east-1",
        outcome=YES,
        reason="a missing key fits a negated operator",
    ),
    when(
        "StringEqualsIfExists",
        REGION,
        "us-east-1",
        outcome=YES,
        rule=IF_EXISTS,
        reason="IfExists: a missing key is no obstacle",
    ),
    when(
        "StringEqualsIfExists",
        REGION,
        "us-east-1",
        "eu-west-1",
        outcome=NO,
        rule=IF_EXISTS,
        reason="IfExists: a key that is there must fit",
    ),
    Case(
        "a deny with a negated IfExists denies a request without the key",
        IF_EXISTS,
        DENIED,
        [identity(allow(), deny(when={"StringNotEqualsIfExists": {TEAM: "research"}}))],
    ),
    Case(
        "names of keys have no case",
        VARIABLES,
        YES,
        [identity(allow(when={"StringEquals": {"AWS:requestedregion": "us-east-1"}}))],
        context={REGION: "us-east-1"},
    ),
    Case(
        "several keys under one operator: all must fit (AND)",
        LOGIC,
        NO,
        [identity(allow(when={"StringEquals": {REGION: "us-east-1", TEAM: "a"}}))],
        context={REGION: "us-east-1", TEAM: "b"},
    ),
    Case(
        "several operators: all must be met (AND)",
        LOGIC,
        NO,
        [
            identity(
                allow(
                    when={
                        "StringEquals": {REGION: "us-east-1"},
                        "Bool": {"aws:SecureTransport": "true"},
                    }
                )
            )
        ],
        context={REGION: "us-east-1", "aws:SecureTransport": False},
    ),
]

ADDRESS = "aws:SourceIp"
OTHERS = [
    when(
        "Bool",
        "aws:SecureTransport",
        "true",
        True,
        outcome=YES,
        reason="Bool compares truth values",
    ),
    when(
        "Bool",
        "aws:SecureTransport",
        False,
        True,
        outcome=NO,
        rule=GRAMMAR,
        reason="JSON's own false is as good as the text",
    ),
    when(
        "Null",
        "aws:SourceVpce",
        "true",
        outcome=YES,
        rule=NULL,
        reason="Null true: the key must be absent",
    ),
    when(
        "Null",
        "aws:SourceVpce",
        "true",
        "vpce-1",
        outcome=NO,
        rule=NULL,
        reason="… and here it is not",
    ),
    when(
        "Null",
        "aws:SourceVpce",
        "false",
        "vpce-1",
        outcome=YES,
        rule=NULL,
        reason="Null false: the key must be there",
    ),
    when(
        "StringEquals",
        "aws:SourceVpce",
        "vpce-1",
        "vpce-2",
        outcome=NO,
        rule=ENDPOINTS,
        reason="through another endpoint than the one allowed",
    ),
    when(
        "NumericLessThanEquals",
        "iam:ServiceSpecificCredentialAgeDays",
        "90",
        90,
        outcome=YES,
        rule=API_KEYS,
        reason="90 days are at most 90",
    ),
    when(
        "NumericLessThan",
        "s3:max-keys",
        "10",
        "9.5",
        outcome=YES,
        reason="numbers compare as numbers, decimals too",
    ),
    when(
        "NumericNotEquals",
        "s3:max-keys",
        "10",
        "10.0",
        outcome=NO,
        reason="10.0 is 10",
    ),
    when(
        "NumericGreaterThan",
        "s3:max-keys",
        "10",
        "many",
        outcome=NO,
        reason="what is no number fits no number",
    ),
    when(
        "DateLessThan",
        "aws:CurrentTime",
        "2026-12-01T00:00:00Z",
        "2026-11-24T08:00:00Z",
        outcome=YES,
        reason="before a moment",
    ),
    when(
        "DateGreaterThanEquals",
        "aws:CurrentTime",
        "2027",
        "2026-11-24T08:00:00Z",
        outcome=NO,
        reason="a year alone is its first moment",
    ),
    when(
        "DateLessThan",
        "aws:CurrentTime",
        "1767225600",
        "2026-11-24T08:00:00Z",
        outcome=NO,
        reason="seconds since 1970 are a date: 2026-01-01",
    ),
    when(
        "DateLessThan",
        "aws:TokenIssueTime",
        "2026-11-24T09:00:00Z",
        "2026-11-24T08:59:59Z",
        outcome=YES,
        reason="keys made before a moment",
    ),
    when(
        "DateLessThan",
        "aws:TokenIssueTime",
        "2026-11-24T09:00:00Z",
        "2026-11-24T09:00:00Z",
        outcome=NO,
        reason="keys made at that moment are not older",
    ),
    when(
        "DateLessThan",
        "aws:TokenIssueTime",
        "2026-11-24T09:00:00Z",
        None,
        outcome=NO,
        reason="a user's own keys have no issue time",
    ),
    when(
        "IpAddress",
        ADDRESS,
        "203.0.113.0/24",
        "203.0.113.7",
        outcome=YES,
        reason="an address within a range",
    ),
    when(
        "NotIpAddress",
        ADDRESS,
        ["203.0.113.0/24", "2001:DB8:1234:5678::/64"],
        "2001:db8:1234:5678::1",
        outcome=NO,
        reason="an IPv6 address within a range",
    ),
    when(
        "IpAddress",
        ADDRESS,
        "203.0.113.7",
        "203.0.113.8",
        outcome=NO,
        reason="an address without a prefix is one address",
    ),
    when(
        "ArnLike",
        "aws:PrincipalArn",
        "arn:aws:iam::*:user/*",
        ANA,
        outcome=YES,
        reason="ARNs, part by part",
    ),
    when(
        "ArnEquals",
        "aws:PrincipalArn",
        "arn:aws:iam::*:user/*",
        ANA,
        outcome=YES,
        reason="ArnEquals has wildcards like ArnLike",
    ),
    when(
        "ArnNotEquals",
        "aws:PrincipalArn",
        [READER, ANA],
        ANA,
        outcome=NO,
        reason="negated: none of the ARNs",
    ),
    when(
        "ArnLike",
        "aws:PrincipalArn",
        "arn:aws:*:user/ana:*:*:*",
        ANA,
        outcome=NO,
        reason="a * of an ARN operator stays within its part",
    ),
    when(
        "BinaryEquals",
        "example:key",
        "QmluYXJ5",
        "QmluYXJ5",
        outcome=YES,
        reason="binary values, in base64",
    ),
]

TAG_KEYS = ["environment", "cost-center"]
SET_CASES = [
    when(
        "ForAllValues:StringEquals",
        "aws:TagKeys",
        TAG_KEYS,
        ["environment", "dept"],
        outcome=NO,
        rule=SETS,
        reason="all keys of the request must be among those of the policy",
    ),
    when(
        "ForAllValues:StringEquals",
        "aws:TagKeys",
        TAG_KEYS,
        ["environment"],
        outcome=YES,
        rule=SETS,
        reason="… not the other way round",
    ),
    when(
        "ForAllValues:StringEquals",
        "aws:TagKeys",
        TAG_KEYS,
        outcome=YES,
        rule=SETS,
        reason="ForAllValues of no values is true: mind it with Allow",
    ),
    Case(
        "… so AWS advises Null false beside it",
        SETS,
        NO,
        [
            identity(
                allow(
                    TAG,
                    when={
                        "ForAllValues:StringEquals": {"aws:TagKeys": TAG_KEYS},
                        "Null": {"aws:TagKeys": "false"},
                    },
                )
            )
        ],
        action=TAG,
        resource=GUARDRAIL,
    ),
    when(
        "ForAnyValue:StringEquals",
        "aws:TagKeys",
        TAG_KEYS,
        ["dept", "environment"],
        outcome=YES,
        rule=SETS,
        reason="one key of the request is among those of the policy",
    ),
    when(
        "ForAnyValue:StringEquals",
        "aws:TagKeys",
        TAG_KEYS,
        outcome=NO,
        rule=SETS,
        reason="ForAnyValue of no values is false",
    ),
    when(
        "ForAllValues:StringNotLike",
        "aws:TagKeys",
        "secret-*",
        ["team", "secret-one"],
        outcome=NO,
        rule=OPERATORS,
        reason="ForAllValues negated: none may fit",
    ),
    when(
        "ForAnyValue:StringNotEquals",
        "aws:TagKeys",
        TAG_KEYS,
        ["environment", "dept"],
        outcome=YES,
        rule=OPERATORS,
        reason="ForAnyValue negated: one does not fit",
    ),
    when(
        "ForAllValues:StringEquals",
        "aws:TagKeys",
        TAG_KEYS,
        [""],
        outcome=YES,
        rule=OPERATORS,
        reason="an empty text is an empty set to ForAllValues",
    ),
    when(
        "ForAllValues:StringEquals",
        "aws:TagKeys",
        TAG_KEYS,
        ["environment", ""],
        outcome=NO,
        rule=OPERATORS,
        reason="… and one value among others is not",
    ),
]

OWN = f"{BEDROCK}:{ACCOUNT}:guardrail/${{aws:username}}-*"
BY_TEAM = {"StringEquals": {"aws:ResourceTag/team": f"${{{TEAM}}}"}}
OTHER_TEAM = {"StringNotEquals": {"aws:ResourceTag/team": f"${{{TEAM}}}"}}
VARIABLE_CASES = [
    Case(
        "a variable in a resource",
        VARIABLES,
        YES,
        [identity(allow("bedrock:GetGuardrail", OWN))],
        action="bedrock:GetGuardrail",
        resource=f"{BEDROCK}:{ACCOUNT}:guardrail/ana-1",
        context={"aws:username": "ana"},
    ),
    Case(
        "a variable without a value fits no resource",
        VARIABLES,
        NO,
        [identity(allow("bedrock:GetGuardrail", OWN))],
        action="bedrock:GetGuardrail",
        resource=f"{BEDROCK}:{ACCOUNT}:guardrail/-1",
        caller=READER_SESSION,
    ),
    Case(
        "a variable in a condition's value",
        VARIABLES,
        YES,
        [identity(allow(when=BY_TEAM))],
        context={TEAM: "research", "aws:ResourceTag/team": "research"},
    ),
    Case(
        "a variable without a value equals nothing",
        VARIABLES,
        NO,
        [identity(allow(when=BY_TEAM))],
        context={"aws:ResourceTag/team": ""},
    ),
    Case(
        "… so a negated operator fits: the deny applies",
        VARIABLES,
        DENIED,
        [identity(allow(), deny(when=OTHER_TEAM))],
        context={"aws:ResourceTag/team": "research"},
    ),
    Case(
        "a default value stands in",
        VARIABLES,
        YES,
        [
            identity(
                allow(when={"StringEquals": {REGION: "${aws:PrincipalTag/home, 'eu'}"}})
            )
        ],
        context={REGION: "eu"},
    ),
    when(
        "StringLike",
        TEAM,
        "${*}*",
        "*everybody",
        outcome=YES,
        rule=VARIABLES,
        reason="${*} is the asterisk itself",
    ),
    when(
        "StringLike",
        TEAM,
        "${*}*",
        "everybody",
        outcome=NO,
        rule=VARIABLES,
        reason="… not a wildcard",
    ),
    Case(
        "version 2008-10-17 reads no variables",
        VARIABLES,
        NO,
        [
            identity(allow()),
            (
                "session",
                document(
                    allow(when={"StringEquals": {"aws:username": "${aws:username}"}}),
                    version="2008-10-17",
                ),
            ),
        ],
        context={"aws:username": "ana"},
        by="session",
    ),
]

FENCED = {"StringEquals": {"bedrock:InferenceProfileArn": PROFILE}}
NOT_WORLD = {
    "StringEquals": {REGION: "unspecified"},
    "ArnLike": {
        "bedrock:InferenceProfileArn": "arn:aws:bedrock:*:*:inference-profile/global.*"
    },
}
GUARDED = {"StringNotEquals": {"bedrock:GuardrailIdentifier": f"{GUARDRAIL}:1"}}
GUARDED_ANY = {"ArnNotLike": {"bedrock:GuardrailIdentifier": f"{GUARDRAIL}*"}}
LONG_TERM = {"StringEquals": {"bedrock:bearerTokenType": "LONG_TERM"}}
TIERS = {"StringEquals": {"bedrock:ServiceTier": ["default", "flex"]}}
BEDROCK_CASES = [
    Case(
        "a fenced model, called through its profile",
        GEOGRAPHIC,
        YES,
        [identity(allow(resource=[HAIKU_HERE, HAIKU_THERE], when=FENCED))],
        resource=HAIKU_THERE,
        context={"bedrock:InferenceProfileArn": PROFILE},
    ),
    Case(
        "a fenced model, called directly",
        GEOGRAPHIC,
        NO,
        [identity(allow(resource=HAIKU_HERE, when=FENCED))],
        resource=HAIKU_HERE,
    ),
    Case(
        "a profile is not allowed by its model's ARN",
        GEOGRAPHIC,
        NO,
        [identity(allow(resource="arn:aws:bedrock:*::foundation-model/*"))],
        resource=PROFILE,
    ),
    Case(
        "a Region that is denied takes the profile's way there",
        GEOGRAPHIC,
        DENIED,
        [identity(allow(), deny(when={"StringEquals": {REGION: "us-west-2"}}))],
        resource=HAIKU_THERE,
        context={REGION: "us-west-2", "bedrock:InferenceProfileArn": PROFILE},
    ),
    Case(
        "the global profile's model has no Region; denying it by 'unspecified' works",
        GLOBAL,
        DENIED,
        [identity(allow("*"), deny("bedrock:*", when=NOT_WORLD))],
        resource=HAIKU_ANYWHERE,
        context={REGION: "unspecified", "bedrock:InferenceProfileArn": WORLD},
    ),
    Case(
        "… and leaves geographic profiles alone",
        GLOBAL,
        YES,
        [identity(allow("*"), deny("bedrock:*", when=NOT_WORLD))],
        resource=HAIKU_THERE,
        context={REGION: "us-west-2", "bedrock:InferenceProfileArn": PROFILE},
    ),
    Case(
        "an ARN with a Region does not fit the model without one",
        GLOBAL,
        NO,
        [identity(allow(resource=HAIKU_HERE))],
        resource=HAIKU_ANYWHERE,
    ),
    Case(
        "a call without the required guardrail is denied",
        GUARDRAILS,
        DENIED,
        [identity(allow("*"), deny("bedrock:InvokeModel*", when=GUARDED))],
    ),
    Case(
        "… with it, allowed",
        GUARDRAILS,
        YES,
        [identity(allow("*"), deny("bedrock:InvokeModel*", when=GUARDED))],
        context={"bedrock:GuardrailIdentifier": f"{GUARDRAIL}:1"},
    ),
    Case(
        "… with its draft in place of version 1, denied",
        GUARDRAILS,
        DENIED,
        [identity(allow("*"), deny("bedrock:InvokeModel*", when=GUARDED))],
        context={"bedrock:GuardrailIdentifier": GUARDRAIL},
    ),
    Case(
        "any version of a guardrail, by a pattern",
        GUARDRAILS,
        YES,
        [identity(allow("*"), deny("bedrock:InvokeModel*", when=GUARDED_ANY))],
        context={"bedrock:GuardrailIdentifier": f"{GUARDRAIL}:7"},
    ),
    Case(
        "long-term API keys are denied, whatever the key's spelling",
        API_KEYS,
        DENIED,
        [identity(allow("*"), deny("bedrock:CallWithBearerToken", when=LONG_TERM))],
        action="bedrock:CallWithBearerToken",
        resource="*",
        context={"bedrock:BearerTokenType": "LONG_TERM"},
    ),
    Case(
        "only two service tiers are allowed",
        BEDROCK_GUIDE + "Service tiers",
        NO,
        [identity(allow(when=TIERS))],
        context={"bedrock:ServiceTier": "priority"},
    ),
    Case(
        "a deny of InvokeModel* is a deny of Converse and of streams",
        DENY_MODELS,
        DENIED,
        [identity(allow("*"), deny("bedrock:InvokeModel*"))],
        action=STREAM,
    ),
]

CASES = [
    *EFFECTS,
    *KINDS,
    *ACTIONS,
    *RESOURCES,
    *STRINGS,
    *OTHERS,
    *SET_CASES,
    *VARIABLE_CASES,
    *BEDROCK_CASES,
]
