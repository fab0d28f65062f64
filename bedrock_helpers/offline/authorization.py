"""Whether a caller's policies allow a call of Bedrock: every one is asked here."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bedrock_helpers.offline.account import ACCOUNT_ID
from bedrock_helpers.offline.caller_policies import policies_of, tags_of
from bedrock_helpers.offline.errors import not_offline
from bedrock_helpers.offline.iam import Request, decide_all, denial
from bedrock_helpers.offline.iam_bedrock import REGION_KEY, Need, Place, needs_of
from bedrock_helpers.offline.iam_patterns import Context
from bedrock_helpers.offline.iam_policy import read_policy
from bedrock_helpers.offline.identity import LEARNER

#: Requests come from this machine.
_SOURCE_IP = "127.0.0.1"
#: A VPC endpoint's own address: its id, the service, the Region.
_ENDPOINT = re.compile(r"(vpce-[0-9a-f]+)[^.]*\.([a-z-]+)\.([a-z0-9-]+)\.")
#: How long-term API keys begin; short-term ones begin with bedrock-api-key-.
_LONG_TERM = "ABSK"


@dataclass(frozen=True)
class Rights:
    """A caller's policies and tags, and whether they limit anything at all."""

    policies: tuple
    tags: dict
    are_unlimited: bool


class Authorization:
    """
    The judge of one offline account's calls.

    Parameters
    ----------
    account : bedrock_helpers.offline.account.Account
    services : bedrock_helpers.offline.aws_services.AwsServices
        Where users, roles, policies and VPC endpoints are kept.
    """

    def __init__(self, account, services):
        self._account = account
        self._services = services
        self._rights = {}

    def check(self, parameters, call, url, api_key=""):
        """
        Refuse a call that policies do not allow.

        Parameters
        ----------
        parameters : dict
        call : bedrock_helpers.offline.service.Call
        url : str
            What the request was sent to; it may be a VPC endpoint.
        api_key : str
            The Amazon Bedrock API key it came with, if it did.

        Raises
        ------
        Refusal
            ``AccessDeniedException`` (403), as AWS words it.
        """
        endpoint = _ENDPOINT.match(urlsplit(url).netloc)
        if endpoint is None and self._may_do_all(call.caller):
            return
        rights = self._rights_of(call.caller)
        policies, known = rights.policies, _known(call, rights, url)
        if endpoint:
            through, about = self._endpoint(*endpoint.groups())
            policies, known = (*policies, through), {**known, **about}
        place = Place(call.region_name, ACCOUNT_ID)
        needs = needs_of(call.operation.name, parameters, place, self.models_behind)
        needs = (*_to_use_a_key(api_key), *needs)
        requests = [self._request(need, known, call.caller) for need in needs]
        decision = decide_all(policies, requests)
        if not decision.allowed:
            raise denial(decision, call.caller.arn)

    def forget(self):
        """IAM was asked something: who may do what is read anew."""
        self._rights = {}

    def models_behind(self, model_id):
        """The models of an inference profile the account made; None of others."""
        profile = self._account.application_profiles.get(model_id)
        return None if profile is None else tuple(profile.model_arns)

    def _may_do_all(self, caller):
        untouched = caller is LEARNER and not self._services.is_used
        return untouched or self._rights_of(caller).are_unlimited

    def _rights_of(self, caller):
        """Read once, until IAM is changed."""
        kept = self._rights
        rights = kept.get(caller)
        if rights is None:
            policies = policies_of(caller, self._services)
            tags = tags_of(caller, self._services)
            rights = kept[caller] = Rights(policies, tags, _are_unlimited(policies))
        return rights

    def _endpoint(self, endpoint_id, service, region_name):
        """The policy of a VPC endpoint, and the condition keys it sets."""
        with self._services.opened() as backend:
            found = backend("ec2", region_name).vpc_end_points.get(endpoint_id)
        wanted = f"com.amazonaws.{region_name}.{service}"
        if found is None or found.service_name != wanted:
            raise not_offline(
                f"reach {endpoint_id}: this account has no VPC endpoint of that id for "
                f"{wanted}. Make one with ec2.create_vpc_endpoint"
            )
        policy = read_policy(found.policy_document, "endpoint", endpoint_id)
        keys = {"aws:SourceVpce": endpoint_id, "aws:SourceVpc": found.vpc_id}
        return policy, {**keys, "aws:SourceIp": None}

    def _request(self, need, known, caller):
        tags = self._account.tags.get(need.resource, {})
        about = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
        keys = Context({**known, **about, **dict(need.keys)})
        return Request(need.action, need.resource, keys, caller.arn)


def _are_unlimited(policies):
    """Whether everything is allowed and nothing denied, whatever is asked."""
    statements = [one for policy in policies for one in policy.statements]
    limited = any(policy.kind != "identity" for policy in policies)
    if limited or any(one.effect == "Deny" for one in statements):
        return False
    return any(
        one.actions == one.resources == ("*",)
        and not (one.not_actions or one.not_resources or one.conditions)
        for one in statements
    )


def _known(call, rights, url):
    """The condition keys that every request has."""
    tags = {f"aws:PrincipalTag/{key}": value for key, value in rights.tags.items()}
    return {
        REGION_KEY: call.region_name,
        "aws:SecureTransport": url.startswith("https:"),
        "aws:CurrentTime": call.now,
        "aws:EpochTime": int(call.now.timestamp()),
        "aws:SourceIp": _SOURCE_IP,
        "aws:ViaAWSService": False,
        **call.caller.condition_keys,
        **tags,
    }


def _to_use_a_key(api_key):
    """What a call with an Amazon Bedrock API key needs besides."""
    if not api_key:
        return ()
    kind = "LONG_TERM" if api_key.startswith(_LONG_TERM) else "SHORT_TERM"
    keys = (("bedrock:BearerTokenType", kind),)
    return (Need("bedrock:CallWithBearerToken", "*", keys),)
