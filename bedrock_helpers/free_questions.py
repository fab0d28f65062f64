"""What the meter may ask Bedrock: CountTokens and GetInferenceProfile, both free.

The questions go through clients of the metered session, so they are signed, and
answered offline, as its other calls are. One that fails leaves the meter to its
own estimate.
"""

import threading

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from bedrock_helpers import catalog
from bedrock_helpers.call_cost import charged_id, record_of
from bedrock_helpers.calls_made import uncounted

#: What Converse takes that the model reads and CountTokens does not take.
_NOT_COUNTED = {"outputConfig", "promptVariables"}
_COUNTED = ("messages", "system", "toolConfig", "additionalModelRequestFields")
_QUICK = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 1})


class FreeQuestions:
    """
    Questions of one session's meter.

    Parameters
    ----------
    session : boto3.Session
    """

    def __init__(self, session):
        self._session = session
        self._clients = {}
        self._charged = {}
        self._lock = threading.Lock()

    def input_tokens(self, request, sent):
        """
        The input tokens of a call, by CountTokens.

        Parameters
        ----------
        request : dict
            Arguments of the call; its ``modelId`` the one it is charged by.
        sent : botocore.awsrequest.AWSRequest
            The call about to be sent: it says to which address and Region.

        Returns
        -------
        int or None
            None where the model has no CountTokens, where the call holds what it
            does not count, and where it gave no answer.
        """
        model = record_of(request["modelId"])
        question = _question(request)
        if model is None or not model.count_tokens or question is None:
            return None
        address = sent.url.partition("/model/")[0]
        where = {"region_name": sent.context["client_region"], "endpoint_url": address}
        try:
            client = self._client("bedrock-runtime", **where)
            answer = client.count_tokens(modelId=model.model_id, input=question)
        except (BotoCoreError, ClientError):
            return None
        return answer.get("inputTokens")

    def charged_id(self, model_id):
        """
        The id an application inference profile is charged by.

        What was answered is not asked again; where there was no answer, it is.

        Parameters
        ----------
        model_id : str
            As called; what is no ARN of such a profile comes back as it is.

        Returns
        -------
        str
            The ARN itself where no answer, or none that names a price, came.
        """
        if ":application-inference-profile/" not in model_id:
            return model_id
        with self._lock:
            known = self._charged.get(model_id)
        return known or self._asked(model_id)

    def _asked(self, arn):
        region_name = arn.split(":")[3]
        try:
            client = self._client("bedrock", region_name=region_name)
            profile = client.get_inference_profile(inferenceProfileIdentifier=arn)
        except (BotoCoreError, ClientError):
            return arn
        arns = [model["modelArn"] for model in profile.get("models", ())]
        if not arns:
            return arn
        charged = behind(arns, region_name) or arn
        with self._lock:
            self._charged[arn] = charged
        return charged

    def _client(self, service, **where):
        """One client a place; boto3 makes them one at a time."""
        key = (service, *sorted(where.items()))
        with self._lock:
            if key not in self._clients:
                made = self._session.client(service, config=_QUICK, **where)
                self._clients[key] = uncounted(made)
            return self._clients[key]


def _question(request):
    """What CountTokens is to count, or None where it could not count all of it."""
    body = request.get("body")
    if isinstance(body, bytes | bytearray | str):
        return {"invokeModel": {"body": body}}
    if "body" in request or _NOT_COUNTED & request.keys():
        return None
    return {"converse": {k: request[k] for k in _COUNTED if k in request}}


def behind(model_arns, region_name):
    """
    The id whose price an application inference profile has, from its models' ARNs.

    Parameters
    ----------
    model_arns : list of str
        One model in one Region, or in all that a system-defined profile sends to.
    region_name : str
        The profile's own Region.

    Returns
    -------
    str or None
        The bare id, or that of the system-defined profile with these Regions; None
        where the catalogue knows none.

    Examples
    --------
    >>> arn = "arn:aws:bedrock:{}::foundation-model/amazon.nova-micro-v1:0"
    >>> behind([arn.format("us-east-1")], "us-east-1")
    'amazon.nova-micro-v1:0'
    >>> behind([arn.format("us-east-1"), arn.format("us-west-2")], "us-east-1")
    'us.amazon.nova-micro-v1:0'
    """
    bare = charged_id(model_arns[0])
    regions = {arn.split(":")[3] for arn in model_arns}
    model = record_of(bare)
    if len(model_arns) == 1 or model is None:
        return bare
    for profile_id in model.profile_ids(region_name):
        geography = catalog.split_profile_id(profile_id)[0]
        if geography == "global" or regions <= set(model.profiles[geography]):
            return profile_id
    return None
