"""What a speed of the small model means for the room."""

from bedrock_helpers.preflight.model_speed import (
    LEAST_TOKENS_PER_S,
    finding,
    model_speed,
)


def test_the_model_is_timed_here():
    assert " tokens/s, ready in " in model_speed().details


def test_the_least_speed_is_enough_and_less_is_not():
    assert finding(LEAST_TOKENS_PER_S).works
    assert not finding(LEAST_TOKENS_PER_S - 0.1).works


def test_a_slow_shared_model_is_for_the_host_to_mend():
    assert "model-server" in finding(1.0).cure
    assert finding(1.0, shared=True).cure.startswith("the host")


def test_no_token_at_all_is_no_division_by_zero():
    assert finding(0).cause.endswith("takes for ever")
