"""A small call and what it costs, for the tests of the budget."""

from botocore.config import Config

import bedrock_helpers as bh

MODEL = bh.catalog.NOVA_MICRO
HI = {
    "modelId": MODEL,
    "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
    "inferenceConfig": {"maxTokens": 100},
}
SPENT_ON_HI = bh.pricing.cost_of({"inputTokens": 10, "outputTokens": 2}, MODEL)
ONCE = Config(retries={"total_max_attempts": 1})
COUNTED = (
    ("x-amzn-bedrock-input-token-count", "7"),
    ("x-amzn-bedrock-output-token-count", "3"),
    ("content-type", "application/json"),
)


def runtime(session, config=ONCE):
    """The session's client that talks to models."""
    return session.client("bedrock-runtime", config=config)
