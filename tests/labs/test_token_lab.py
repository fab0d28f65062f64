"""The lab of single tokens: with replies made here, and with the offline Bedrock."""

import json
import math
import re
from xml.etree import ElementTree

import pytest

import bedrock_helpers as bh
from bedrock_helpers.labs.token_lab import TokenLab
from bedrock_helpers.token_reading import Token, perplexity, tokens_of
from tests.labs.html_parts import HOSTILE, read_html, tags, text_of

JURASSIC, COMMAND = "ai21.j2-ultra-v1", "cohere.command-text-v14"
FRUITS = "Name three fruits, one a line."
HOSTILE_IDS = range(len(HOSTILE))


def command_body(*tokens, **more):
    told = [{"token": text, "likelihood": logprob} for text, logprob in tokens]
    text = "".join(text for text, _ in tokens)
    return {"generations": [{"text": text, "token_likelihoods": told} | more]}


def jurassic_body(*tokens, top=(), text=None):
    """A body of Jurassic-2, whose tokens are written as it writes them."""
    laid_out, start = [], 0
    for written, logprob in tokens:
        token = written.replace(" ", "▁").replace("\n", "<|newline|>")
        place = {"start": start, "end": start + len(written)}
        listed = [{"token": t.replace(" ", "▁"), "logprob": p} for t, p in top]
        generated = {"token": token, "raw_logprob": logprob}
        laid_out.append(
            {"generatedToken": generated, "topTokens": listed or None}
            | {"textRange": place}
        )
        start = place["end"]
    text = "".join(written for written, _ in tokens) if text is None else text
    return {"completions": [{"data": {"text": text, "tokens": laid_out}}]}


def run(body, prompt="Hi"):
    lab = TokenLab(lambda prompt: body, prompt)
    lab.start()
    return lab


def spans(lab):
    """The attributes of every token that is shown."""
    elements, _ = read_html(lab.reply.value)
    return [found for _, found in elements if "data-more" in found]


@pytest.fixture(scope="module")
def runtime():
    session = bh.connect("offline", as_of=bh.catalog.LAUNCH_DAY)
    return session.client("bedrock-runtime")


def asking(runtime, model_id, bodies, **settings):
    """A learner's function that also keeps every body it received."""

    def ask(prompt):
        body = json.dumps({"prompt": prompt, **settings})
        raw = runtime.invoke_model(modelId=model_id, body=body)
        bodies.append(json.loads(raw["body"].read()))
        return bodies[-1]

    return ask


@pytest.fixture(scope="module")
def jurassic(runtime):
    bodies = []
    settings = {"maxTokens": 12, "temperature": 0, "topKReturn": 5}
    lab = TokenLab(asking(runtime, JURASSIC, bodies, **settings), FRUITS)
    lab.start()
    return lab, bodies[0]


@pytest.fixture(scope="module")
def command(runtime):
    bodies = []
    settings = {"max_tokens": 12, "temperature": 0}
    settings |= {"return_likelihoods": "GENERATION"}
    lab = TokenLab(asking(runtime, COMMAND, bodies, **settings), FRUITS)
    lab.start()
    return lab, bodies[0]


def test_before_it_is_run_it_has_no_tokens():
    lab = TokenLab(lambda prompt: None, "Hi")
    assert repr(lab) == "TokenLab: no tokens yet"
    assert "No reply yet." in lab.summary.value and lab.reply.value == ""


def test_the_tokens_of_jurassic_2_joined_are_the_reply(jurassic):
    lab, body = jurassic
    text = body["completions"][0]["data"]["text"]
    assert "".join(token.text for token in lab.tokens) == text
    assert "\n" in text and " " in text  # written as marks in its tokens


def test_the_tokens_of_command_joined_are_the_reply(command):
    lab, body = command
    text = body["generations"][0]["text"]
    assert "".join(token.text for token in lab.tokens) == text != ""


