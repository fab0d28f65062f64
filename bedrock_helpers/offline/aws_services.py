"""Other AWS services of one offline account: IAM, CloudWatch, S3, KMS and more.

moto keeps what they are told and gives it back; it is imported when one of them is
first asked. What moto does not do, or does wrongly, is answered by functions of our
own, listed in ``OWN_ANSWERS``.
"""

import contextlib
import itertools
import json
from collections import Counter

from bedrock_helpers.offline.account import ACCOUNT_ID
from bedrock_helpers.offline.assume_role import assume_role
from bedrock_helpers.offline.caller_policies import ADMINISTRATOR
from bedrock_helpers.offline.errors import not_offline
from bedrock_helpers.offline.iam_changes import check_change
from bedrock_helpers.offline.identity import LEARNER, LEARNER_KEY, get_caller_identity
from bedrock_helpers.offline.moto_requests import ask_moto
from bedrock_helpers.offline.moto_state import MotoState
from bedrock_helpers.offline.policy_documents import check_policies
from bedrock_helpers.offline.service_call import ServiceCall, action_of
from bedrock_helpers.offline.service_quotas import (
    list_default_quotas,
    list_service_quotas,
    not_played,
)
from bedrock_helpers.offline.trail import lookup_events

#: By what requests are signed for; then what boto3's events call them.
SERVICES = {
    "iam": "iam",
    "sts": "sts",
    "monitoring": "cloudwatch",
    "logs": "cloudwatch-logs",
    "s3": "s3",
    "kms": "kms",
    "ec2": "ec2",
    "budgets": "budgets",
    "cloudtrail": "cloudtrail",
    "servicequotas": "service-quotas",
}


def _cloudwatch(call, services):
    """CloudWatch, imported when it is first asked: it brings moto with it."""
    from bedrock_helpers.offline import cloudwatch

    return cloudwatch.answer(call, services)


#: What is answered here, not by moto: a function of a ServiceCall and AwsServices.
#: The action ``"*"`` is every one of a service that has no entry of its own.
OWN_ANSWERS = {
    ("sts", "GetCallerIdentity"): get_caller_identity,
    ("sts", "AssumeRole"): assume_role,
    ("cloudtrail", "LookupEvents"): lookup_events,
    ("monitoring", "*"): _cloudwatch,
    ("servicequotas", "ListServiceQuotas"): list_service_quotas,
    ("servicequotas", "ListAWSDefaultServiceQuotas"): list_default_quotas,
    ("servicequotas", "*"): not_played,
}
_ISSUING = ("iam", "CreateAccessKey")
_order = itertools.count()


class AwsServices:
    """
    The other services of one offline account.

    Attributes
    ----------
    issued : dict
        Access keys made in this account; to each, when, as a number that grows.
    observed : bedrock_helpers.offline.observed.Observed or None
        What Bedrock was asked: CloudWatch and CloudTrail tell of it.
    """

    def __init__(self):
        self.issued = {}
        self.observed = None
        self._state = MotoState()
        self._is_settled = False
        self._counts = Counter()

    @property
    def is_used(self):
        """Whether moto keeps anything of this account yet."""
        return self._is_settled

    @contextlib.contextmanager
    def opened(self, seed=""):
        """
        Let moto hold this account, for a look or a change from inside.

        Parameters
        ----------
        seed : str
            Ids made inside are the same for the same seed.

        Yields
        ------
        callable
            From a service's name in moto and a Region to moto's backend of it. IAM,
            STS, S3 and Budgets have one for all Regions.

        Examples
        --------
        >>> with AwsServices().opened() as backend:
        ...     print(*backend("iam").users)
        learner
        """
        with self._state.in_place("a new account"):
            if not self._is_settled:
                self._is_settled = True
                _settle(_backend("iam"))
        with self._state.in_place(seed):
            yield _backend

    def note_issued(self, *access_keys):
        """Remember that access keys were made in this account."""
        for key in access_keys:
            self.issued.setdefault(key, next(_order))

    def answer(self, service, method, url, headers, body, caller, now):
        """
        Answer one request.

        Parameters
        ----------
        service : str
            What it was signed for.
        method, url : str
        headers : mapping
        body : bytes or None
        caller : Caller
        now : datetime.datetime
            By the service's clock, in UTC.

        Returns
        -------
        bedrock_helpers.offline.http_reply.Reply

        Raises
        ------
        Refusal
            For what can not be done offline.
        """
        action = action_of(method, url, headers, body)
        self._counts[service, action] += 1
        seed = f"{service} {action} {self._counts[service, action]}"
        request = method, url, headers, body
        call = ServiceCall(service, action, *request, caller, now, seed)
        own = OWN_ANSWERS.get((service, action)) or OWN_ANSWERS.get((service, "*"))
        if own:
            return own(call, self)
        if service == "sts":
            known = ", ".join(name for of, name in OWN_ANSWERS if of == "sts")
            raise not_offline(f"do STS's {action}; of STS it has {known}")
        return self._kept(call)

    def _kept(self, call):
        """The answer of moto."""
        check_policies(call)
        with self.opened(call.seed) as backend:
            check_change(call, backend("iam"))
            reply = ask_moto(call)
            if (call.service, call.action) == _ISSUING:
                self.note_issued(*backend("iam").access_keys)
        return reply


def address(service, region_name):
    """
    Where AWS serves one of the services.

    Examples
    --------
    >>> address("iam", "us-east-1"), address("logs", "eu-west-1")
    ('https://iam.amazonaws.com', 'https://logs.eu-west-1.amazonaws.com')
    """
    if service in ("iam", "budgets"):
        return f"https://{service}.amazonaws.com"
    return f"https://{service}.{region_name}.amazonaws.com"


def _backend(service, region_name="us-east-1"):
    from moto.backends import get_backend

    account = get_backend(service)[ACCOUNT_ID]
    return account[region_name if region_name in account else "aws"]


def _settle(iam):
    """Let a new account have AWS's own policies, and the learner who may do all."""
    from moto.iam.models import AWSManagedPolicy, aws_managed_policies_data

    for name, record in json.loads(aws_managed_policies_data).items():
        policy = AWSManagedPolicy.from_data(name, ACCOUNT_ID, "aws", record)
        iam.managed_policies[policy.arn] = policy
        iam.aws_managed_policies.append(policy)
    learner = iam.create_user("aws", "learner")
    learner.id = LEARNER.user_id
    iam.attach_user_policy(ADMINISTRATOR, "learner")
    key = learner.create_access_key("AKIA")
    key.access_key_id, key.secret_access_key = LEARNER_KEY, LEARNER.secret
    iam.access_keys[LEARNER_KEY] = key
