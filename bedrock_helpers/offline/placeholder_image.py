"""A drawing in place of a picture: it says what was asked, and that it is one."""

import io
import random
import textwrap

_NOTE = "PLACEHOLDER: drawn by the course, no image model ran"
_SHAPES_PER_STEP = 2


def draw_placeholder(prompts, seed, steps, cfg_scale, width, height):
    """
    A PNG file with coloured shapes drawn from the seed, and the request in words.

    The words are in the picture and, whatever the script, in its Description.

    Parameters
    ----------
    prompts : list of str
    seed, steps : int
        The same seed draws the same shapes; each step draws two more.
    cfg_scale : float
        The higher, the more opaque the shapes: so that it is seen, no more.
    width, height : int
        In pixels.

    Returns
    -------
    bytes

    Examples
    --------
    >>> draw_placeholder(["A horse"], 7, 30, 7, 1024, 1024)[1:4]
    b'PNG'
    """
    from PIL import Image, ImageDraw, ImageFont
    from PIL.PngImagePlugin import PngInfo

    image = Image.new("RGB", (width, height), "white")
    canvas = ImageDraw.Draw(image, "RGBA")
    opacity = 40 + round(cfg_scale * 6)
    for box, colour in _shapes(seed, steps, width, height):
        canvas.ellipse(box, fill=(*colour, opacity))
    caption = f"seed {seed}   steps {steps}   cfg_scale {cfg_scale}"
    lines = [_NOTE, caption, *textwrap.wrap(" | ".join(prompts), 60)[:8]]
    size = width // 36
    font, step = ImageFont.load_default(size), size * 4 // 3
    edge = size + step * len(lines)
    canvas.rectangle((0, 0, width, edge), fill=(255, 255, 255, 225))
    for number, line in enumerate(lines):
        place = (size, size // 2 + step * number)
        canvas.text(place, line, fill="black", font=font)
    known = PngInfo()
    known.add_itxt("Description", "\n".join([_NOTE, caption, *prompts]))
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=known)
    return file.getvalue()


def _shapes(seed, steps, width, height):
    drawn = random.Random(seed)
    for _ in range(_SHAPES_PER_STEP * steps):
        x, y = drawn.randrange(width), drawn.randrange(height)
        radius = drawn.randrange(20, 160)
        colour = tuple(drawn.randrange(256) for _ in range(3))
        yield (x - radius, y - radius, x + radius, y + radius), colour
