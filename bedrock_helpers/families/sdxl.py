"""Stability SDXL: an image from a prompt.

Offline no image model runs: the picture is a placeholder drawing that carries
the prompt, seed, steps and cfg scale, and says so in itself.
"""

import base64

from bedrock_helpers import parameters
from bedrock_helpers.families import body as bodies
from bedrock_helpers.offline.errors import not_offline, refusal

#: Of the version that takes no size.
V0_SIZE = 512
#: Width and height that go together, and their transposes.
_SIZES = ((1024, 1024), (1152, 896), (1216, 832), (1344, 768), (1536, 640))


def build(prompt, model_id, **settings):
    """
    The body that asks for a picture.

    Parameters
    ----------
    prompt : str
    model_id : str
    **settings
        Parameters of the body itself, such as ``seed`` and ``steps``.

    Examples
    --------
    >>> build("A horse", "stability.stable-diffusion-xl-v0", seed=7)
    {'text_prompts': [{'text': 'A horse'}], 'seed': 7}
    """
    return bodies.build(model_id, [{"text": prompt}]) | settings


def validate(body, model_id, day=None):
    """
    Refuse what Bedrock refuses of a body.

    Raises
    ------
    Refusal
    """
    bodies.check(body, model_id, day)
    asked = settings_of(body, model_id, day)
    size = asked.get("width"), asked.get("height")
    if None not in size and size not in _SIZES and size[::-1] not in _SIZES:
        problem = f"#: {size[0]}x{size[1]} is not a valid enum value"
        raise refusal("malformed_input", problem=problem)
    if "init_image" in body:
        raise not_offline("start from an image")


def settings_of(body, model_id, day=None):
    """
    Every setting of a body that has a value, given or by default.

    Examples
    --------
    >>> settings_of({"steps": 50}, "stability.stable-diffusion-xl-v0")["cfg_scale"]
    10
    """
    found = {spec.path: spec.default for spec in parameters.specs(model_id, day)}
    return {k: v for k, v in (found | body).items() if v is not None}


def reply(png, seed):
    """The body of a reply: the picture as base64, and the seed that was used."""
    artifact = {"seed": seed, "base64": base64.b64encode(png).decode()}
    return {
        "result": "success",
        "artifacts": [{**artifact, "finishReason": "SUCCESS"}],
    }


def read(reply):
    r"""
    The picture of a reply's body, as the bytes of a PNG file.

    Examples
    --------
    >>> read({"artifacts": [{"base64": "iVBORw=="}]})
    b'\x89PNG'
    """
    return base64.b64decode(reply["artifacts"][0]["base64"])
