"""One model of every family, its smallest body, and how bodies are sent."""

import copy
import json
from dataclasses import dataclass
from functools import cache

from bedrock_helpers import catalog, parameters
from bedrock_helpers.families.lookup import family_module
from tests.offline.desk import open_desk

HAIKU = f"us.{catalog.CLAUDE_HAIKU_4_5}"
LITE, CLAUDE_V2 = "amazon.titan-text-lite-v1", "anthropic.claude-v2"
ULTRA, COMMAND = "ai21.j2-ultra-v1", "cohere.command-text-v14"
SDXL, SDXL_1 = "stability.stable-diffusion-xl-v0", "stability.stable-diffusion-xl-v1"
MICRO, GPT_OSS = catalog.NOVA_MICRO, catalog.GPT_OSS_20B
SCOUT = "us.meta.llama4-scout-17b-instruct-v1:0"
MIXTRAL = "mistral.mixtral-8x7b-instruct-v0:1"
EMBED_V1, EMBED_V2 = "amazon.titan-embed-text-v1", "amazon.titan-embed-text-v2:0"
THEN = (LITE, CLAUDE_V2, ULTRA, COMMAND, SDXL)
#: What can be called in one session or the other.
CALLABLE = (*THEN, HAIKU, MICRO, SCOUT, MIXTRAL, GPT_OSS, EMBED_V1, EMBED_V2)
#: Those of launch day as the later documentation has them: no session has both.
LATER = (
    *(LITE, "amazon.titan-text-express-v1", "amazon.titan-text-premier-v1:0"),
    *(CLAUDE_V2, ULTRA, COMMAND, SDXL, SDXL_1),
)
STREAMING = (LITE, CLAUDE_V2, COMMAND, HAIKU, MICRO, SCOUT, MIXTRAL, GPT_OSS)


@cache
def desk_of(model):
    """A session of the day the model could be called on."""
    return open_desk("launch" if model in THEN else "ready")


def day_of(model):
    """Launch day for the models of that day."""
    return catalog.LAUNCH_DAY if model in THEN else None


@dataclass(frozen=True)
class Taken:
    """One parameter, as one model takes it on one day."""

    model: str
    day: str | None
    spec: parameters.ParameterSpec

    def __str__(self):
        return f"{self.model} {self.spec.path}"

    @property
    def family(self):
        """The module of its family."""
        return family_module(self.model)

    @property
    def old_words(self):
        """Whether the model says no place."""
        return self.day is not None or "titan-embed" in self.model

    def body(self, value):
        """The smallest body of its model, with this parameter so."""
        return put(smallest(self.model), self.spec.path, value)

    def said(self, problem):
        """What is said of a value with one problem."""
        place = "" if self.old_words else "#/" + self.spec.path.replace(".", "/")
        before = place and f"{place}: "
        if self.spec.family == "claude-messages":
            schema = '#: subject must not be valid against schema {"required":'
            before = f'{schema}["messages"]}}{before}'
        return malformed(before + problem)


def taken(models=CALLABLE, day_of=day_of):
    """Every parameter of some models."""
    return [
        Taken(model, day_of(model), spec)
        for model in models
        for spec in parameters.specs(model, day_of(model))
    ]


EVERY = taken()
EVERY_LATER = taken(LATER, lambda model: None)


def malformed(problem):
    """How a body that breaks its schema is refused."""
    return (
        f"Malformed input request: {problem}, please reformat your input and try again."
    )


def smallest(model, **settings):
    """A body that asks for one token, or for one small thing."""
    family = family_module(model)
    if "max_tokens" in parameters.by_role(model):
        settings = {"max_tokens": 1, **settings}
    return family.build("Name a colour.", model, **settings)


def put(body, path, value):
    """A body with another value at a path."""
    body = copy.deepcopy(body)
    inner, (*outer, name) = body, path.split(".")
    for part in outer:
        inner = inner.setdefault(part, {})
    inner[name] = value
    return body


def without(body, path):
    """A body with nothing at a path."""
    body = copy.deepcopy(body)
    inner, (*outer, name) = body, path.split(".")
    for part in outer:
        inner = inner.get(part, {})
    inner.pop(name, None)
    return body


def invoke(model, body):
    """The decoded body of a reply, and its headers."""
    reply = desk_of(model).call("InvokeModel", modelId=model, body=json.dumps(body))
    return json.loads(reply["body"].read()), reply["ResponseMetadata"]["HTTPHeaders"]


def stream(model, body):
    """The decoded chunks of a streamed reply."""
    asked = {"modelId": model, "body": json.dumps(body)}
    events = desk_of(model).call("InvokeModelWithResponseStream", **asked)["body"]
    return [json.loads(event["chunk"]["bytes"]) for event in events]


def refused(model, body, operation="InvokeModel"):
    """The code and the text a body is refused with."""
    raw = body if isinstance(body, str) else json.dumps(body)
    error = desk_of(model).refused(operation, modelId=model, body=raw)
    return error.response["Error"]["Code"], error.response["Error"]["Message"]
