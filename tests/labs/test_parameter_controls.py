"""One parameter as a control, worked from code."""

import pytest

from bedrock_helpers import catalog
from bedrock_helpers.converse_parameters import converse_specs
from bedrock_helpers.labs.parameter_controls import NumberControl
from bedrock_helpers.labs.strings_control import StringsControl, as_typed, typed

MICRO, HAIKU = catalog.NOVA_MICRO, catalog.id_for(catalog.CLAUDE_HAIKU_4_5)
MISTRAL, OPUS = "mistral.mistral-7b-instruct-v0:2", "us.anthropic.claude-opus-5-5"
OPEN_ENDED, TITAN = (
    "anthropic.claude-3-haiku-20240307-v1:0",
    "amazon.titan-text-lite-v1",
)


def offered(control, model_id):
    specs = {spec.role: spec for spec in converse_specs(model_id)}
    return control.offer(specs.get(control.role), model_id)


def control_of(role, model_id=MICRO):
    if role == "stop_sequences":
        control = StringsControl(role)
    else:
        control = NumberControl(role, whole=role in ("max_tokens", "top_k"))
    assert offered(control, model_id) == []
    return control


@pytest.mark.parametrize(
    ("role", "model", "words"),
    [
        ("temperature", MICRO, "0 to 1; when unset 0.7"),
        ("top_k", MICRO, "0 to 128; no default is published"),
        ("top_k", MISTRAL, "1 to 200; when unset 50"),
        ("top_p", TITAN, "more than 0, at most 1; when unset 0.9"),
        ("temperature", OPUS, "this model takes none"),
        ("stop_sequences", "openai.gpt-oss-20b-1:0", "this model takes none"),
        (
            *("max_tokens", MICRO),
            "1 to 10,000; when unset, the most the model allows (offline 512)",
        ),
    ],
)
def test_the_range_and_the_default_stand_beside_it_in_words(role, model, words):
    control = control_of(role, model)
    assert control.words.value == words
    assert control.set.disabled == control.slider.disabled == (words[:4] == "this")


def test_where_the_most_is_not_known_the_words_say_so_and_code_may_set_more():
    control = control_of("max_tokens", OPEN_ENDED)
    assert "1 or more (the most is not known)" in control.words.value
    control.value = 50_000
    assert control.value == control.slider.max == 50_000


def test_limits_of_the_models_own_shape_stand_beside_stop_sequences():
    assert "takes 10 at most" in control_of("stop_sequences", MISTRAL).words.value


@pytest.mark.parametrize("role", ["temperature", "top_k", "stop_sequences"])
def test_at_first_it_is_unset(role):
    control = control_of(role)
    assert control.value is None
    assert control.set.value is False


def test_a_value_from_code_ticks_the_box_and_none_unticks_it():
    control = control_of("temperature")
    control.value = 0.9
    assert (control.set.value, control.slider.value, control.value) == (True, 0.9, 0.9)
    control.value = None
    assert (control.set.value, control.slider.value, control.value) == (
        False,
        0.9,
        None,
    )


def test_moving_the_slider_sets_it_and_the_box_alone_does_too():
    control = control_of("top_k")
    control.slider.value = 7
    assert control.value == 7
    control.set.value = False
    control.set.value = True
    assert control.value == 7


def test_each_change_is_reported_once_and_what_a_model_changes_is_not():
    control, reported = control_of("temperature"), []
    control.on_change = lambda changed: reported.append(changed.value)
    control.value = 0.9
    control.slider.value = 0.5
    control.set.value = False
    control.slider.value = 0.4
    control.value = None
    offered(control, OPUS)
    control.unset()
    assert reported == [0.9, 0.5, None, 0.4, None]


@pytest.mark.parametrize("value", [1.01, -1, float("inf")])
def test_a_value_out_of_range_is_an_error_that_says_what_to_type(value):
    control = control_of("temperature")
    message = r"temperature=.*takes 0 to 1\. Type lab\.temperature\.value = 0\.7"
    with pytest.raises(ValueError, match=message):
        control.value = value
    assert control.value is None


def test_not_a_number_is_an_error():
    with pytest.raises(ValueError, match="it takes a number, 0 to 1"):
        control_of("temperature").value = float("nan")


@pytest.mark.parametrize("value", ["5", True, 5.5, [5], int])
def test_what_is_no_whole_number_is_an_error(value):
    with pytest.raises(ValueError, match="it takes a whole number, 0 to 128"):
        control_of("top_k").value = value


def test_a_limit_that_is_itself_not_taken_is_refused_and_the_slider_stops_short():
    control = control_of("top_p", TITAN)
    assert control.slider.min == 0.01
    with pytest.raises(ValueError, match="more than 0, at most 1"):
        control.value = 0
    control.value = 0.001
    assert control.value == 0.001


