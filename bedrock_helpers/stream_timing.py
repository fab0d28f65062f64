"""The times of one streamed call, read event by event."""

import copy
import json
import time
from dataclasses import asdict, dataclass

from botocore.exceptions import BotoCoreError, ClientError

from bedrock_helpers.answered_by import answered_by


@dataclass
class TimedCall:
    """
    One call of ``converse_stream`` and its times, by the clock of this machine.

    Attributes
    ----------
    sent : str
        The arguments as they were sent, as JSON.
    model_id : str
    started_s : float
        Since the run began.
    first_token_ms, first_text_ms, last_token_ms : float or None
        From the call to the first piece of any kind (reasoning too), to the first
        piece of text, and to the last piece.
    latency_ms : float
        From the call to the end of the stream, or to the error.
    service_ms : float or None
        What the service says it took.
    input_tokens, output_tokens : int or None
    stop_reason : str or None
    retries : int
        Attempts that boto3 made beyond the first.
    error : str
        The error's code; empty where the call came to its end.
    answered_by : str
    """

    sent: str
    model_id: str
    started_s: float = 0.0
    first_token_ms: float | None = None
    first_text_ms: float | None = None
    last_token_ms: float | None = None
    latency_ms: float = 0.0
    service_ms: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    stop_reason: str | None = None
    retries: int = 0
    error: str = ""
    answered_by: str = ""

    @property
    def ms_per_output_token(self):
        """(last − first) / (tokens − 1): the wait for the first one is left out."""
        if self.error or self.first_token_ms is None or (self.output_tokens or 0) < 2:
            return None
        return (self.last_token_ms - self.first_token_ms) / (self.output_tokens - 1)

    def row(self):
        """All of it, as a dict."""
        return {**asdict(self), "ms_per_output_token": self.ms_per_output_token}


def timed_call(client, request, *, began_s=0.0, clock=time.perf_counter):
    """
    Send one request with ``converse_stream`` and time what comes back.

    Parameters
    ----------
    client : botocore client
        Of ``bedrock-runtime``.
    request : dict
        Arguments of ``converse_stream``.
    began_s : float
        When the run began, by the same clock.
    clock : callable
        Gives seconds.

    Returns
    -------
    TimedCall
        Errors of Bedrock and boto3 are kept in it, not raised.

    Examples
    --------
    >>> import bedrock_helpers as bh
    >>> call = timed_call(bh.connect("offline").client("bedrock-runtime"), {
    ...     "modelId": "amazon.nova-micro-v1:0",
    ...     "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
    ...     "inferenceConfig": {"maxTokens": 5}})
    >>> 0 < call.first_token_ms <= call.last_token_ms <= call.latency_ms
    True
    """
    sent = copy.deepcopy(request)
    call = TimedCall(json.dumps(sent, sort_keys=True, default=str), sent["modelId"])
    started = clock()
    call.started_s = started - began_s
    try:
        reply = client.converse_stream(**sent)
        call.retries = reply["ResponseMetadata"]["RetryAttempts"]
        call.answered_by = answered_by(reply)
        for event in reply["stream"]:
            _take(call, event, (clock() - started) * 1000)
    except (ClientError, BotoCoreError) as error:
        _note(call, error)
    call.latency_ms = (clock() - started) * 1000
    return call


def _take(call, event, elapsed_ms):
    delta = event.get("contentBlockDelta", {}).get("delta")
    if delta is not None:
        call.last_token_ms = elapsed_ms
        if call.first_token_ms is None:
            call.first_token_ms = elapsed_ms
        if delta.get("text") and call.first_text_ms is None:
            call.first_text_ms = elapsed_ms
    if "messageStop" in event:
        call.stop_reason = event["messageStop"]["stopReason"]
    if "metadata" in event:
        usage, metrics = event["metadata"]["usage"], event["metadata"]["metrics"]
        call.input_tokens, call.output_tokens = (
            usage["inputTokens"],
            usage["outputTokens"],
        )
        call.service_ms = metrics["latencyMs"]


def _note(call, error):
    """An error of the service has a code; one of boto3 has its class."""
    response = getattr(error, "response", {})
    call.error = response.get("Error", {}).get("Code") or type(error).__name__
    metadata = response.get("ResponseMetadata", {})
    call.retries = metadata.get("RetryAttempts", call.retries)
