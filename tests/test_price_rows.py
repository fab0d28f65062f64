"""Records of AWS's price list, read: what was seen in real ones, and what is refused.

The usage types, attributes and units are quoted from records kept by
aws-samples/sample-bedrock-spend-budget-guardrails (May 2026), aws/aws-cli issue 9567
(June 2025), and from tests of stdapi-ai/stdapi.ai, scttfrdmn/cultivar and
grafana/cloudcost-exporter (2026); the prices are theirs too.
"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.price_records import marketplace, own
from tools.refresh_catalogue.price_rows import NotKept, NotUnderstood, read_row

ON_DEMAND = {"feature": "On-demand Inference"}
BATCH = {"feature": "Batch Inference"}
MICRO = {"model": "Nova Micro"}
LITE_2 = {"model": "Nova 2.0 Lite", **ON_DEMAND}


def read(record):
    """kind, tier, whether global, whether for long prompts, and the price as text."""
    row = read_row(record)
    return row.kind, row.tier, row.is_global, row.is_long, f"{row.usd.normalize():f}"


OWN = {
    "USE1-NovaMicro-input-tokens": (
        own("USE1-NovaMicro-input-tokens", "0.0000350000", **MICRO, **ON_DEMAND),
        ("input", "default", False, False, "0.035"),
    ),
    "USE1-Claude2.0-input-tokens": (
        own("USE1-Claude2.0-input-tokens", "0.0080000000", model="Claude 2.0"),
        ("input", "default", False, False, "8"),
    ),
    "batch, told by the feature alone": (
        own("USE1-NovaMicro-output-tokens-batch", "0.0000700000", **MICRO, **BATCH),
        ("output", "batch", False, False, "0.07"),
    ),
    "batch, told by the usage type alone": (
        own(
            "USE1-Nova2.0Lite-output-tokens-cross-region-global-batch",
            "0.00125",
            inferenceType="Output tokens",
            **LITE_2,
        ),
        ("output", "batch", True, False, "1.25"),
    ),
    "read from the cache": (
        own(
            "USE1-NovaMicro-cache-read-input-token-count",
            "0.0000087500",
            inferenceType="Prompt cache read input tokens",
            **MICRO,
        ),
        ("cache_read", "default", False, False, "0.00875"),
    ),
    "a free write": (
        own("USE1-NovaMicro-cache-write-input-token-count", "0.0000000000", **MICRO),
        ("cache_write_5m", "default", False, False, "0"),
    ),
    "flex": (
        own(
            "USE1-Qwen3-32B-input-tokens-flex",
            "0.000075",
            inferenceType="Input tokens flex",
            model="Qwen3 32B",
        ),
        ("input", "flex", False, False, "0.075"),
    ),
    "priority, global": (
        own(
            "USW2-Nova2.0Lite-input-tokens-priority-cross-region-global",
            "0.000525",
            **LITE_2,
        ),
        ("input", "priority", True, False, "0.525"),
    ),
    "an id in the usage type": (
        own("USE1-zai.glm-4.7-flash-input-tokens", "0.00007", model="GLM 4.7 Flash"),
        ("input", "default", False, False, "0.07"),
    ),
    "Ireland, whose code has no number": (
        own("EU-gpt-oss-120b-output-tokens-batch", "0.0003", **BATCH),
        ("output", "batch", False, False, "0.3"),
    ),
}
#: What stands between "USE1-MP:USE1_" and "-Units" in a usage type.
MARKETPLACE = {
    "InputTokenCount": ("3.3", "input", "default", False, False),
    "InputTokenCount_Global": ("3", "input", "default", True, False),
    "OutputTokenCount_Global_Batch": ("7.5", "output", "batch", True, False),
    "MillionBatchInputTokens": ("1.5", "input", "batch", False, False),
    "CacheReadInputTokenCount": ("0.33", "cache_read", "default", False, False),
    "CacheWriteInputTokenCount_Global": (
        ("3.75", "cache_write_5m", "default", True, False)
    ),
    "CacheWrite1hInputTokenCount_Global": (
        ("6", "cache_write_1h", "default", True, False)
    ),
    "InputTokenCount_LCtx": ("6.6", "input", "default", False, True),
    "output_tokens_standard": ("27.5", "output", "default", False, False),
    "cache_read_tokens_global_standard": ("0.5", "cache_read", "default", True, False),
    "cache_write_tokens_standard": ("6.875", "cache_write_5m", "default", False, False),
    "cache_write_tokens_1h_standard": ("11", "cache_write_1h", "default", False, False),
    "cache_write_tokens_1h_long_ctx_standard": (
        ("1.1", "cache_write_1h", "default", False, True)
    ),
    "input_tokens_long_ctx_global_standard": ("20", "input", "default", True, True),
    "output_tokens_batch": ("5", "output", "batch", False, False),
}


def of_marketplace(middle):
    """A usage type of the part that AWS Marketplace bills."""
    return f"USE1-MP:USE1_{middle}-Units"


@pytest.mark.parametrize("case", OWN)
def test_a_record_of_amazon_bedrock_is_read(case):
    record, expected = OWN[case]
    assert read(record) == expected


@pytest.mark.parametrize("middle", MARKETPLACE)
@pytest.mark.parametrize("unit", ["1M tokens", "Units"])
def test_a_record_of_the_marketplaces_part_is_read_in_either_unit(middle, unit):
    usd, *expected = MARKETPLACE[middle]
    assert read(marketplace(of_marketplace(middle), usd, unit)) == (*expected, usd)


def test_the_marketplaces_part_also_writes_its_usage_types_without_its_prefix():
    short = marketplace("USE1_input_tokens_standard-Units", "2.2")
    assert read(short) == ("input", "default", False, False, "2.2")


@pytest.mark.parametrize(
    ("record", "months", "usd"),
    [
        ("USE1-NovaMicro-ProvisionedThroughput-NoCommit-ModelUnits", 0, "60.5"),
        ("USE1-NovaMicro-ProvisionedThroughput-1month-ModelUnits", 1, "55.0"),
        ("USE1-NovaMicro-ProvisionedThroughput-6months-ModelUnits", 6, "30.25"),
    ],
)
def test_provisioned_throughput_is_read_by_its_commitment(record, months, usd):
    row = read_row(own(record, usd, "hour", feature=PROVISIONED, **MICRO))
    assert (row.kind, row.months, row.usd) == ("provisioned", months, Decimal(usd))


PROVISIONED = "Provisioned Throughput Inference - no commit"


@pytest.mark.parametrize(
    ("commitment", "months"),
    [("NoCommit", 0), ("1MonthCommit", 1), ("6MonthsCommit", 6)],
)
@pytest.mark.parametrize("unit", ["hour", "Units"])
def test_provisioned_throughput_of_the_marketplace_too(commitment, months, unit):
    usage = f"USE1-MP:USE1_ProvisionedThroughput_{commitment}_ModelUnits_Usage-Units"
    row = read_row(marketplace(usage, "176", unit, "Claude 3.5 Sonnet"))
    assert (row.kind, row.months, row.usd) == ("provisioned", months, 176)
    assert row.names == ("Claude 3.5 Sonnet",)


def test_a_record_names_its_model_by_usage_type_and_by_attribute():
    row = read_row(own("USE1-NovaMicro-input-tokens", **MICRO))
    assert row.names == ("NovaMicro", "Nova Micro")
    titan = own("USE1-TitanEmbeddingV2-Text-input-tokens", titanModel="Titan V2")
    assert read_row(titan).names == ("TitanEmbeddingV2-Text", "Titan V2")


def test_a_row_says_where_it_was_read():
    row = read_row(own("USE1-NovaMicro-input-tokens", **MICRO))
    assert row.source == "USE1-NovaMicro-input-tokens, AmazonBedrock of 20260504"


NOT_KEPT = {
    "a customised model": own(
        "USE1-NovaMicro-input-tokens-custom-model", feature="Model Customization"
    ),
    "a customised model, told by its usage type": own(
        "USE1-NovaMicro-output-tokens-custom-model", **ON_DEMAND
    ),
    "storage": own(
        "USE1-NovaMicro-Customization-Storage",
        "1.95",
        "Model/month",
        feature="Model Customization",
    ),
    "bedrock-mantle": own(
        "USE1-qwen.qwen3-32b-mantle-input-tokens-standard", service_tier="standard"
    ),
    "pictures read": own(
        "USE1-Nova2.0Pro-input-image-token-count-cross-region-global",
        inferenceType="Input Image Token Count",
    ),
    "sound": own("USE1-Nova2.0Omni-input-audio-token-count"),
    "speech": own(
        "USE1-NovaSonic-speech-input-tokens",
        inferenceType="Speech Understanding input token",
    ),
    "pictures made": own(
        "USE1-NovaCanvas-T2I-1024-Standard", "0.04", "image", **ON_DEMAND
    ),
    "guardrails": own(
        "USE1-Guardrail-ContentPolicyUnitsConsumed", "0.00015", "TextUnit"
    ),
    "latency-optimised": own(
        "USE1-NovaProLatencyOptimized-input-tokens", model="Nova Pro Latency Optimized"
    ),
    "reserved capacity": marketplace(
        "USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units", "0.198", "Units"
    ),
    "latency-optimised, of the marketplace": marketplace(
        "USW2-MP:USW2_OutputTokenCount_LatencyOptimized-Units"
    ),
    "a picture of the marketplace": marketplace(
        "USE1-MP:USE1_Created_image-Units", "0.09", "image", "Stable Diffusion"
    ),
    "searches": marketplace(
        "USE1-MP:USE1_search_units-Units", "0.002", "Search Units", "Cohere Rerank"
    ),
    "a cache kept for half an hour": marketplace(
        "USW2-MP:USW2_cache_write_tokens_30m_standard-Units", "13.75"
    ),
}
NOT_UNDERSTOOD = {
    "a word never seen": own("USE1-NovaMicro-input-tokens-turbo", **MICRO),
    "another form": own("NovaMicro input tokens", **MICRO),
    "another unit": own("USE1-NovaMicro-input-tokens", unit="1B tokens", **MICRO),
    "a unit that says nothing": own("USE1-NovaMicro-input-tokens", unit="Units"),
    "two tiers": own(
        "USE1-NovaMicro-input-tokens-flex", inferenceType="Input tokens priority"
    ),
    "the tier told twice, differently": own(
        "USE1-NovaMicro-input-tokens-flex", service_tier="Priority"
    ),
    "no price": own("USE1-NovaMicro-input-tokens", "0.0000000000", **MICRO),
    "no number": own("USE1-NovaMicro-input-tokens", "N/A", **MICRO),
    "not a number": own("USE1-NovaMicro-input-tokens", "NaN", **MICRO),
    "a price below nothing": own("USE1-NovaMicro-input-tokens", "-1", **MICRO),
    "input and output": own("USE1-NovaMicro-input-output-tokens", **MICRO),
    "another commitment": own(
        "USE1-NovaMicro-ProvisionedThroughput-3years-ModelUnits", "1", "hour"
    ),
    "throughput by another unit": own(
        "USE1-NovaMicro-ProvisionedThroughput-1month-ModelUnits", "1", "day"
    ),
    "the marketplace's part in another form": marketplace("InputTokens"),
}


@pytest.mark.parametrize("case", NOT_KEPT)
def test_what_the_file_leaves_out_is_told_from_what_it_keeps(case):
    with pytest.raises(NotKept):
        read_row(NOT_KEPT[case])


@pytest.mark.parametrize("case", NOT_UNDERSTOOD)
def test_what_is_not_understood_is_refused(case):
    with pytest.raises(NotUnderstood):
        read_row(NOT_UNDERSTOOD[case])


def test_several_prices_in_one_record_are_not_understood():
    record = own("USE1-NovaMicro-input-tokens", **MICRO)
    (term,) = record["terms"]["OnDemand"].values()
    term["priceDimensions"]["second"] = {}
    with pytest.raises(NotUnderstood, match="2 prices in one record"):
        read_row(record)


def test_a_price_in_another_currency_is_not_understood():
    record = own("USE1-NovaMicro-input-tokens", **MICRO)
    (term,) = record["terms"]["OnDemand"].values()
    term["priceDimensions"]["SKU.T.R"]["pricePerUnit"] = {"CNY": "1"}
    with pytest.raises(NotUnderstood, match="no number of US dollars"):
        read_row(record)


@given(
    middle=st.sampled_from(sorted(MARKETPLACE)),
    word=st.text("abdegjkqvwxz", min_size=3, max_size=8),
)
def test_a_usage_type_with_one_more_word_is_not_read_as_if_it_were_not_there(
    middle, word
):
    with pytest.raises(NotUnderstood, match=word):
        read_row(marketplace(of_marketplace(f"{middle}_{word}")))


@given(usage=st.text(max_size=40), unit=st.text(max_size=12))
def test_no_usage_type_whatever_is_a_fault(usage, unit):
    for record in (own(usage, unit=unit), marketplace(usage, unit=unit)):
        try:
            assert read_row(record).usd == 1
        except (NotUnderstood, NotKept) as why:
            assert str(why)
