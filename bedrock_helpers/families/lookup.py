"""Which file of this folder knows a model's own shape."""

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