def test_jurassic_2_s_probabilities_are_those_of_the_reply(jurassic):
    lab, body = jurassic
    told = body["completions"][0]["data"]["tokens"]
    for token, one, span in zip(lab.tokens, told, spans(lab), strict=True):
        chance = math.exp(one["generatedToken"]["raw_logprob"])
        assert token.probability == pytest.approx(chance)
        others = [math.exp(other["logprob"]) for other in one["topTokens"]]
        assert [math.exp(p) for _, p in token.alternatives] == pytest.approx(others)
        assert shown_percents(span)[: 1 + len(others)] == pytest.approx(
            [100 * share for share in (chance, *others)], abs=0.051
        )


def test_command_s_probabilities_are_those_of_the_reply(command):
    lab, body = command
    told = body["generations"][0]["token_likelihoods"]
    for token, one, span in zip(lab.tokens, told, spans(lab), strict=True):
        chance = math.exp(one["likelihood"])
        assert token.probability == pytest.approx(chance)
        assert shown_percents(span) == pytest.approx([100 * chance], abs=0.051)


def shown_percents(span):
    """The percentages in a token's details, one a line."""
    lines = span["data-more"].split("\n")
    return [float(re.search(r"<?([\d.]+) %(?!.* %)", line)[1]) for line in lines]


def test_the_perplexity_is_that_of_the_reply(command):
    lab, body = command
    unsure = math.exp(-body["generations"][0]["likelihood"])
    assert perplexity(lab.tokens) == pytest.approx(unsure)
    assert repr(lab) == f"TokenLab: {len(lab.tokens)} tokens, perplexity {unsure:.1f}"


def test_what_command_tells_of_the_prompt_s_tokens_is_not_the_reply(runtime):
    bodies = []
    settings = {"max_tokens": 5, "return_likelihoods": "ALL"}
    lab = TokenLab(asking(runtime, COMMAND, bodies, **settings), FRUITS)
    lab.start()
    generation = bodies[0]["generations"][0]
    assert "".join(token.text for token in lab.tokens) == generation["text"]
    assert len(lab.tokens) < len(generation["token_likelihoods"])


def test_the_summary_names_the_most_surprising_token():
    lab = run(command_body(("The", -0.1), (" fox", -4.0), (" ran", -1.0)))
    assert "3 tokens, perplexity 5.5" in text_of(lab.summary.value)
    assert "› fox‹, 1.8 %, token 2" in text_of(lab.summary.value)


def test_it_says_where_alternatives_come_from_when_none_are_told(command, jurassic):
    assert '"topKReturn": 5' in text_of(command[0].summary.value)
    assert "topKReturn" not in text_of(jurassic[0].summary.value)


def test_a_token_s_details_show_its_alternatives_with_bars_and_the_rest():
    lab = run(
        jurassic_body(
            (" cold", math.log(0.5)),
            top=[(" cold", math.log(0.5)), (" warm", math.log(0.25))],
        )
    )
    lines = spans(lab)[0]["data-more"].split("\n")
    assert lines[0] == "› cold‹  50.0 %  (token 1)"
    assert lines[1].split() == ["→", "›", "cold‹", "██████", "50.0", "%"]
    assert lines[2].split() == ["›", "warm‹", "███", "25.0", "%"]
    assert lines[3].split() == ["all", "others", "███", "25.0", "%"]


def test_every_token_is_reached_with_the_keyboard_and_has_a_name(jurassic):
    lab, _ = jurassic
    assert all(span["tabindex"] == "0" for span in spans(lab))
    names = [span["aria-label"] for span in spans(lab)]
    assert all("likeliest: ›" in name and " %" in name for name in names)
    assert ".bh-tokens-token:focus::after" in lab.reply.value
    assert ".bh-tokens-token:hover::after" in lab.reply.value


def test_probabilities_are_told_by_lines_too_not_by_colour_alone():
    chances = (0.9, 0.6, 0.3, 0.15, 0.05, 0.001)
    lab = run(command_body(*(("a", math.log(chance)) for chance in chances)))
    classes = [span["class"].split()[-1] for span in spans(lab)]
    lines = [css(lab, name)["border-bottom"] for name in classes]
    assert len(set(lines)) == len(chances)
    words = ("no line", "thin line", "dots", "dashes", "thick line", "double line")
    assert all(word in text_of(lab.reply.value) for word in words)


