"""Which file of this folder knows a model's own shape."""

from bedrock_helpers import catalog
from bedrock_helpers.families import (
    claude_messages,
    claude_text,
    cohere_command,
    gpt_oss,
    jurassic2,
    llama,
    mistral,
    nova,
    sdxl,
    titan_embeddings,
    titan_text,
)
from bedrock_helpers.parameters import family_of

_MODULES = {
    "titan-text": titan_text,
    "claude-text": claude_text,
    "claude-messages": claude_messages,
    "jurassic-2": jurassic2,
    "cohere-command": cohere_command,
    "nova": nova,
    "llama": llama,
    "mistral": mistral,
    "gpt-oss": gpt_oss,
    "sdxl": sdxl,
    "titan-embeddings": titan_embeddings,
}


def family_module(model_id):
    """
    The module that builds, reads and checks a model's bodies, or None.

    Parameters
    ----------
    model_id : str

    Returns
    -------
    module or None

    Examples
    --------
    >>> family_module("amazon.titan-text-lite-v1").__name__
    'bedrock_helpers.families.titan_text'
    """
    return _MODULES.get(family_of(model_id))


def one_of_each(day=None, region_name="us-east-1"):
    """
    One text model of every family, as it is called on a day.

    Parameters
    ----------
    day : str, optional
        ``"2023-09-28"`` for launch day's families; otherwise today's.
    region_name : str

    Returns
    -------
    dict of str to str
        Family to the id to call: a lesson model where there is one.

    Examples
    --------
    >>> one_of_each("2023-09-28")["claude-text"]
    'anthropic.claude-v2'
    >>> one_of_each()["nova"]
    'amazon.nova-micro-v1:0'
    """
    then = day == catalog.LAUNCH_DAY
    offered = [m for m in catalog.all_models() if _offered(m, then, region_name)]
    offered.sort(key=lambda model: model.model_id in catalog.LESSON_MODELS[:1])
    offered.sort(key=lambda model: model.model_id in catalog.LESSON_MODELS)
    named = {family_of(model.model_id): model.model_id for model in offered}
    if then:
        return named
    return {f: catalog.id_for(model, region_name) for f, model in named.items()}


def _offered(model, then, region_name):
    if family_of(model.model_id) is None or "TEXT" not in model.output_modalities:
        return False
    if then:
        return model.launch_day
    in_region = model.chat and region_name in model.regions
    return in_region and model.status == "ACTIVE"
