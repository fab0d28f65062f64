"""How AWS's price list names models and Regions, and where an id's price is read.

The list knows no model ids. Its two parts name models in ways of their own:
``AmazonBedrock`` by the attribute ``model`` and a short name in the usage type,
``AmazonBedrockFoundationModels`` by ``servicename``. The names here are quoted in
records of the list kept by aws-samples/sample-bedrock-spend-budget-guardrails
(May to July 2026) and in the tests of grafana/cloudcost-exporter,
scttfrdmn/cultivar and stdapi-ai/stdapi.ai (2026).
"""

import re

#: The two parts of the price list that charge for models.
SERVICE_CODES = ("AmazonBedrock", "AmazonBedrockFoundationModels")
#: What a ``servicename`` of AmazonBedrockFoundationModels ends in.
EDITION = " (Amazon Bedrock Edition)"
#: Model id to its name in the list and its short name in usage types, where it is
#: not the catalogue's name, or where the catalogue has none.
NAMES = {
    "ai21.jamba-1-5-large-v1:0": ("Jamba 1.5 Large", ""),
    "ai21.jamba-1-5-mini-v1:0": ("Jamba 1.5 Mini", ""),
    "amazon.nova-2-lite-v1:0": ("Nova 2.0 Lite", "Nova2.0Lite"),
    "amazon.nova-2-multimodal-embeddings-v1:0": ("", "NovaMultiModalEmbeddings"),
    "amazon.nova-lite-v1:0": ("Nova Lite", "NovaLite"),
    "amazon.nova-micro-v1:0": ("Nova Micro", "NovaMicro"),
    "amazon.nova-pro-v1:0": ("Nova Pro", "NovaPro"),
    "amazon.titan-embed-image-v1": ("", "TitanEmbeddingsG1-Image"),
    "amazon.titan-embed-text-v1": ("", "TitanEmbeddingsG1-Text"),
    "amazon.titan-embed-text-v2:0": ("", "TitanEmbeddingV2-Text"),
    "anthropic.claude-3-5-sonnet-20240620-v1:0": ("Claude 3.5 Sonnet", ""),
    "anthropic.claude-3-7-sonnet-20250219-v1:0": ("Claude 3.7 Sonnet", ""),
    "anthropic.claude-instant-v1": ("Claude Instant", ""),
    "cohere.embed-english-v3": ("Cohere Embed 3 Model - English", ""),
    "cohere.embed-multilingual-v3": ("Cohere Embed Model 3 - Multilingual", ""),
    "cohere.embed-v4:0": ("Cohere Embed 4 Model", ""),
    "deepseek.r1-v1:0": ("R1", ""),
    "google.gemma-3-12b-it": ("Gemma 3 12B", "Gemma-3-12B-IT"),
    "google.gemma-3-27b-it": ("Gemma 3 27B", "Gemma-3-27B-IT"),
    "google.gemma-3-4b-it": ("Gemma 3 4B", "Gemma-3-4B-IT"),
    "meta.llama3-1-70b-instruct-v1:0": ("Llama 3.1 70B", "Llama3-1-70B"),
    "meta.llama3-1-8b-instruct-v1:0": ("Llama 3.1 8B", "Llama3-1-8B"),
    "meta.llama3-3-70b-instruct-v1:0": ("Llama 3.3 70B", "Llama3-3-70B"),
    "meta.llama4-maverick-17b-instruct-v1:0": (
        "Llama 4 Maverick 17B",
        "Llama4-Maverick-17B",
    ),
    "meta.llama4-scout-17b-instruct-v1:0": ("Llama 4 Scout 17B", "Llama4-Scout-17B"),
    "mistral.devstral-2-123b": ("Devstral", ""),
    "mistral.ministral-3-3b-instruct": ("Ministral 3B 3.0", ""),
    "mistral.ministral-3-8b-instruct": ("Ministral 8B 3.0", ""),
    "mistral.mistral-large-2407-v1:0": ("Mistral Large 2407", ""),
    "mistral.mistral-large-3-675b-instruct": (
        "Mistral Large 3",
        "Mistral-Large-3-675b-Instruct",
    ),
    "mistral.mistral-small-2402-v1:0": ("Mistral Small", "MistralSmall"),
    "mistral.pixtral-large-2502-v1:0": ("Pixtral Large 25.02", ""),
    "mistral.voxtral-mini-3b-2507": ("Voxtral Mini 1.0", ""),
    "mistral.voxtral-small-24b-2507": ("Voxtral Small 1.0", ""),
    "nvidia.nemotron-nano-12b-v2": ("NVIDIA Nemotron Nano 2 VL", ""),
    "nvidia.nemotron-nano-9b-v2": ("NVIDIA Nemotron Nano 2", ""),
    "openai.gpt-oss-120b-1:0": ("gpt-oss-120b", "gpt-oss-120b"),
    "openai.gpt-oss-20b-1:0": ("gpt-oss-20b", "gpt-oss-20b"),
    "openai.gpt-oss-safeguard-120b": ("", "GPT-OSS-Safeguard-120B"),
    "openai.gpt-oss-safeguard-20b": ("", "GPT-OSS-Safeguard-20B"),
    "qwen.qwen3-32b-v1:0": ("Qwen3 32B", "Qwen3-32B"),
    "qwen.qwen3-coder-30b-a3b-v1:0": ("Qwen3 Coder 30B A3B", ""),
}
#: Region to what its usage types begin with (AWS's page of Region billing codes).
BILLING_CODES = {
    "af-south-1": "AFS1",
    "ap-east-1": "APE1",
    "ap-east-2": "APE2",
    "ap-northeast-1": "APN1",
    "ap-northeast-2": "APN2",
    "ap-northeast-3": "APN3",
    "ap-south-1": "APS3",
    "ap-south-2": "APS5",
    "ap-southeast-1": "APS1",
    "ap-southeast-2": "APS2",
    "ap-southeast-3": "APS4",
    "ap-southeast-4": "APS6",
    "ap-southeast-5": "APS7",
    "ap-southeast-6": "APS8",
    "ap-southeast-7": "APS9",
    "ca-central-1": "CAN1",
    "ca-west-1": "CAN2",
    "eu-central-1": "EUC1",
    "eu-central-2": "EUC2",
    "eu-north-1": "EUN1",
    "eu-south-1": "EUS1",
    "eu-south-2": "EUS2",
    "eu-west-1": "EU",
    "eu-west-2": "EUW2",
    "eu-west-3": "EUW3",
    "il-central-1": "ILC1",
    "me-central-1": "MEC1",
    "me-south-1": "MES1",
    "mx-central-1": "MXC1",
    "sa-east-1": "SAE1",
    "us-east-1": "USE1",
    "us-east-2": "USE2",
    "us-west-1": "USW1",
    "us-west-2": "USW2",
}
#: Where a price is read, if the id can be called there, the first before the next.
_FIRST = (
    "us-east-1",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "ap-northeast-1",
    "ap-southeast-2",
    "ap-south-1",
    "ca-central-1",
)
_VERSION = re.compile(r"-v?\d+:\d+$")


def price_region(regions):
    """
    The Region whose price stands for an id, of those it can be called from.

    Regions can charge differently, and ``data/prices.json`` keeps one price an id.

    Parameters
    ----------
    regions : collection of str
        At least one.

    Returns
    -------
    str

    Examples
    --------
    >>> price_region(["eu-north-1", "us-east-1"])
    'us-east-1'
    >>> price_region(["eu-west-2", "eu-north-1"])
    'eu-north-1'
    """
    return next((r for r in _FIRST if r in regions), None) or min(regions)


def without_version(model_id):
    """
    A model id as usage types have it.

    Examples
    --------
    >>> without_version("qwen.qwen3-32b-v1:0"), without_version("zai.glm-5")
    ('qwen.qwen3-32b', 'zai.glm-5')
    """
    return _VERSION.sub("", model_id)