def test_text_stands_out_from_every_shade_in_any_theme():
    lab = run(command_body(("a", -1.0)))
    text = luminance(css(lab, "bh-tokens-token")["color"])
    for number in range(6):
        shade = luminance(css(lab, f"bh-tokens-{number}")["background"])
        assert (shade + 0.05) / (text + 0.05) >= 4.5


def css(lab, name):
    rule = re.search(rf"^\.{name}{{([^}}]*)}}", lab.reply.value, re.MULTILINE)[1]
    return dict(part.split(":", 1) for part in rule.replace("\n", "").split(";"))


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_style_touches_nothing_but_the_lab():
    lab = run(command_body(("a", -1.0)))
    style = lab.reply.value.split("<style>")[1].split("</style>")[0]
    selectors = re.findall(r"(?:^|})\s*([^{}]+){", style)
    assert selectors
    named = ",".join(selectors).split(",")
    assert all(selector.strip().startswith(".bh-tokens") for selector in named)


@pytest.mark.parametrize(
    ("text", "sign"), [("\n", "⏎\n"), (" ", "␣"), (" \n", "␣⏎\n"), ("\t", "⇥")]
)
def test_a_token_of_nothing_but_space_has_a_sign(text, sign):
    lab = run(command_body((text, -1.0)))
    assert f">{sign}</span>" in lab.reply.value


@pytest.mark.parametrize("text", HOSTILE, ids=HOSTILE_IDS)
def test_what_a_model_said_is_never_html(text):
    body = jurassic_body((text, -1.0), (" ok", -2.0), top=[(text, -1.0), ("b", -3.0)])
    lab = run(body)
    assert lab.error == ""
    assert tags(lab.reply.value) == {"style", "div", "span"}
    assert tags(lab.summary.value) <= {"div", "b", "br"}
    used = {name for _, found in read_html(lab.reply.value)[0] for name in found}
    assert used == {"class", "role", "aria-label", "tabindex", "data-more"}
    assert not re.search("[\x00-\x08\x1b\x7f\u202e]", lab.reply.value)


@pytest.mark.parametrize("text", [*HOSTILE, "\ufffe\uffff\x0b", "\ud83e", "日本 🦊"])
def test_the_picture_is_well_formed_whatever_a_model_said(text):
    lab = run(jurassic_body((text, -1.0), ("\n", -0.1), top=[(text, -1.0)]))
    root = ElementTree.fromstring(lab.figure().data)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(root.findall("{*}g")) == 2


def test_the_picture_has_every_token_with_its_percentage_and_repeats(jurassic):
    lab, _ = jurassic
    data = lab.figure().data
    texts = [t.text for t in ElementTree.fromstring(data).findall("{*}g/{*}text")]
    shares = [f"{100 * token.probability:.1f} %" for token in lab.tokens]
    told = [share for share in texts[1::2] if "<" not in share]
    assert len(texts) == 2 * len(lab.tokens)
    assert told == [s for s, t in zip(shares, texts[1::2], strict=True) if t == s]
    assert data == lab.figure().data


def test_the_picture_of_no_reply_says_so():
    assert "no tokens" in TokenLab(lambda prompt: None).figure().data


def test_half_a_character_can_still_be_sent_to_the_browser():
    lab = run(command_body(("\ud83e", -1.0)))
    assert "\ufffd" in lab.reply.value.encode().decode()


def test_a_reply_of_thousands_of_tokens_shows_the_first_and_says_how_many_more():
    top = [(f"other{number}", -2.0 - number) for number in range(50)]
    lab = run(jurassic_body(*[("word ", -1.0)] * 5000, top=top))
    assert len(lab.tokens) == 5000 and len(spans(lab)) == 2000
    assert "3,000 more tokens" in text_of(lab.reply.value)
    assert spans(lab)[0]["data-more"].count("\n") == 11  # ten, and all others
    assert spans(lab)[0]["aria-label"].count("other") == 10
    assert "4,700 more are not drawn" in lab.figure().data


