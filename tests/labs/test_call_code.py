"""Calls as Python to copy: what they say is what they do."""

import ast

import pytest

import bedrock_helpers as bh
from bedrock_helpers import catalog
from bedrock_helpers.families.lookup import family_module, one_of_each
from bedrock_helpers.labs.call_code import (
    UNTREATED,
    converse_code,
    invoke_code,
    literal,
)

HOSTILE = "'\"\\ \n\r\x1b[31m\x00\u202e</script><img onerror=1> é 🙂 \ud800 \\\"' {x}"
NOW = one_of_each()
THEN = {f: m for f, m in one_of_each(catalog.LAUNCH_DAY).items() if f not in NOW}
SETTINGS = {"max_tokens": 3, "temperature": 0.5, "top_p": 0.9}


@pytest.mark.parametrize(
    "value",
    [
        HOSTILE,
        {"a": [1, 0.5, True, None, {}, []], "b": {"c": [HOSTILE] * 3}},
        ["x" * 90, {"y" * 90: ["z" * 90]}],
        "'",
        '"',
        "\\",
        "\\'",
        '\\"',
        "'\"",
    ],
)
def test_a_literal_reads_back_as_what_it_was(value):
    assert ast.literal_eval(literal(value)) == value


def test_strings_stand_in_double_quotes_and_nothing_unprintable_stays():
    source = literal(HOSTILE)
    assert source[0] == source[-1] == '"'
    assert "".join(source.split()).isprintable()
    source.encode()


def test_lines_are_broken_where_one_would_be_too_long():
    source = literal({"messages": [{"role": "user", "content": ["x" * 40]}] * 2})
    assert max(map(len, source.split("\n"))) <= 79
    assert literal({"a": [1]}) == '{"a": [1]}'


def test_the_call_of_converse_passes_the_request():
    passed = []

    class Bedrock:
        def converse_stream(self, **request):
            passed.append(request)

    request = {
        "modelId": "a.b",
        "messages": [{"role": "user", "content": [{"text": HOSTILE}]}],
        "inferenceConfig": {"temperature": 0.5, "stopSequences": ["\n"]},
    }
    exec(converse_code(request), {"bedrock": Bedrock()})
    assert passed == [request]


@pytest.fixture(scope="module")
def clients():
    now, then = bh.connect("offline"), bh.connect("offline", as_of=catalog.LAUNCH_DAY)
    then.offline.grant_access()
    return {
        "now": now.client("bedrock-runtime"),
        "then": then.client("bedrock-runtime"),
    }


@pytest.mark.parametrize(
    ("day", "model"),
    [("now", model) for model in NOW.values()]
    + [("then", model) for family, model in THEN.items() if family != "sdxl"],
)
def test_bedrock_answers_the_body_of_every_family(clients, day, model):
    settings = dict(SETTINGS)
    if "haiku" in model:
        del settings["top_p"]
    code = invoke_code(model, "Say \"Hi\",\nthen 'Ho'.", settings)
    assert "#" not in code
    names = {"bedrock": clients[day]}
    exec(code, names)
    assert names["reply"]["ResponseMetadata"]["HTTPStatusCode"] == 200
    built = family_module(model).build("Say \"Hi\",\nthen 'Ho'.", model, **settings)
    assert names["body"] == built


def test_what_the_models_own_shape_lacks_is_left_out_and_told():
    llama = "meta.llama3-8b-instruct-v1:0"
    code = invoke_code(llama, "Hi", {"stop_sequences": ("END",), "max_tokens": 9})
    assert code.startswith("# stop_sequences is left out: this shape has none.\nimport")
    assert "END" not in code


def test_what_bedrock_would_refuse_in_the_models_own_shape_is_told(clients):
    llama = "meta.llama3-8b-instruct-v1:0"
    code = invoke_code(llama, "Hi", {"max_tokens": 4096})
    assert "# Bedrock refuses this body: Malformed input request: #/max_gen_len" in code
    refused = clients["now"].exceptions.ValidationException
    with pytest.raises(refused, match="4096 is not less or equal to 2048"):
        exec(code, {"bedrock": clients["now"]})


@pytest.mark.parametrize(
    ("model", "used"),
    [("anthropic.claude-v2", 200), (f"us.{catalog.CLAUDE_HAIKU_4_5}", 512)],
)
def test_a_required_setting_that_is_unset_is_told(model, used):
    code = invoke_code(model, "Hi", {})
    assert code.startswith(
        f"# max_tokens is required in this shape; unset, here it is {used}.\n"
    )


def test_a_shape_the_course_does_not_treat_is_said_in_words_that_run():
    code = invoke_code("google.gemma-3-4b-it", HOSTILE, SETTINGS)
    assert UNTREATED[1:] in code
    exec(code, {})


@pytest.mark.parametrize("model", [*NOW.values(), *THEN.values()])
def test_a_hostile_prompt_is_only_a_string(model):
    if model in (THEN.get("sdxl"), THEN.get("titan-embeddings")):
        pytest.skip("no chat model")
    tree = ast.parse(invoke_code(model, HOSTILE.replace("\ud800", ""), {}))
    assert [type(statement).__name__ for statement in tree.body] == [
        "Import",
        "Assign",
        "Assign",
    ]
