"""The prompt cache of one offline account: which prefixes it keeps, and how long."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: Longest first, as ``cacheDetails`` lists them.
LIFETIMES = {"1h": timedelta(hours=1), "5m": timedelta(minutes=5)}


@dataclass(frozen=True)
class CacheUse:
    """
    What one request read from the cache and wrote to it.

    Attributes
    ----------
    read_tokens : int
    written : dict of str to int
        Tokens by their ttl.
    """

    read_tokens: int = 0
    written: dict = field(default_factory=dict)

    @property
    def written_tokens(self):
        """Tokens written, whatever their ttl."""
        return sum(self.written.values())

    def usage(self, input_tokens, output_tokens):
        """
        Converse's ``usage``: ``inputTokens`` are those not from or to the cache.

        Parameters
        ----------
        input_tokens, output_tokens : int
            Of the whole prompt, and of the reply.

        Returns
        -------
        dict

        Examples
        --------
        >>> CacheUse(1000, {"5m": 200}).usage(1203, 4)["inputTokens"]
        3
        """
        fresh = self.fresh(input_tokens)
        cached = self.read_tokens + self.written_tokens
        usage = {
            "inputTokens": fresh,
            "outputTokens": output_tokens,
            "totalTokens": fresh + cached + output_tokens,
            "cacheReadInputTokens": self.read_tokens,
            "cacheWriteInputTokens": self.written_tokens,
        }
        details = [
            {"ttl": ttl, "inputTokens": self.written[ttl]}
            for ttl in LIFETIMES
            if self.written.get(ttl)
        ]
        return {**usage, **({"cacheDetails": details} if details else {})}

    def fresh(self, input_tokens):
        """
        Tokens of a prompt that were neither read from the cache nor written to it.

        A prefix counted alone can come out a token longer than within its prompt.
        """
        return max(0, input_tokens - self.read_tokens - self.written_tokens)


@dataclass
class _Entry:
    tokens: int
    ttl: str
    ends: datetime


class PromptCache:
    """The prefixes an account has cached, by Region, model and exact content."""

    def __init__(self):
        self._entries = {}
        self._lock = threading.Lock()

    def use(self, plan, tokens, place, now):
        """
        Read the longest prefix that is kept, and write those beyond it.

        Parameters
        ----------
        plan : bedrock_helpers.offline.cache_points.CachePlan
        tokens : list of int
            Of the prefix before each of the plan's points.
        place : tuple of str
            Region and model id: caches are not shared between those.
        now : datetime.datetime

        Returns
        -------
        CacheUse
        """
        points = [
            (point, count)
            for point, count in zip(plan.points, tokens, strict=True)
            if plan.takes(count)
        ]
        with self._lock:
            return self._use(plan, points, place, now)

    def _use(self, plan, points, place, now):
        def entry_at(blocks):
            entry = self._entries.get((place, plan.digests[blocks]))
            return entry if entry is not None and entry.ends > now else None

        kept = [n for n in plan.lookups([point for point, _ in points]) if entry_at(n)]
        hit = max(kept, default=0)
        read = entry_at(hit).tokens if hit else 0
        for blocks in kept:
            entry = entry_at(blocks)
            entry.ends = now + LIFETIMES[entry.ttl]
        written, reached = {}, read
        self._entries = {k: e for k, e in self._entries.items() if e.ends > now}
        for point, count in points:
            if point.blocks <= hit:
                continue
            ends = now + LIFETIMES[point.ttl]
            key = place, plan.digests[point.blocks]
            self._entries[key] = _Entry(count, point.ttl, ends)
            written[point.ttl] = written.get(point.ttl, 0) + max(0, count - reached)
            reached = max(reached, count)
        return CacheUse(read, written)