def test_a_token_of_100_kb_is_cut_where_it_is_shown_and_kept_in_tokens():
    lab = run(command_body(("x" * 100_000, -1.0)))
    assert len(lab.tokens[0].text) == 100_000
    assert "98,000 more characters" in text_of(lab.reply.value)
    assert len(spans(lab)[0]["data-more"]) < 100


def test_a_probability_of_nothing_leaves_the_lab_usable():
    lab = run(command_body(("a", -math.inf), ("b", 0.0)))
    assert repr(lab) == "TokenLab: 2 tokens, perplexity above a million"
    assert "0 %" in lab.reply.value


def test_a_reply_without_a_token_says_so():
    lab = run(command_body())
    assert "no tokens" in text_of(lab.summary.value)
    assert repr(lab) == "TokenLab: no tokens yet"


@pytest.mark.parametrize(
    ("body", "needed"),
    [
        ({"generations": [{"text": "Hi"}]}, '"return_likelihoods": "GENERATION"'),
        ({"completions": [{"data": {"text": "Hi"}}]}, '"topKReturn": 5'),
        ({"results": [{"outputText": "Hi"}]}, "it has results"),
        ({"body": object()}, 'json.loads(raw["body"].read())'),
        ("Hi", "a str, no parsed body"),
        (None, "a NoneType, no parsed body"),
        ({"generations": ["Hi"]}, "another shape"),
        ({"completions": [{}]}, "KeyError: 'data'"),
        ({"generations": []}, "it has generations"),
        (command_body(("a", None)), "None is no log-probability"),
        (command_body(("a", math.nan)), "nan is no log-probability"),
        (command_body(("a", True)), "True is no log-probability"),
    ],
)
def test_another_body_is_an_error_that_names_what_is_needed(body, needed):
    lab = run(body, "kept")
    assert needed in text_of(lab.summary.value)
    assert lab.error.startswith("ValueError: ") and lab.tokens == []
    assert repr(lab).startswith("TokenLab: stopped by ValueError: ")
    assert lab.prompt.value == "kept" and not lab.run.disabled
    with pytest.raises(ValueError, match=re.escape(needed)):
        tokens_of(body)


def test_marks_are_read_as_spaces_where_the_ranges_do_not_fit_the_text():
    body = jurassic_body((" one", -1.0), ("\n", -2.0), text="something else")
    assert [token.text for token in tokens_of(body)] == [" one", "\n"]


def test_a_mark_that_a_reply_itself_contains_is_no_space():
    assert tokens_of(jurassic_body(("▁", -1.0))) == [Token("▁", -1.0)]


def test_an_error_of_bedrock_is_told_with_cause_and_cure_and_it_can_run_again(runtime):
    lab = TokenLab(asking(runtime, JURASSIC, [], maxTokens=0.5), FRUITS)
    lab.run.click()
    told = text_of(lab.summary.value)
    assert "Error. ValidationException" in told
    assert "Cause: " in told and "Cure: " in told
    assert lab.prompt.value == FRUITS and not lab.run.disabled


def test_after_an_error_a_good_reply_clears_it():
    replies = iter(["no body", command_body(("a", -0.7))])
    lab = TokenLab(lambda prompt: next(replies))
    lab.start()
    lab.run.click()
    assert lab.error == "" and repr(lab) == "TokenLab: 1 token, perplexity 2.0"


def test_it_asks_with_the_prompt_of_its_field():
    asked = []
    lab = TokenLab(lambda prompt: asked.append(prompt), "One")
    lab.prompt.value = "Two"
    lab.start()
    assert asked == ["Two"]


def test_a_sample_of_the_legend_stays_on_one_line():
    lab = TokenLab(lambda prompt: command_body(("a", -0.7)))
    lab.start()
    assert ".bh-tokens-legend span{white-space:nowrap}" in lab.reply.value
