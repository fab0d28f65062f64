"""The checks of notebook 06. Each gives None, or words that lead on."""

from bedrock_helpers import catalog
from bedrock_helpers.connect import connect

_MICRO = f"arn:aws:bedrock:us-east-1::foundation-model/{catalog.NOVA_MICRO}"
_LITE = f"arn:aws:bedrock:us-east-1::foundation-model/{catalog.NOVA_LITE}"
_STREAM, _WHOLE = "bedrock:InvokeModelWithResponseStream", "bedrock:InvokeModel"
_PROFILE = (
    "arn:aws:bedrock:us-east-1:111122223333:inference-profile/"
    f"us.{catalog.CLAUDE_HAIKU_4_5}"
)
_ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
#: What may be asked about a policy for streaming one model, and nothing else.
_ASKED = (
    (_STREAM, _MICRO, True, "streaming Nova Micro is not allowed"),
    (_WHOLE, _MICRO, False, "it allows `converse` without a stream, too"),
    (_STREAM, _LITE, False, "it allows other models, too"),
    (
        _STREAM,
        _MICRO.replace("east-1", "west-2"),
        False,
        "it allows other Regions, too",
    ),
    (_WHOLE, _PROFILE, False, "it allows the profile of Haiku, too"),
    ("bedrock:CreateGuardrail", "*", False, "it allows more than calling models"),
    ("bedrock:ApplyGuardrail", "*", False, "it allows guardrails, too"),
    ("s3:GetObject", "*", False, "it allows more than Bedrock"),
    ("iam:CreateUser", "*", False, "it allows more than Bedrock"),
)
_BEARER = "bedrock:CallWithBearerToken"
_KIND = "bedrock:BearerTokenType"
#: A user's records, made up: two callers refused, one failure of another kind.
_RECORDS = [
    ("role/reports", "AccessDenied"),
    ("user/ana", None),
    ("user/ana", "ThrottlingException"),
    ("user/ben", "AccessDenied"),
    ("role/reports", None),
    ("role/reports", "AccessDenied"),
]


def _decide(document, action, resource, context=()):
    """Whether a policy document allows an action; a Refusal if it is malformed."""
    from bedrock_helpers.offline.iam import Request, decide
    from bedrock_helpers.offline.iam_patterns import Context
    from bedrock_helpers.offline.iam_policy import read_policy

    request = Request(action, resource, Context(context))
    return decide([read_policy(document)], request).allowed


def _graded(decisions):
    """The words of the first decision that is not as wanted, or None."""
    from bedrock_helpers.offline.errors import Refusal

    try:
        for allowed, wanted, words in decisions():
            if allowed != wanted:
                return f"{words}."
    except Refusal as refused:
        return f"IAM refuses it: {refused.text}"
    return None


def policy(answer):
    """Does this policy allow to stream Nova Micro in us-east-1, and nothing else?"""
    if not isinstance(answer, dict) or "Statement" not in answer:
        return 'it should be a policy: {"Version": "2012-10-17", "Statement": [...]}.'

    def decisions():
        for action, resource, wanted, words in _ASKED:
            yield _decide(answer, action, resource), wanted, words

    return _graded(decisions)


def long_keys(answer):
    """Does this statement refuse long-term API keys, and no other call?"""
    if not isinstance(answer, dict) or "Statement" in answer or "Effect" not in answer:
        return 'it should be one statement: {"Effect": "Deny", ...}.'
    document = {"Version": "2012-10-17", "Statement": [_ALLOW_ALL, answer]}

    def decisions():
        for kind, wanted, words in (
            ("LONG_TERM", False, "a long-term key is still let through"),
            ("SHORT_TERM", True, "it refuses short-term keys, too"),
        ):
            yield _decide(document, _BEARER, "*", {_KIND: kind}), wanted, words
        signed = _decide(document, _WHOLE, _MICRO)
        yield signed, True, "it refuses calls that are signed and use no key, too"

    return _graded(decisions)


def _records():
    for number, (name, error) in enumerate(_RECORDS):
        yield {
            "eventName": "Converse",
            "userIdentity": {"arn": f"arn:aws:iam::111122223333:{name}"},
            "requestParameters": {"modelId": catalog.NOVA_MICRO},
            "eventID": str(number),
            **({"errorCode": error} if error else {}),
        }


def denied_callers(answer):
    """Does this function find the ARNs of those who were denied?"""
    if not callable(answer):
        return "it should be a function: def denied_callers(records): ..."
    records = list(_records())
    right = {
        r["userIdentity"]["arn"]
        for r in records
        if r.get("errorCode") == "AccessDenied"
    }
    try:
        found = set(answer(records))
    except Exception as error:  # theirs, whatever it is
        return f"it raises {type(error).__name__}: {error}. Not every record failed."
    extra, missing = found - right, right - found
    if extra:
        return f"{sorted(map(str, extra))[0]} is not one who was denied."
    return f"{len(missing)} more of them were denied." if missing else None


