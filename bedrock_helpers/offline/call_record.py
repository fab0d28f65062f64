"""One call to the offline Bedrock, as metrics, trail and logs need it."""

import datetime
from dataclasses import dataclass, field

from bedrock_helpers.offline.identity import LEARNER, Caller

#: The operations that are invocations: they have metrics and invocation logs.
INVOCATIONS = (
    "Converse",
    "ConverseStream",
    "InvokeModel",
    "InvokeModelWithResponseStream",
)
#: Requests come from this process, or from one on this machine.
SOURCE_IP = "127.0.0.1"


@dataclass(slots=True)
class CallRecord:
    """
    One call.

    Attributes
    ----------
    operation : str
        As botocore names it.
    service : str
        ``"bedrock"`` or ``"bedrock-runtime"``.
    region_name : str
    time : datetime.datetime
        When it came in, by the service's clock, in UTC.
    model_id : str or None
        As called: an id, or an ARN.
    caller : bedrock_helpers.offline.identity.Caller
        Whose keys signed it.
    access_key : str
    is_api_key : bool
        Whether it came with an Amazon Bedrock API key.
    source_ip, user_agent, host : str
    parameters : dict
        Of the request; of an invocation, ``modelId`` alone.
    response : dict or None
        What a change to the account was answered with.
    request_id : str
    status : int
        HTTP status; 0 until there is a reply.
    error_code, error_text : str or None
    has_ended : bool
        Whether the last byte of the reply was read, or the reply closed.
    latency_ms : int or None
        Until the last token.
    first_token_ms : int or None
        Of streams.
    input_tokens, output_tokens : int or None
        Input tokens do not count those from and to the prompt cache.
    cache_read_tokens, cache_write_tokens : int
    images : int
    service_tier, resolved_tier : str or None
        As asked for, and as served.
    """

    operation: str
    service: str
    region_name: str
    time: datetime.datetime
    model_id: str | None = None
    caller: Caller = LEARNER
    access_key: str = ""
    is_api_key: bool = False
    source_ip: str = SOURCE_IP
    user_agent: str = ""
    host: str = ""
    parameters: dict = field(default_factory=dict)
    response: dict | None = None
    request_id: str = ""
    status: int = 0
    error_code: str | None = None
    error_text: str | None = None
    has_ended: bool = False
    latency_ms: int | None = None
    first_token_ms: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    images: int = 0
    service_tier: str | None = None
    resolved_tier: str | None = None

    @property
    def is_invocation(self):
        """Whether it asked a model for output."""
        return self.operation in INVOCATIONS

    @property
    def succeeded(self):
        """Whether it was answered, so far without an error."""
        return self.error_code is None and 200 <= self.status < 300
