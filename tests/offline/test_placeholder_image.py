"""The drawing in place of an SDXL picture, through boto3."""

import base64
import io
import json

import pytest
from PIL import Image

import bedrock_helpers as bh
from bedrock_helpers.offline.placeholder_image import draw_placeholder
from tests.offline.desk import headers

SDXL = "stability.stable-diffusion-xl-v0"


@pytest.fixture(scope="module")
def paint(launch):
    """The seed, the PNG file and the reply of one picture."""

    def paint(prompt="A horse", **body):
        asked = json.dumps({"text_prompts": [{"text": prompt}], **body})
        reply = launch.call("InvokeModel", modelId=SDXL, body=asked)
        content = json.loads(reply["body"].read())
        (artifact,) = content["artifacts"]
        assert (content["result"], artifact["finishReason"]) == ("success", "SUCCESS")
        return artifact["seed"], base64.b64decode(artifact["base64"]), reply

    return paint


def opened(png):
    image = Image.open(io.BytesIO(png))
    image.load()
    assert (image.format, image.mode) == ("PNG", "RGB")
    return image


def test_the_picture_is_a_png_of_the_models_size(paint):
    _, png, _ = paint(seed=7)
    assert opened(png).size == (512, 512)


@pytest.mark.parametrize("size", [(1024, 1024), (1536, 640), (640, 1536)])
def test_the_picture_has_the_size_asked_for(size):
    assert opened(draw_placeholder(["A horse"], 7, 30, 7, *size)).size == size


def test_the_same_request_draws_the_same_bytes(paint):
    assert paint(seed=7)[:2] == paint(seed=7)[:2]


@pytest.mark.parametrize(
    "changed",
    [{"seed": 8}, {"steps": 31}, {"cfg_scale": 8}, {"prompt": "A cow"}],
    ids=str,
)
def test_another_request_draws_other_bytes(changed, paint):
    asked = {"seed": 7, "steps": 30, "cfg_scale": 7}
    assert paint(**asked)[1] != paint(**{**asked, **changed})[1]


@pytest.mark.parametrize("asked", [{}, {"seed": 0}])
def test_without_a_seed_one_is_drawn_and_returned(asked, paint):
    seed, png, _ = paint(**asked)
    assert 1 <= seed < 2**32
    assert paint(seed=seed)[:2] == (seed, png)
    assert paint(**asked)[0] != seed


@pytest.mark.parametrize(
    "prompt", ["Ein Bär", "日本の馬 🎉", "\u202eab\u0301", "a" * 2000, "so " * 600]
)
def test_any_prompt_is_drawn(prompt, paint):
    assert opened(paint(prompt, seed=7)[1]).size == (512, 512)


@pytest.mark.parametrize(("steps", "cfg_scale"), [(10, 0), (150, 30)])
def test_the_extremes_of_its_settings_are_drawn(steps, cfg_scale, paint):
    assert opened(paint(seed=1, steps=steps, cfg_scale=cfg_scale)[1])


def test_it_says_that_it_is_a_placeholder(paint):
    _, _, reply = paint(seed=7)
    assert headers(reply)["x-bedrock-offline-answered-by"] == "placeholder-drawing"
    assert "placeholder drawing" in bh.answered_by(reply)
    assert "x-bedrock-offline-model" not in headers(reply)


def test_a_picture_cannot_be_streamed(launch):
    error = launch.refused(
        "InvokeModelWithResponseStream",
        modelId=SDXL,
        body='{"text_prompts": [{"text": "A horse"}]}',
    )
    assert "unsupported for streaming" in error.response["Error"]["Message"]
