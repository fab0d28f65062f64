"""A streamed reply, read into a record."""

from decimal import Decimal

import pytest

from bedrock_helpers.labs.parameter_run import Pace, StreamReading

REQUEST = {"modelId": "amazon.nova-micro-v1:0", "messages": []}
STOP = {"messageStop": {"stopReason": "end_turn"}}
USAGE = {"metadata": {"usage": {"inputTokens": 1000, "outputTokens": 10}}}


def text(piece):
    return {"contentBlockDelta": {"delta": {"text": piece}}}


def thought(piece):
    return {"contentBlockDelta": {"delta": {"reasoningContent": {"text": piece}}}}


def reading_of(events, request=REQUEST, clock=None):
    seconds = iter(range(100))
    reading = StreamReading(request, {}, clock or (lambda: next(seconds)))
    reading.follow(lambda request: {"stream": events}, lambda: None)
    return reading


def test_a_whole_reply_becomes_a_complete_record():
    start = {"messageStart": {"role": "assistant"}}
    run = reading_of([start, text("Bon"), text("jour"), STOP, USAGE]).record()
    assert (run.text, run.stop_reason, run.is_complete) == ("Bonjour", "end_turn", True)
    assert (run.input_tokens, run.output_tokens) == (1000, 10)
    assert run.cost_usd == Decimal("0.0000364")
    assert run.answered_by == "Amazon Bedrock (live)"


def test_times_are_taken_to_the_first_text_and_to_the_end():
    run = reading_of([thought("Hm"), text(""), text("Oui"), STOP]).record()
    assert (run.first_text_ms, run.latency_ms) == (3000, 5000)


def test_without_text_there_is_no_time_to_it():
    assert reading_of([STOP]).record().first_text_ms is None


def test_reasoning_is_kept_apart_and_what_is_neither_is_passed_over():
    signature = {
        "contentBlockDelta": {"delta": {"reasoningContent": {"signature": "x"}}}
    }
    tool = {"contentBlockDelta": {"delta": {"toolUse": {"input": "{}"}}}}
    run = reading_of([thought("Let me"), signature, tool, text("Oui"), STOP]).record()
    assert (run.reasoning, run.text) == ("Let me", "Oui")


def test_a_stream_that_just_ends_is_incomplete_and_its_cost_unknown():
    run = reading_of([text("Bon")]).record()
    assert (run.text, run.is_complete, run.stop_reason) == ("Bon", False, None)
    assert (run.cost_usd, run.input_tokens, run.problem) == (None, None, "")


def test_counts_that_are_not_whole_give_no_cost():
    assert reading_of([STOP, {"metadata": {"usage": {}}}]).record().cost_usd is None


def test_without_a_known_price_there_is_no_cost_and_none_is_guessed():
    request = {"modelId": "us.writer.palmyra-x99-v1:0"}
    assert reading_of([STOP, USAGE], request).record().cost_usd is None


def test_the_stream_is_closed_also_when_it_breaks():
    class Stream:
        is_closed = False

        def __iter__(self):
            yield text("Bon")
            raise ValueError("broken")

        def close(self):
            self.is_closed = True

    stream = Stream()
    with pytest.raises(ValueError, match="broken"):
        reading_of(stream)
    assert stream.is_closed


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (None, "gave NoneType"),
        ("Bonjour", "gave str"),
        ({"output": {}, "usage": {}}, "gave a reply without a stream: output, usage"),
    ],
)
def test_what_is_no_reply_of_converse_stream_is_an_error_that_says_what_to_type(
    reply, found
):
    reading = StreamReading(REQUEST, {})
    with pytest.raises(TypeError, match=found) as caught:
        reading.follow(lambda request: reply, lambda: None)
    assert "return bedrock.converse_stream(**request)" in str(caught.value)
    assert reading.reply is None


def test_the_pace_follows_the_clock_and_not_the_pieces():
    milliseconds = iter(range(1000))
    drawn = []
    pace = Pace(lambda: drawn.append("now"), lambda: next(milliseconds) / 1000)
    for _ in range(1000):
        pace()
    assert len(drawn) == 20
