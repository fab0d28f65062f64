"""The times of one streamed call, read event by event."""

import copy
import json
import time
from dataclasses import asdict, dataclass

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from urllib3.exceptions import HTTPError

from bedrock_helpers.answered_by import answered_by

#: The error of a stream that ended without saying how many tokens it had.
INCOMPLETE = "IncompleteStream"


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
        piece of text, and to the last piece. Empty pieces are none.
    latency_ms : float
        From the call to the end of the stream, or to the error; boto3's retries and
        the waits before them are in it.
    service_ms : float or None
        What the service says it took.
    pieces : int
        How many pieces came. A piece can hold several tokens.
    input_tokens, output_tokens : int or None
        As the service counts them; reasoning is output.
    stop_reason : str or None
    retries : int
        Attempts beyond the first, as far as boto3 tells: after an error of the
        connection it does not.
    error : str
        The error's code, or its class; empty where the call came to its end.
    answered_by : str
    text : str
        What was written, as far as it came; reasoning and tool use are not in it.
    """

    sent: str
    model_id: str
    started_s: float = 0.0
    first_token_ms: float | None = None
    first_text_ms: float | None = None
    last_token_ms: float | None = None
    latency_ms: float = 0.0
    service_ms: float | None = None
    pieces: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    stop_reason: str | None = None
    retries: int = 0
    error: str = ""
    answered_by: str = ""
    text: str = ""

    @property
    def ms_per_output_token(self):
        """
        (last − first) / (tokens − 1): the wait for the first one is left out.

        None where all came in one piece. It is too small where the first piece
        holds many tokens, or where reasoning is counted and not sent.
        """
        if self.error or self.pieces < 2 or (self.output_tokens or 0) < 2:
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
        Errors of Bedrock and of the connection are kept in it, not raised.

    Raises
    ------
    botocore.exceptions.ParamValidationError
        For arguments that boto3 does not send: there is nothing to time.

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
    text = json.dumps(sent, sort_keys=True, default=str)
    call = TimedCall(text, str(sent.get("modelId", "")))
    started = clock()
    call.started_s = started - began_s
    try:
        reply = client.converse_stream(**sent)
        call.retries = reply["ResponseMetadata"]["RetryAttempts"]
        call.answered_by = answered_by(reply)
        for event in reply["stream"]:
            _take(call, event, (clock() - started) * 1000)
        call.error = "" if call.output_tokens is not None else INCOMPLETE
    except ParamValidationError:
        raise
    except (ClientError, BotoCoreError, HTTPError) as error:
        _note(call, error)
    call.latency_ms = (clock() - started) * 1000
    return call


def _take(call, event, elapsed_ms):
    _take_delta(call, event.get("contentBlockDelta", {}).get("delta", {}), elapsed_ms)
    if "messageStop" in event:
        call.stop_reason = event["messageStop"]["stopReason"]
    if "metadata" in event:
        usage = event["metadata"]["usage"]
        call.input_tokens = usage["inputTokens"]
        call.output_tokens = usage["outputTokens"]
        call.service_ms = event["metadata"]["metrics"]["latencyMs"]


def _take_delta(call, delta, elapsed_ms):
    """Some models begin with an empty piece, and a signature is no token."""
    reasoning = delta.get("reasoningContent", {})
    thought = reasoning.get("text") or reasoning.get("redactedContent")
    if not (delta.get("text") or thought or delta.get("toolUse", {}).get("input")):
        return
    call.pieces += 1
    call.text += delta.get("text", "")
    call.last_token_ms = elapsed_ms
    if call.first_token_ms is None:
        call.first_token_ms = elapsed_ms
    if delta.get("text") and call.first_text_ms is None:
        call.first_text_ms = elapsed_ms


def _note(call, error):
    """An error of the service has a code; another one has its class."""
    response = getattr(error, "response", {})
    call.error = response.get("Error", {}).get("Code") or type(error).__name__
    metadata = response.get("ResponseMetadata", {})
    call.retries = metadata.get("RetryAttempts", call.retries)
