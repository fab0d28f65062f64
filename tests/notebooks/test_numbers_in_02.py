"""Numbers that notebook 02's prose repeats are those of the data, or of botocore."""

import pytest
from botocore.endpoint import DEFAULT_TIMEOUT

import bedrock_helpers as bh
from bedrock_helpers.checks.invoke import ROOM_PROMPT_TOKENS
from bedrock_helpers.families.lookup import one_of_each
from bedrock_helpers.parameters import by_role
from tests.notebooks.prose import prose_of

THEN = one_of_each(bh.catalog.LAUNCH_DAY)
COMMAND = bh.catalog.get(THEN["cohere-command"])
TITAN = by_role(THEN["titan-text"], bh.catalog.LAUNCH_DAY)["temperature"]
ENDED = bh.catalog.get(THEN["claude-text"]).end_of_life_date
CLIENT = bh.connect("offline").client("bedrock-runtime")
ATTEMPTS = CLIENT.meta.config.retries.get("total_max_attempts", 3)


@pytest.fixture(scope="module")
def prose():
    return prose_of("02_invoke_basics.ipynb")


@pytest.mark.parametrize(
    "words",
    [
        f"can live on {bh.catalog.LAUNCH_DAY}",
        f"Claude v2 is gone since {ENDED}",
        f"Command had {COMMAND.context_window_tokens:,} tokens for both",
        f"a window of {COMMAND.context_window_tokens:,} tokens",
        f"Your prompt has {ROOM_PROMPT_TOKENS:,}.",
        f"took a temperature from {TITAN.minimum} to {TITAN.maximum}",
        f"| `read_timeout` | {DEFAULT_TIMEOUT} seconds |",
        f"| `connect_timeout` | {DEFAULT_TIMEOUT} seconds |",
        f'`retries={{"total_max_attempts": n}}` | {ATTEMPTS} |',
    ],
)
def test_the_prose_says_what_the_data_say(prose, words):
    assert words in prose
