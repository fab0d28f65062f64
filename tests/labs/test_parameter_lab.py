"""The lab of sampling parameters, worked from code."""

import html

import ipywidgets
import pytest

import bedrock_helpers as bh
from bedrock_helpers import catalog
from bedrock_helpers.labs.parameter_lab import ParameterLab

MICRO, HAIKU = catalog.NOVA_MICRO, catalog.id_for(catalog.CLAUDE_HAIKU_4_5)
OPUS, LLAMA = "us.anthropic.claude-opus-5-5", "meta.llama3-8b-instruct-v1:0"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\x1b[31m\u202etxt"
STOP = {"messageStop": {"stopReason": "end_turn"}}


def text(piece):
    return {"contentBlockDelta": {"delta": {"text": piece}}}


def bonjour(request):
    return {"stream": [text("Bon"), text("jour"), STOP]}


@pytest.fixture
def lab():
    return ParameterLab(bonjour, "Greet me.")


@pytest.fixture(scope="module")
def session():
    return bh.connect("offline")


@pytest.fixture
def asking(session):
    """A lab that asks the offline Bedrock, and what it asked with."""
    bedrock, asked = session.client("bedrock-runtime"), []

    def ask(request):
        asked.append(request)
        return bedrock.converse_stream(**request)

    lab = ParameterLab(ask, "Say hello.")
    lab.max_tokens.value = 4
    lab.asked = asked
    return lab


def widgets_of(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from widgets_of(child)


def test_at_first_nothing_is_set_and_nothing_has_run(lab):
    assert repr(lab) == "ParameterLab: amazon.nova-micro-v1:0, nothing set, 0 runs"
    assert lab.settings == {}
    assert "No runs yet." in lab.runs_table.value


def test_settings_from_code_are_in_the_request_and_none_takes_them_out(lab):
    lab.temperature.value, lab.top_k.value = 0.9, 20
    lab.stop_sequences.value = "END"
    assert lab.request["inferenceConfig"] == {
        "temperature": 0.9,
        "stopSequences": ["END"],
    }
    lab.temperature.value = lab.stop_sequences.value = None
    assert "inferenceConfig" not in lab.request


def test_both_calls_follow_every_move(lab):
    lab.top_p.slider.value = 0.25
    assert '"topP": 0.25' in lab.call_code and '"topP": 0.25' in lab.body_code
    for pane in (lab.call, lab.body):
        assert "&quot;topP&quot;: 0.25" in pane.value
    lab.prompt.value = "<b>Another</b>"
    assert "&lt;b&gt;Another&lt;/b&gt;" in lab.call.value
    lab.model.value = "google.gemma-3-4b-it"
    assert "does not treat this model&#x27;s own shape" in lab.body.value


def test_sliders_report_while_they_are_dragged(lab):
    assert all(c.slider.continuous_update for c in lab.children if hasattr(c, "slider"))


def test_of_an_exclusive_pair_the_last_one_set_stays_and_the_note_says_so(lab):
    lab.model.value = HAIKU
    lab.temperature.value = 0.5
    assert "unset" not in lab.note.value
    lab.top_p.value = 0.9
    assert lab.settings == {"top_p": 0.9}
    told = "temperature is unset: this model takes only one of temperature and top_p."
    assert told in lab.note.value
    lab.temperature.slider.value = 0.2
    assert lab.settings == {"temperature": 0.2}
    assert "top_p is unset" in lab.note.value


def test_a_model_that_takes_one_of_a_pair_keeps_the_first_and_the_rest(lab):
    lab.temperature.value, lab.top_p.value, lab.max_tokens.value = 0.5, 0.9, 50
    lab.model.value = HAIKU
    assert lab.settings == {"max_tokens": 50, "temperature": 0.5}
    assert "top_p is unset" in lab.note.value


def test_a_model_without_sampling_puts_it_aside_and_another_gets_it_back(lab):
    lab.temperature.value, lab.max_tokens.value = 0.5, 50
    lab.model.value = OPUS
    assert lab.settings == {"max_tokens": 50}
    assert "temperature 0.5 is put aside" in lab.note.value
    assert lab.temperature.set.disabled
    lab.model.value = MICRO
    assert lab.settings == {"max_tokens": 50, "temperature": 0.5}


def test_values_out_of_a_models_range_are_brought_into_it_and_the_note_says_so(lab):
    lab.max_tokens.value = 10_000
    lab.model.value = LLAMA
    assert lab.max_tokens.value == 8192
    assert "max_tokens 10,000 became 8,192, the nearest" in lab.note.value


def test_every_model_of_the_menu_can_be_chosen_with_everything_set(lab):
    for _, model_id in lab.model.options:
        lab.model.value = MICRO
        lab.max_tokens.value, lab.temperature.value, lab.top_k.value = 10_000, 1, 128
        lab.model.value = model_id
        assert lab.request["modelId"] == model_id
        assert model_id in lab.call_code


def test_it_sends_what_its_code_says(asking):
    passed = []

    class Bedrock:
        def converse_stream(self, **request):
            passed.append(request)

    asking.temperature.value, asking.top_k.value = 0, 5
    exec(asking.call_code, {"bedrock": Bedrock()})
    asking.start()
    assert asking.asked == passed == [asking.request]


def test_a_run_of_the_offline_bedrock_is_kept_with_all_it_took(asking):
    asking.temperature.value = 0
    asking.run.click()
    (run,) = asking.runs
    assert run.is_complete and run.output_tokens <= 4 < run.input_tokens
    assert run.text and html.escape(run.text) in asking.answer.value
    usage = {"inputTokens": run.input_tokens, "outputTokens": run.output_tokens}
    assert run.cost_usd == bh.pricing.cost_of(usage, MICRO)
    assert run.settings == {"max_tokens": 4, "temperature": 0.0}
    assert 0 < run.first_text_ms <= run.latency_ms
    assert "SmolLM2" in run.answered_by
    for pane in (asking.answer, asking.runs_table):
        assert run.answered_by in pane.value
    words = "max_tokens 4, temperature 0, 1 run"
    assert repr(asking) == f"ParameterLab: {MICRO}, {words}"


def test_reasoning_is_shown_apart_from_the_answer(asking):
    asking.model.value = catalog.GPT_OSS_20B
    asking.max_tokens.value = 60
    asking.start()
    (run,) = asking.runs
    assert run.reasoning
    assert f"Reasoning, {len(run.reasoning)} characters:" in asking.answer.value
    assert 'aria-label="reasoning"' in asking.answer.value
    assert "characters of reasoning came apart" in asking.runs_table.value


@pytest.mark.parametrize("model", ["anthropic.claude-v2", "ai21.j2-ultra-v1"])
def test_a_retired_model_shows_bedrocks_refusal_with_cause_and_cure(asking, model):
    asking.model.value = model
    asking.start()
    assert asking.error.startswith("ResourceNotFoundException")
    assert asking.runs == []
    for words in ("end of its life", "Cause:", "Cure:"):
        assert words in asking.answer.value
    assert repr(asking).endswith("0 runs, stopped by ResourceNotFoundException")
    asking.model.value = MICRO
    asking.start()
    assert asking.error == "" and len(asking.runs) == 1


def test_a_refused_call_is_told_and_the_lab_can_run_again(session, asking):
    session.offline.fail_next("AccessDeniedException")
    asking.start()
    assert asking.error.startswith("AccessDeniedException")
    assert not asking.run.disabled
    asking.start()
    assert asking.error == "" and len(asking.runs) == 1


def test_a_broken_stream_keeps_what_came_marked_as_incomplete(session, asking):
    asking.max_tokens.value = 30
    session.offline.fail_next("stream_broken")
    asking.start()
    (run,) = asking.runs
    assert not run.is_complete and run.problem.startswith("EventStreamError")
    assert "Incomplete: the stream broke before its end." in asking.answer.value
    assert "Cure:" in asking.answer.value
    assert "Incomplete. EventStreamError" in asking.runs_table.value


def test_a_stream_that_just_ends_is_incomplete_too():
    lab = ParameterLab(lambda request: {"stream": [text("Bon")]})
    lab.start()
    assert "Incomplete" in lab.answer.value and "Bon" in lab.answer.value
    assert "the stream did not come to its end" in lab.answer.value


def test_every_piece_is_shown_when_its_time_comes():
    seen, seconds = [], iter(range(100))

    def stream():
        for piece in "abc":
            yield text(piece)
            seen.append(lab.answer.value)
        yield STOP

    lab = ParameterLab(lambda _: {"stream": stream()}, clock=lambda: next(seconds))
    lab.start()
    assert all(
        f">{t}</div>" in s for t, s in zip(("a", "ab", "abc"), seen, strict=True)
    )


def test_a_long_answer_is_drawn_by_the_clock_and_once_at_the_end():
    pieces = ["x" * 10] * 10_000
    milliseconds = iter(range(1_000_000))
    events = [*map(text, pieces), STOP]
    lab = ParameterLab(
        lambda request: {"stream": events}, clock=lambda: next(milliseconds) / 1000
    )
    drawn = []
    lab.answer.observe(lambda change: drawn.append(change.new), "value")
    lab.start()
    elapsed_s = lab.runs[0].latency_ms / 1000
    assert len(drawn) <= 20 * elapsed_s + 2
    assert "x" * 100_000 in drawn[-1]
    assert "x" * 100_000 in lab.runs_table.value


def test_what_a_model_said_is_never_html():
    events = [
        {"contentBlockDelta": {"delta": {"reasoningContent": {"text": HOSTILE}}}},
        text(HOSTILE),
        {"messageStop": {"stopReason": HOSTILE}},
    ]
    lab = ParameterLab(lambda request: {"stream": events}, HOSTILE)
    lab.start()
    lab.stop_sequences.value = HOSTILE
    figure = lab.figure()._repr_html_()
    panes = (lab.answer, lab.runs_table, lab.call, lab.body, lab.note)
    for shown in [pane.value for pane in panes] + [figure]:
        assert not any(part in shown for part in ("<script", "<img", "\x1b"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in lab.answer.value


def test_an_error_of_the_learners_own_function_is_text():
    def ask(request):
        raise ValueError("<img onerror=x>")

    lab = ParameterLab(ask)
    lab.start()
    assert "ValueError: &lt;img onerror=x&gt;" in lab.answer.value
    assert lab.runs == [] and not lab.run.disabled


def test_a_function_that_returns_nothing_is_told_what_to_return():
    lab = ParameterLab(lambda request: None)
    lab.start()
    assert "return bedrock.converse_stream(**request)" in lab.answer.value


def test_a_function_that_changes_its_request_changes_nothing_here(lab):
    def ask(request):
        request["messages"].clear()
        return bonjour(request)

    lab = ParameterLab(ask, "Hi")
    lab.start()
    assert lab.request["messages"][0]["content"] == [{"text": "Hi"}]


def test_it_does_not_run_twice_at_once():
    def ask(request):
        lab.start()
        return bonjour(request)

    lab = ParameterLab(ask)
    lab.start()
    assert len(lab.runs) == 1


def test_runs_stand_one_under_another_until_they_are_cleared(lab):
    lab.start()
    lab.temperature.value = 0.9
    lab.start()
    assert repr(lab) == f"ParameterLab: {MICRO}, temperature 0.9, 2 runs"
    assert lab.runs_table.value.count("Bonjour") == 2
    lab.clear.click()
    assert lab.runs == [] and "No runs yet." in lab.runs_table.value


def test_the_figure_is_the_call_and_the_runs(lab):
    lab.start()
    figure = lab.figure()
    assert repr(figure).startswith("reply = bedrock.converse_stream(")
    assert "'Bonjour'" in repr(figure) and "Bonjour" in figure._repr_html_()


def test_everything_has_a_description_or_a_label(lab):
    for widget in widgets_of(lab):
        if isinstance(widget, ipywidgets.HTML | ipywidgets.Box):
            continue
        assert widget.description, widget
    for pane in (lab.call, lab.body, lab.answer):
        assert "aria-label=" in pane.value
    assert 'role="status"' in lab.note.value


def test_only_some_models_may_be_offered():
    lab = ParameterLab(bonjour, model_id=HAIKU, models=[MICRO, HAIKU])
    assert [offer for _, offer in lab.model.options] == [MICRO, HAIKU]
    assert lab.model.value == HAIKU


def test_its_menu_keeps_the_keys_that_jupyterlab_would_take(lab):
    assert any("lmSuppressShortcuts" in w.value for w in lab.children if has_text(w))


def has_text(widget):
    return isinstance(widget, ipywidgets.HTML)
