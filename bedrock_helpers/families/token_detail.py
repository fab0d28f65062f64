"""What a family tells about single tokens: asked for, and laid out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Detail:
    """
    What is to be known of the tokens of a reply.

    Attributes
    ----------
    generations : int
        How many replies to draw.
    prompt : bool
        Whether the prompt's tokens are wanted too.
    alternatives : int
        How many of the likeliest tokens to name at each place.
    """

    generations: int = 1
    prompt: bool = False
    alternatives: int = 0
