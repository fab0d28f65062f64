"""What ``data/parameters.json`` says each family takes, and when."""

import math

import pytest

from bedrock_helpers import catalog, parameters
from bedrock_helpers.families import body as bodies
from bedrock_helpers.families.lookup import family_module

LITE, EXPRESS = "amazon.titan-text-lite-v1", "amazon.titan-text-express-v1"
PREMIER, COMMAND = "amazon.titan-text-premier-v1:0", "cohere.command-text-v14"
CLAUDE_V2, INSTANT = "anthropic.claude-v2", "anthropic.claude-instant-v1"
HAIKU = f"us.{catalog.CLAUDE_HAIKU_4_5}"
SDXL_0, SDXL_1 = "stability.stable-diffusion-xl-v0", "stability.stable-diffusion-xl-v1"
LIMITS = ("minimum", "exclusive_minimum", "maximum", "default")
# Of the launch-day overview, caylent.com/blog/amazon-bedrock-everything-you-need-
# to-know, 2023-09-28: (model, path): (minimum, exclusive minimum, maximum, default)
LAUNCH_DAY = {
    (LITE, "textGenerationConfig.temperature"): (0, None, 1, 0),
    (LITE, "textGenerationConfig.topP"): (0, None, 1, 1),
    (EXPRESS, "textGenerationConfig.topP"): (0, None, 1, 1),
    (EXPRESS, "textGenerationConfig.maxTokenCount"): (0, None, 8000, 512),
    (CLAUDE_V2, "temperature"): (0, None, 1, 0.5),
    (CLAUDE_V2, "top_p"): (0, None, 1, 1),
    (CLAUDE_V2, "top_k"): (0, None, 500, 250),
    (CLAUDE_V2, "max_tokens_to_sample"): (0, None, 100_000, 200),
    (INSTANT, "max_tokens_to_sample"): (0, None, 100_000, 200),
    (COMMAND, "temperature"): (0, None, 5, 0.9),
    (COMMAND, "p"): (0, None, 1, 0.75),
    (COMMAND, "k"): (0, None, 500, 0),
    (COMMAND, "max_tokens"): (1, None, 4096, 20),
    (COMMAND, "num_generations"): (1, None, 5, 1),
}
# Of the later pages of the AWS Bedrock User Guide, model-parameters-*
LATER = {
    (LITE, "textGenerationConfig.temperature"): (0, None, 1, 0.7),
    (LITE, "textGenerationConfig.topP"): (None, 0, 1, 0.9),
    (LITE, "textGenerationConfig.maxTokenCount"): (0, None, 4096, 512),
    (EXPRESS, "textGenerationConfig.maxTokenCount"): (0, None, 8192, 512),
    (PREMIER, "textGenerationConfig.maxTokenCount"): (0, None, 3072, 512),
    (CLAUDE_V2, "temperature"): (0, None, 1, 1),
    (CLAUDE_V2, "max_tokens_to_sample"): (0, None, 4096, 200),
    (COMMAND, "temperature"): (0, None, 5, 0.9),
    (SDXL_0, "cfg_scale"): (0, None, 30, 10),
    (SDXL_1, "cfg_scale"): (0, None, 35, 7),
    ("mistral.mixtral-8x7b-instruct-v0:1", "max_tokens"): (1, None, 4096, 512),
    ("mistral.mistral-large-2402-v1:0", "max_tokens"): (1, None, 8192, 8192),
    ("mistral.mistral-large-2402-v1:0", "temperature"): (0, None, 1, 0.7),
    ("mistral.mistral-large-2402-v1:0", "top_k"): (1, None, 200, None),
}
TREATED = [m.model_id for m in catalog.all_models() if parameters.family_of(m.model_id)]


def limits(model, path, day=None):
    spec = {spec.path: spec for spec in parameters.specs(model, day)}[path]
    return tuple(getattr(spec, name) for name in LIMITS)


