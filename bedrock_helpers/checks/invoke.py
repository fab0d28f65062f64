"""The checks of notebook 02. Each gives None, or words that lead on."""

import json
from numbers import Real

from botocore.config import Config
from botocore.exceptions import ClientError

from bedrock_helpers import catalog
from bedrock_helpers.connect import connect
from bedrock_helpers.parameters import by_role

_TITAN = "amazon.titan-text-express-v1"
_COMMAND = "cohere.command-text-v14"
_MOST_TOKENS = 20
#: The prompt of the exercise about room, in tokens.
ROOM_PROMPT_TOKENS = 3_900
_THROTTLES = 4
#: Attempts of a boto3 client whose Config does not say, by its retry mode.
_UNSET, _UNSET_LEGACY = 3, 5
_TEXT, _MORE = {"text": "Bonjour"}, {"text": " tout le monde"}
_THOUGHT = {"reasoningContent": {"reasoningText": {"text": "A greeting."}}}
_TOOL = {"toolUse": {"toolUseId": "t1", "name": "greet", "input": {}}}
_REST = {
    "stopReason": "end_turn",
    "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
    "metrics": {"latencyMs": 1},
}
#: Content of a reply, and the text in it.
_READINGS = (
    ([_TEXT], "Bonjour"),
    ([_THOUGHT, _TEXT], "Bonjour"),
    ([_TEXT, _MORE], "Bonjour tout le monde"),
    ([_THOUGHT], ""),
    ([_TEXT, _TOOL], "Bonjour"),
    ([_TEXT, _TOOL, _MORE], "Bonjour tout le monde"),
    ([], ""),
)


def native_body(answer):
    """Is this a body for Titan Text: 20 tokens at most, temperature 0?"""
    if not isinstance(answer, dict):
        return "it should be the body, a dict, before json.dumps."
    launch_day = catalog.LAUNCH_DAY
    runtime = connect("offline", as_of=launch_day).client("bedrock-runtime")
    try:
        runtime.invoke_model(modelId=_TITAN, body=json.dumps(answer))
    except (TypeError, ValueError, RecursionError):
        return "JSON cannot hold it: use text, numbers, lists and dicts only."
    except ClientError as error:
        return f"Bedrock refuses it: {error.response['Error']['Message']}"
    settings = answer.get("textGenerationConfig", {})
    if settings.get("maxTokenCount") != _MOST_TOKENS:
        return f"it works, but does not limit the reply to {_MOST_TOKENS} tokens."
    if settings.get("temperature") != 0:
        return "it works, but its temperature is not 0."
    return None


def read_safely(answer):
    """Does this function find the text of every kind of Converse reply?"""
    if not callable(answer):
        return "it should be a function that takes a reply: my_text_of = text_of"
    for content, text in _READINGS:
        message = {"role": "assistant", "content": [dict(b) for b in content]}
        kinds = ", ".join(next(iter(block)) for block in content) or "none"
        try:
            found = answer({"output": {"message": message}, **_REST})
        except Exception as error:
            name = type(error).__name__
            return f"with the blocks {kinds} it fails: {name}: {error}"
        if found != text:
            return f"with the blocks {kinds} it gives {found!r}, not {text!r}."
    return None


def patient(answer):
    """Does a client with this Config live through four throttled attempts?"""
    if not isinstance(answer, Config):
        return 'it should be a Config: Config(retries={"total_max_attempts": ...})'
    client = connect("offline").client("bedrock-runtime", config=answer)
    given = client.meta.config.retries
    unset = _UNSET_LEGACY if given.get("mode") == "legacy" else _UNSET
    attempts = given.get("total_max_attempts", unset)
    if attempts > 10:
        return f"{attempts} attempts: a room of such clients only makes it worse."
    if attempts <= _THROTTLES:
        return (
            f"it gives up: {attempts} attempts in all, and the first "
            f"{_THROTTLES} are throttled."
        )
    return None


def room(answer):
    """How many tokens are left for the completion beside this prompt?"""
    if isinstance(answer, bool) or not isinstance(answer, Real):
        return "it should be a number of tokens."
    window = catalog.get(_COMMAND).context_window_tokens
    most = by_role(_COMMAND, catalog.LAUNCH_DAY)["max_tokens"].maximum
    if answer == most:
        return "that is the most max_tokens may be; the prompt needs room too."
    if answer != window - ROOM_PROMPT_TOKENS:
        return (
            f"window minus prompt: {window:,} tokens hold both, and the prompt "
            f"is {ROOM_PROMPT_TOKENS:,}."
        )
    return None
