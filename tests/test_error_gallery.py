"""Every failure of the error gallery is provoked, and gets its own, right cause."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

import bedrock_helpers as bh
from bedrock_helpers.data_files import load_json

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "error_gallery.ipynb"
ERRORS = load_json("errors.json")["errors"]
ONCE = Config(retries={"total_max_attempts": 1})
MICRO, HAIKU = bh.catalog.NOVA_MICRO, bh.catalog.CLAUDE_HAIKU_4_5
HELLO = [{"role": "user", "content": [{"text": "Hi"}]}]
NEWEST = "us.anthropic.claude-haiku-5-5"
LEGACY = bh.catalog.table("us-east-1", status="LEGACY").index[0]
ENDED = "amazon.titan-text-express-v1"
TITAN_BODY = json.dumps({"inputText": "Hi"})


@dataclass
class Failure:
    """A call that fails, and the record of data/errors.json that explains it."""

    key: str | None = None  # None: boto3 itself stops
    model: str = MICRO
    region: str = "us-east-1"
    account: str = "ready"
    asked_for: bool = False  # with fail_next; else its state alone makes it fail
    minutes: int = 0
    config: tuple = (("maxTokens", 1),)
    operation: str = "converse"

    def provoke(self):
        """The exception; of a call that does not fail, its reply."""
        session = bh.connect("offline", region_name=self.region, account=self.account)
        session.offline.set_clock(minutes_ahead=self.minutes)
        if self.asked_for:
            session.offline.fail_next(self.key)
        client = session.client("bedrock-runtime", config=ONCE)
        arguments = {"messages": HELLO, "inferenceConfig": dict(self.config)}
        if self.operation == "invoke_model":
            arguments = {"body": TITAN_BODY}
        try:
            reply = getattr(client, self.operation)(modelId=self.model, **arguments)
            list(reply.get("stream", ()))
        except (BotoCoreError, ClientError) as error:
            return error
        return reply


def asked(key, **more):
    return Failure(key, asked_for=True, **more)


FAILURES = {
    "no credentials": Failure(account="signed-out"),
    "expired token": asked("expired_token"),
    "wrong clock": Failure("clock_behind", minutes=20),
    "no access form": Failure(
        "use_case_form_missing", model=f"us.{HAIKU}", account="new"
    ),
    "no subscription": asked("marketplace_denied", model=NEWEST),
    "Legacy, refused": Failure("legacy_refused", model=LEGACY, account="new"),
    "retired": Failure("end_of_life", model=ENDED),
    "bare id": Failure("on_demand_unsupported", model=HAIKU),
    "another geography": Failure(
        "unknown_model", model=f"us.{HAIKU}", region="eu-west-1"
    ),
    "no such endpoint": Failure(region="ap-east-1"),
    "out of range": Failure("constraint", config=(("temperature", 1.5),)),
    "both at once": Failure(
        "temperature_and_top_p",
        model=f"us.{HAIKU}",
        config=(("temperature", 0.5), ("topP", 0.9)),
    ),
    "dropped": Failure(
        "sampling_dropped", model=NEWEST, config=(("temperature", 0.5),)
    ),
    "malformed body": Failure("malformed_input", operation="invoke_model"),
    "throttled": asked("too_many_requests"),
    "daily tokens gone": asked("too_many_tokens_per_day"),
    "model timeout": asked("model_timeout"),
    "broken stream": asked("stream_broken", operation="converse_stream"),
    "cut off": Failure(),
}
BY_BOTO3 = {
    "no credentials": ("NoCredentialsError", "boto3 found no credentials"),
    "no such endpoint": ("EndpointConnectionError", "a Region without Bedrock"),
    "cut off": ("stopReason max_tokens", "cut off: it reached maxTokens"),
}


@pytest.fixture(scope="module")
def provoked():
    return {name: failure.provoke() for name, failure in FAILURES.items()}


@pytest.fixture(scope="module")
def cells():
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


@pytest.fixture(scope="module")
def prose(cells):
    texts = ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
    return " ".join("\n".join(texts).replace("\n> ", " ").split())


@pytest.fixture(scope="module")
def code(cells):
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


@pytest.mark.parametrize("name", FAILURES)
def test_the_cause_and_cure_are_those_of_this_failure(provoked, name):
    found, record = bh.explain(provoked[name]), ERRORS.get(FAILURES[name].key)
    if record is None:
        error, cause = BY_BOTO3[name]
        assert found.error == error
        assert cause in found.cause
        return
    assert (found.error, found.cause, found.cure) == (
        record["code"],
        record["cause"],
        record["cure"],
    )


def test_no_two_failures_have_one_cause(provoked):
    causes = [bh.explain(found).cause for found in provoked.values()]
    assert len(set(causes)) == len(causes)


def test_one_class_covers_many_causes_and_cures(provoked):
    refused = [
        bh.explain(found).cure
        for found in provoked.values()
        if type(found).__name__ == "ValidationException"
    ]
    assert len(set(refused)) == len(refused) == 6


def test_the_notebook_shows_these_failures_and_no_others(code):
    shown = re.findall(r'(?:exhibit\(|kept\[)"([^"]+)"', code)
    assert list(dict.fromkeys(shown)) == list(FAILURES)


@pytest.mark.parametrize("name", FAILURES)
def test_the_notebook_prints_the_cause_where_it_provokes(cells, provoked, name):
    cell = next(c for c in cells if f'"{name}"' in "".join(c["source"]))
    printed = "".join(line for o in cell["outputs"] for line in o.get("text", ()))
    assert f"cause: {bh.explain(provoked[name]).cause}\n" in printed


def test_what_is_asked_for_is_asked_for_in_the_notebook(code):
    keys = {failure.key for failure in FAILURES.values() if failure.asked_for}
    assert set(re.findall(r'fail_next\("(\w+)"', code)) == keys


def test_the_numbers_of_the_prose(provoked, prose):
    classes = [type(found).__name__ for found in provoked.values()]
    asked_for = sum(failure.asked_for for failure in FAILURES.values())
    assert (len(FAILURES), asked_for) == (19, 6)
    assert classes.count("ResourceNotFoundException") == 3
    for words in (
        "Nineteen ways in which",
        "Thirteen of the failures come from a real state",
        "The other six need",
        "The nineteenth failure raises nothing",
        "`ValidationException` covers six causes, `ResourceNotFoundException` three,",
        "In three of the nine nothing is wrong",
        "Nineteen causes, no two alike",
    ):
        assert words in prose
    readme = NOTEBOOK.parents[1] / "README.md"
    assert "nineteen real failures" in readme.read_text(encoding="utf-8")


def test_the_wordings_said_to_be_approximate_are_those(prose):
    approximate = [
        name
        for name, failure in FAILURES.items()
        if failure.key and ERRORS[failure.key]["wording"] == "approximate"
    ]
    assert approximate == ["no subscription", "model timeout", "broken stream"]
    first, second, third = approximate
    assert f"approximate: *{first}*, *{second}* and *{third}*" in prose


#: What the prose sets in italics without quoting a message.
NO_QUOTATIONS = {
    *("Edit > Find", "Search Cell Outputs", "cured", "exhibit", "retry"),
    *("no subscription", "model timeout", "broken stream"),
    *("who are you", "may you", "not found", "(reached max retries: 2)"),
    *("Deprecated", "Signature not yet current", "isn't"),
}


def test_what_the_prose_quotes_a_message_says(provoked, prose):
    messages = [str(found).replace("’", "'").lower() for found in provoked.values()]
    quoted = re.findall(r"(?<![\w*])\*([^*]+)\*(?!\w)", prose.replace("**", ""))
    wrong = []
    for quotation in set(quoted) - NO_QUOTATIONS:
        parts = [re.escape(part.strip()) for part in quotation.lower().split("…")]
        if not any(re.search(".*".join(parts), m, re.DOTALL) for m in messages):
            wrong.append(quotation)
    assert wrong == []


@pytest.mark.parametrize(
    "key", ["too_many_tokens_per_day", "unknown_model", "legacy_refused"]
)
def test_the_letters_quote_whole_messages(prose, key):
    letters = prose[prose.index("letters from learners") :]
    assert f"*{ERRORS[key]['text']}*" in letters
