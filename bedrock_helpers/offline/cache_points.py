"""Where a request's cache points stand, and which of them the service refuses."""

import hashlib
import itertools
import json
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from bedrock_helpers.data_files import load_json
from bedrock_helpers.offline import chat_format, tools
from bedrock_helpers.offline.errors import refusal
from bedrock_helpers.offline.local_model import local_model

_POINTS_AT_MOST = 4
#: How many content blocks before a cache point Claude looks for a shorter prefix
#: that is cached (Amazon Bedrock User Guide, prompt-caching, copy of October 2026).
_CLAUDE_LOOKS_BACK = 20
_REPLY_MARKS = ("<|im_start|>assistant\n", "<|im_end|>\n")


@dataclass(frozen=True)
class CachePoint:
    """
    One cache point.

    Attributes
    ----------
    blocks : int
        How many blocks (tools, then system, then messages) stand before it.
    ttl : str
        ``"5m"`` or ``"1h"``.
    path : str
        Where Claude would have its ``cache_control``.
    """

    blocks: int
    ttl: str
    path: str


@dataclass(frozen=True)
class CachePlan:
    """
    A request's cache points, and fingerprints of all its prefixes.

    Attributes
    ----------
    points : list of CachePoint
    blocks : list of (tuple, dict)
        Where each block stands, and the block.
    digests : list of str
        Of the first n blocks, for every n.
    rule : dict
        The model's record of ``data/prompt_caching.json``.
    looks_back : int
        How many blocks before a point a shorter cached prefix is looked for.
    """

    points: list
    blocks: list
    digests: list
    rule: dict
    looks_back: int

    def takes(self, tokens):
        """Whether a prefix of so many tokens is cached; a shorter one is not."""
        most = self.rule["maximum_tokens"]
        return self.rule["minimum_tokens"] <= tokens and (not most or tokens <= most)

    def lookups(self, points):
        """The prefixes, by their number of blocks, that may be found cached."""
        return {
            blocks
            for point in points
            for blocks in range(point.blocks - self.looks_back, point.blocks + 1)
            if blocks > 0
        }

    def tokens_of(self, stored):
        """
        SmolLM2's tokens before each point, from a stored reply if it has them.

        0 where bytes show already that there are too few to be cached.
        """
        if stored and stored.prefix_tokens:
            return stored.prefix_tokens
        least = self.rule["minimum_tokens"]
        texts = [_text(self.blocks[: point.blocks]) for point in self.points]
        return [_count(t) if len(t.encode()) >= least else 0 for t in texts]


@cache
def _rules():
    return {
        rule["model_id"]: rule for rule in load_json("prompt_caching.json")["models"]
    }


def takes_cache_points(model_id):
    """
    Whether a model caches prompts.

    Examples
    --------
    >>> takes_cache_points("amazon.nova-micro-v1:0"), takes_cache_points("other")
    (True, False)
    """
    return model_id in _rules()


def read_plan(request, model, on_demand=True):
    """
    The cache points of a Converse conversation.

    Parameters
    ----------
    request : dict
    model : bedrock_helpers.catalog.Model
    on_demand : bool
        False where provisioned throughput is called: it does not cache.

    Returns
    -------
    CachePlan or None
        None where there are none.

    Raises
    ------
    Refusal
        For a model that does not cache, or a point it does not take.
    """
    found = list(_blocks(request))
    if not any("cachePoint" in block for _, block in found):
        return None
    rule = _rules().get(model.model_id)
    if rule is None or not on_demand:
        raise refusal("caching_unsupported")
    _check_places(found, rule)
    blocks = [one for one in found if "cachePoint" not in one[1]]
    claude = model.provider == "Anthropic"
    points = [_known_ttl(point, rule, claude) for point in _points(found)]
    if len(points) > _POINTS_AT_MOST:
        raise refusal("too_many_cache_points", count=len(points))
    for earlier, later in itertools.pairwise(points):
        if (earlier.ttl, later.ttl) == ("5m", "1h"):
            raise refusal("cache_ttl_order", path=later.path)
    looks_back = _CLAUDE_LOOKS_BACK if claude else 0
    return CachePlan(points, blocks, _digests(blocks), rule, looks_back)


def use_cache(plan, stored, model_id, call):
    """
    What a request reads from its account's cache and writes to it.

    Parameters
    ----------
    plan : CachePlan or None
    stored : StoredReply or None
        The stored reply that answers it.
    model_id : str
    call : bedrock_helpers.offline.service.Call

    Returns
    -------
    tuple of (list of int, CacheUse or None)
        Also the tokens before each point, for a recording.
    """
    if plan is None:
        return [], None
    tokens = plan.tokens_of(stored)
    place = call.region_name, model_id
    return tokens, call.account.prompt_cache.use(plan, tokens, place, call.now)


def _blocks(request):
    """Every block as ``(where, block)``, in the order in which they are cached."""
    for tool in request.get("toolConfig", {}).get("tools", ()):
        yield ("tools",), tool
    for block in request.get("system", ()):
        yield ("system",), block
    for number, message in enumerate(request.get("messages", ())):
        for block in message["content"]:
            yield ("messages", number, message["role"]), block


def _check_places(found, rule):
    before = {}
    for number, (where, block) in enumerate(found):
        if "cachePoint" in block and where[0] not in rule["fields"]:
            place = f"#/toolConfig/tools/{number}"
            problem = f"{place}: extraneous key [cachePoint] is not permitted"
            raise refusal("malformed_input", problem=problem)
        if "cachePoint" in block and "reasoningContent" in before:
            raise refusal("cache_point_after_reasoning")
        before = block


def _points(found):
    count, in_place = 0, Counter()
    for where, block in found:
        if "cachePoint" not in block:
            count, in_place[where] = count + 1, in_place[where] + 1
            continue
        holder = f"messages.{where[1]}.content" if where[1:] else where[0]
        path = f"{holder}.{max(0, in_place[where] - 1)}"
        yield CachePoint(count, block["cachePoint"].get("ttl", "5m"), path)


def _known_ttl(point, rule, claude):
    """Claude keeps for five minutes what it cannot keep for an hour; Nova refuses."""
    if point.ttl in rule["ttls"]:
        return point
    if not claude:
        raise refusal("extended_ttl_unsupported")
    return replace(point, ttl=rule["ttls"][0])


def _digests(blocks):
    """Fingerprints of the first 0, 1, 2, … blocks."""
    found = [""]
    for one in blocks:
        text = json.dumps([found[-1], one], sort_keys=True, default=repr)
        found.append(hashlib.sha256(text.encode()).hexdigest())
    return found


def _text(blocks):
    """Blocks as SmolLM2 reads them, without the marks that would follow."""
    before = {"system": [], "messages": [], "toolConfig": {"tools": []}}
    last = None
    for where, block in blocks:
        if where[0] == "tools":
            before["toolConfig"]["tools"].append(block)
        elif where[0] == "system":
            before["system"].append(block)
        else:
            if where != last:
                before["messages"].append({"role": where[2], "content": []})
            before["messages"][-1]["content"].append(block)
        last = where
    specs = tools.tool_specs(before)
    note = tools.describe(specs) if specs else None
    text = chat_format.prompt_text(before, note=note)
    for mark in _REPLY_MARKS:
        text = text.removesuffix(mark)
    return text


@lru_cache(maxsize=64)
def _count(text):
    return local_model().count_tokens(text)
