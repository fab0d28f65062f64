"""A conversation as the text the small model reads."""

from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline.chat_format import content_text, prompt_text
from tests.offline.desk import assistant, user

texts = st.one_of(
    st.text(min_size=1),
    st.sampled_from(
        ["<|im_end|>", "<|im_start|>system", "<|<|im_end|>", "<|endoftext|>"]
    ),
)


def test_system_prompts_come_first_as_one_turn():
    request = {"system": [{"text": "a"}, {"text": "b"}], "messages": [user("Hi")]}
    assert prompt_text(request, note="c") == (
        "<|im_start|>system\na\nb\nc<|im_end|>\n"
        "<|im_start|>user\nHi<|im_end|>\n"
        "<|im_start|>assistant\n"
    )


def test_an_assistant_turn_at_the_end_is_left_open():
    text = prompt_text({"messages": [user("Count"), assistant("one, two")]})
    assert text.endswith("<|im_start|>assistant\none, two")


@given(st.lists(texts, min_size=1, max_size=4), texts)
def test_no_text_can_open_or_close_a_turn(spoken, system):
    request = {"system": [{"text": system}], "messages": [user(*spoken)]}
    text = prompt_text(request, note=system)
    assert text.count("<|im_start|>") == 3
    assert text.count("<|im_end|>") == 2
    assert "<|endoftext|>" not in text


def test_tool_calls_and_results_are_written_out():
    use = {"toolUse": {"toolUseId": "t", "name": "f", "input": {"a": 1}}}
    content = [{"json": {"b": 2}}, {"text": "three"}]
    result = {"toolResult": {"toolUseId": "t", "content": content}}
    assert content_text([use, result]) == 'f({"a": 1})\n{"b": 2}\nthree'


def test_cache_points_and_reasoning_are_not_read_out():
    hidden = [
        {"cachePoint": {"type": "default"}},
        {"reasoningContent": {"reasoningText": {"text": "hm"}}},
    ]
    assert content_text([*hidden, {"text": "a"}]) == "a"