def test_a_value_for_a_model_that_takes_none_is_an_error():
    with pytest.raises(ValueError, match=f"{OPUS} takes no temperature"):
        control_of("temperature", OPUS).value = 0.5


def test_a_value_out_of_the_next_models_range_is_brought_into_it_and_told():
    control = control_of("top_k", HAIKU)
    control.value = 300
    (told,) = offered(control, MICRO)
    assert told == "top_k 300 became 128, the nearest this model takes (0 to 128)."
    assert control.value == 128


def test_a_value_within_the_next_models_range_stays():
    control = control_of("temperature")
    control.value = 0.9
    assert offered(control, HAIKU) == []
    assert control.value == 0.9


def test_a_value_the_next_model_takes_none_of_comes_back_with_one_that_does():
    control = control_of("temperature")
    control.value = 0.9
    assert offered(control, OPUS) == [
        "temperature 0.9 is put aside: this model takes none."
    ]
    assert control.value is None
    assert offered(control, "us.anthropic.claude-opus-4-7") == []
    assert offered(control, HAIKU) == ["temperature 0.9 is set again."]
    assert control.value == 0.9


def test_what_was_put_aside_can_be_given_up():
    control = control_of("temperature")
    control.value = 0.9
    offered(control, OPUS)
    control.value = None
    assert offered(control, MICRO) == []
    assert control.value is None


def test_while_unset_the_slider_stands_at_the_models_default():
    control = control_of("temperature")
    assert control.slider.value == 0.7
    offered(control, HAIKU)
    assert control.slider.value == 1


def test_its_repr_says_value_and_range():
    control = control_of("temperature")
    assert repr(control) == "temperature: unset (0 to 1; when unset 0.7)"
    control.value = 1
    assert repr(control) == "temperature: 1.0 (0 to 1; when unset 0.7)"


@pytest.mark.parametrize(
    "strings",
    [
        ("END",),
        ("a,b", "c"),
        ("\n\nHuman:",),
        (" lead", "trail  ", "  "),
        ("\\n", "\\"),
    ],
)
def test_strings_come_back_as_they_were_typed_in(strings):
    assert typed(as_typed(strings)) == strings
    control = control_of("stop_sequences")
    control.value = strings
    assert control.value == strings


@pytest.mark.parametrize(
    ("text", "strings"),
    [
        ("", ()),
        ("END\n", ("END",)),
        ("END, User:\nb", ("END, User:", "b")),
        (r"\n", ("\n",)),
        (r"\d\\n", (r"\d\n",)),
        ("a\\", ("a\\",)),
        ("a\n\nb", ("a", "", "b")),
    ],
)
def test_what_is_typed_is_read_one_a_line(text, strings):
    assert typed(text) == strings


def test_a_ticked_but_empty_field_sets_nothing():
    control = control_of("stop_sequences")
    control.set.value = True
    assert control.value is None


def test_one_string_alone_is_one_stop_sequence():
    control = control_of("stop_sequences")
    control.value = "END"
    assert control.value == ("END",)


@pytest.mark.parametrize("value", [[""], [1], 5, ["a", None]])
def test_what_is_no_list_of_strings_is_an_error(value):
    with pytest.raises(ValueError, match="strings, none of them empty"):
        control_of("stop_sequences").value = value


def test_too_many_stop_sequences_are_an_error():
    with pytest.raises(ValueError, match="takes 2,500 at most"):
        control_of("stop_sequences").value = ["x"] * 2501


def test_stop_sequences_are_put_aside_too():
    control = control_of("stop_sequences")
    control.value = "END"
    (told,) = offered(control, "openai.gpt-oss-20b-1:0")
    assert told == "stop_sequences END is put aside: this model takes none."
    assert offered(control, MICRO) == ["stop_sequences END is set again."]
    assert control.value == ("END",)


@pytest.mark.parametrize("role", ["temperature", "top_k", "stop_sequences"])
def test_where_there_is_little_room_only_the_words_give_way(role):
    control = control_of(role)
    widths = [child.layout.flex for child in (control.set, control.slider)]
    assert widths == ["0 0 auto"] * 2 and control.words.layout.flex is None


def test_pointing_at_a_slider_s_name_tells_its_range():
    control = control_of("temperature")
    assert control.slider.tooltip == control.range_words()
    offered(control, OPUS)
    assert control.slider.tooltip == "this model takes none"


def test_a_value_between_the_limit_and_the_first_step_is_kept_as_it_is():
    control = control_of("top_p", TITAN)
    control.value = 0.001
    assert offered(control, "amazon.titan-text-express-v1") == []
    assert control.value == 0.001