@pytest.mark.parametrize(("model", "path"), LAUNCH_DAY)
def test_launch_day_has_the_ranges_of_its_overview(model, path):
    assert limits(model, path, catalog.LAUNCH_DAY) == LAUNCH_DAY[model, path]


@pytest.mark.parametrize(("model", "path"), LATER)
def test_any_other_day_has_those_of_the_later_pages(model, path):
    assert limits(model, path) == LATER[model, path]


def test_the_lists_of_launch_day_agree_with_the_later_ones():
    for day in (catalog.LAUNCH_DAY, None):
        taken = {spec.path: spec for spec in parameters.specs(COMMAND, day)}
        assert taken["stop_sequences"].max_items == 4
        assert set(taken["return_likelihoods"].allowed) == {"NONE", "GENERATION", "ALL"}


@pytest.mark.parametrize("model", TREATED)
@pytest.mark.parametrize("day", [None, catalog.LAUNCH_DAY])
def test_every_default_is_within_its_own_range(model, day):
    for spec in parameters.specs(model, day):
        assert spec.source and spec.as_of
        if spec.default is None:
            continue
        if spec.allowed:
            given = spec.default if isinstance(spec.default, tuple) else [spec.default]
            assert set(given) <= set(spec.allowed)
        if isinstance(spec.default, int | float):
            least = -math.inf if spec.minimum is None else spec.minimum
            most = math.inf if spec.maximum is None else spec.maximum
            assert least <= spec.default <= most, spec.path


@pytest.mark.parametrize("model", TREATED)
def test_every_treated_model_has_a_module_a_prompt_and_holders(model):
    assert family_module(model)
    paths = {spec.path for spec in parameters.specs(model)}
    assert parameters.by_role(model)["prompt"].required
    for path in paths:
        holder = path.rpartition(".")[0]
        assert not holder or holder in paths


def test_a_profile_takes_what_its_model_takes():
    assert parameters.specs(HAIKU) == parameters.specs(HAIKU.removeprefix("us."))
    assert parameters.by_role(HAIKU)["max_tokens"].maximum == 64_000


@pytest.mark.parametrize(
    "model", ["deepseek.v3.2", "ai21.jamba-1-5-mini-v1:0", "", "a"]
)
def test_a_model_of_no_family_takes_nothing(model):
    assert parameters.family_of(model) is None
    assert parameters.specs(model) == () and parameters.by_role(model) == {}


@pytest.mark.parametrize(
    "model", [m for m in TREATED if "max_tokens" in parameters.by_role(m)]
)
@pytest.mark.parametrize("day", [None, catalog.LAUNCH_DAY])
def test_what_is_unset_is_drawn_with_the_defaults(model, day):
    drawn = bodies.sampling({}, model, day)
    for role, spec in parameters.by_role(model, day).items():
        if role == "max_tokens":
            assert drawn.max_tokens == min(spec.default or 512, 512)
        elif role in ("temperature", "top_p"):
            off = 1 if spec.default is None else spec.default
            assert getattr(drawn, role) == off
        elif role == "top_k":
            assert drawn.top_k == (spec.default or 0)
    assert drawn.stop_sequences == ()


def test_the_table_says_none_of_what_the_newest_claude_dropped():
    newest = "us.anthropic.claude-opus-5-5"
    row = parameters.table([newest]).loc[newest]
    assert row[["temperature", "top_p", "top_k"]].tolist() == ["-", "-", "-"]
    assert row["max_tokens"].startswith("1 to ")


def test_the_table_tells_a_shape_not_treated_from_a_parameter_not_taken():
    gemma, llama = "google.gemma-3-4b-it", "us.meta.llama4-scout-17b-instruct-v1:0"
    table = parameters.table([gemma, llama])
    assert set(table.loc[gemma]) == {"own shape not treated"}
    assert table.loc[llama, "top_k"] == "-"


def test_the_table_says_or_more_where_no_most_is_known():
    haiku_3 = "anthropic.claude-3-haiku-20240307-v1:0"
    told = parameters.table([haiku_3]).loc[haiku_3, "max_tokens"]
    assert told == "1 or more, no default"