def throttle_alarm(answer):
    """Do these arguments make an alarm that fires at three throttles in 5 minutes?"""
    if not isinstance(answer, dict):
        return "it should be a dict of arguments: {'AlarmName': ..., ...}."
    seconds = answer.get("Period"), answer.get("EvaluationPeriods")
    if all(isinstance(n, int) for n in seconds) and seconds[0] * seconds[1] != 300:
        return f"it looks at {seconds[0] * seconds[1]} seconds; 5 minutes are 300."
    problem, quiet = _state_after(answer, throttles=2)
    if problem:
        return problem
    _, loud = _state_after(answer, throttles=3)
    if quiet == "ALARM":
        return "it fires at two throttles already; three are wanted."
    if loud != "ALARM":
        return f"after three throttles its state is {loud}."
    return None


def _state_after(arguments, throttles):
    """What CloudWatch refuses, or the alarm's state after so many throttled calls."""
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    session = connect("offline")
    cloudwatch = session.client("cloudwatch")
    try:
        cloudwatch.put_metric_alarm(**arguments)
    except (BotoCoreError, ClientError, TypeError) as error:
        return f"CloudWatch refuses it: {' '.join(str(error).split())}", None
    once = Config(retries={"total_max_attempts": 1})
    bedrock = session.client("bedrock-runtime", config=once)
    session.offline.fail_next("ThrottlingException", times=throttles)
    for _ in range(throttles):
        try:
            bedrock.converse(modelId=catalog.NOVA_MICRO, messages=_HI)
        except ClientError:
            pass
    (alarm,) = cloudwatch.describe_alarms()["MetricAlarms"]
    return None, alarm["StateValue"]


_HI = [{"role": "user", "content": [{"text": "Hi"}]}]
_SECRET, _MAIL = "The budget is for internal use only.", "Write to ana@example.com."


def guardrail(answer):
    """Does this guardrail block a phrase and mask e-mail addresses in replies?"""
    if not isinstance(answer, dict):
        return "it should be a dict of arguments: {'name': ..., ...}."
    from botocore.exceptions import BotoCoreError, ClientError

    session = connect("offline")
    try:
        made = session.client("bedrock").create_guardrail(**answer)
    except (BotoCoreError, ClientError, TypeError) as error:
        return f"Bedrock refuses it: {' '.join(str(error).split())}"

    def said(text, source="OUTPUT"):
        found = session.client("bedrock-runtime").apply_guardrail(
            guardrailIdentifier=made["guardrailId"],
            guardrailVersion="DRAFT",
            source=source,
            content=[{"text": {"text": text}}],
        )
        return found["outputs"][0]["text"] if found["outputs"] else text

    if said(_SECRET) == _SECRET:
        return "a reply with the phrase `internal use only` goes through."
    if said(_SECRET, "INPUT") == _SECRET:
        return "a prompt with the phrase goes through."
    if said("It is fine.") != "It is fine.":
        return "it stops a harmless text."
    if said(_MAIL) == _MAIL:
        return "an e-mail address in a reply goes through."
    if said(_MAIL) != _MAIL.replace("ana@example.com", "{EMAIL}"):
        return "a reply with an address is blocked; only the address should be masked."
    return None


#: Links a model might write, and whether they may be shown as links.
LINKS = {
    "https://docs.example.com/guide": True,
    "https://docs.example.com/a?b=c#d": True,
    "http://docs.example.com/guide": False,
    "javascript:alert(1)": False,
    "https://docs.example.com.evil.test/": False,
    "https://docs.example.com@evil.test/": False,
    "https://evil.test/docs.example.com": False,
    "https://evil-docs.example.com/": False,
    "https://somebody@docs.example.com/": False,
    "//docs.example.com/guide": False,
    " https://evil.test/?https://docs.example.com/": False,
    "not a link": False,
}


def safe_link(answer):
    """Does this function let only https links to docs.example.com through?"""
    if not callable(answer):
        return "it should be a function: def may_link(url): ..."
    for url, wanted in LINKS.items():
        try:
            given = bool(answer(url))
        except Exception as error:  # theirs, whatever it is
            return f"for {url!r} it raises {type(error).__name__}: {error}."
        if given != wanted:
            return f"it lets {url!r} through." if given else f"it stops {url!r}."
    return None


def checklist(answer):
    """Is everything on the list done in this session's account?"""
    if not hasattr(answer, "client"):
        return "it should be the session: my_session = session."
    from bedrock_helpers.checks.account_checklist import account_checklist

    left = [item for item in account_checklist(answer) if not item.done]
    if not left:
        return None
    return f"{left[0].what}: not yet. {left[0].how}"
