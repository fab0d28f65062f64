"""Calling operations by name, through the real boto3 clients of a session."""

import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

import bedrock_helpers as bh
from bedrock_helpers.catalog import (
    CLAUDE_HAIKU_4_5,
    GPT_OSS_20B,
    LAUNCH_DAY,
    NOVA_LITE,
    NOVA_MICRO,
)
from bedrock_helpers.offline.router import SERVICES, service_model

HAIKU = f"us.{CLAUDE_HAIKU_4_5}"
MICRO, LITE, GPT_OSS = NOVA_MICRO, NOVA_LITE, GPT_OSS_20B
CLAUDE_V2 = "anthropic.claude-v2"
FORM = (
    b'{"companyName":"Ana","companyWebsite":"https://example.org",'
    b'"intendedUsers":"1","industryOption":"Education","useCases":"A course"}'
)


class Desk:
    """A session whose operations are called by the names AWS gives them."""

    def __init__(self, session, **config):
        once = {"retries": {"total_max_attempts": 1}}
        self._config = Config(**{**once, **config})
        self._clients = {}
        self.session = session

    def client(self, service):
        """The session's client of one service, made once."""
        if service not in self._clients:
            client = self.session.client(service, config=self._config)
            self._clients[service] = client
        return self._clients[service]

    def client_of(self, operation):
        """The client an operation belongs to."""
        return self.client(service_of(operation))

    def call(self, operation, **parameters):
        """The reply to one call."""
        return getattr(self.client_of(operation), xform_name(operation))(**parameters)

    def refused(self, operation, **parameters):
        """The ClientError one call ends in."""
        with pytest.raises(ClientError) as caught:
            self.call(operation, **parameters)
        return caught.value

    def converse(self, text="Name a colour.", model=MICRO, **parameters):
        """The reply to one question."""
        asked = {"modelId": model, "messages": [user(text)], **parameters}
        return self.call("Converse", **asked)

    def events(self, text="Name a colour.", model=MICRO, **parameters):
        """The events of a streamed reply to one question."""
        asked = {"modelId": model, "messages": [user(text)], **parameters}
        return list(self.call("ConverseStream", **asked)["stream"])


def service_of(operation):
    """The service an operation belongs to."""
    return next(s for s in SERVICES if operation in service_model(s).operation_names)


def open_desk(kind="ready", **config):
    """A new offline session: ``ready``, ``new``, ``launch`` or ``ungranted``."""
    if kind in ("launch", "ungranted"):
        account = "ready" if kind == "launch" else "new"
        session = bh.connect("offline", as_of=LAUNCH_DAY, account=account)
    else:
        session = bh.connect("offline", account=kind)
    return Desk(session, **config)


def user(*content):
    """A user's message of texts and blocks."""
    return {"role": "user", "content": [_block(part) for part in content]}


def assistant(*content):
    """An assistant's message of texts and blocks."""
    return {"role": "assistant", "content": [_block(part) for part in content]}


def _block(part):
    return {"text": part} if isinstance(part, str) else part


def tool(name="get_weather", schema=None, **more):
    """One entry of ``toolConfig.tools``."""
    city = {"type": "string", "maxLength": 12}
    weather = {"type": "object", "properties": {"city": city}, "required": ["city"]}
    wanted = weather if schema is None else schema
    return {"toolSpec": {"name": name, "inputSchema": {"json": wanted}, **more}}


def text_of(reply):
    """The text blocks of a Converse reply, joined."""
    content = reply["output"]["message"]["content"]
    return "".join(block.get("text", "") for block in content)


def streamed_text(events):
    """The text of streamed events, joined."""
    deltas = [e["contentBlockDelta"] for e in events if "contentBlockDelta" in e]
    return "".join(d["delta"].get("text", "") for d in deltas)


def tokens(most, **more):
    """An ``inferenceConfig``."""
    return {"maxTokens": most, **more}


def headers(reply):
    """The HTTP headers of a reply."""
    return reply["ResponseMetadata"]["HTTPHeaders"]


def used(reply):
    """The input tokens a reply reports."""
    return reply["usage"]["inputTokens"]


def with_tools(*tools, **choice):
    config = {"tools": list(tools)}
    return {"toolConfig": {**config, **({"toolChoice": choice} if choice else {})}}
