"""
Store SmolLM2's whole next-token distributions for the lesson's prompts.

    python tools/store_distributions.py            make data/distributions/ anew

Each file holds the natural logarithms of 49,152 probabilities as float16, in the
order of the vocabulary. Takes a few seconds.
"""

import datetime
import json
import re
from pathlib import Path

import numpy as np

from bedrock_helpers.offline.local_model import local_model
from bedrock_helpers.offline.token_scores import next_logprobs

FOLDER = Path(__file__).resolve().parent.parent / "data" / "distributions"
HOOF_BEATS = "I hear the hoof beats of"
PROMPTS = (
    HOOF_BEATS,
    f"{HOOF_BEATS} a",
    f"{HOOF_BEATS} a unic",
    f"{HOOF_BEATS} the",
    f"{HOOF_BEATS} the unic",
    f"{HOOF_BEATS} wild",
    "The capital of France is",
    "1, 2, 3, 4, 5, ",
    "Once upon a time there was a",
)
SOURCE = "SmolLM2-135M-Instruct, read by tools/store_distributions.py"


def file_name(prompt):
    """A short name made of the prompt's words."""
    return re.sub(r"\W+", "_", prompt.lower()) + ".npz"


def store(prompt, engine):
    """Store one prompt's distribution; its record in the index."""
    ids = [number for number, _ in engine.tokens(prompt)]
    _, logprobs = next_logprobs(engine, ids)
    halves = np.array(logprobs, dtype=np.float16)
    np.savez_compressed(FOLDER / file_name(prompt), logprobs=halves)
    today = datetime.date.today().isoformat()
    return {
        "prompt": prompt,
        "file": file_name(prompt),
        "source": SOURCE,
        "as_of": today,
    }


def store_vocabulary(engine):
    """The bytes of every token, one after the other, and their lengths."""
    ordered, _ = next_logprobs(engine, [number for number, _ in engine.tokens("a")])
    np.savez_compressed(
        FOLDER / "vocabulary.npz",
        text=np.frombuffer(b"".join(ordered), dtype=np.uint8),
        lengths=np.array([len(piece) for piece in ordered], dtype=np.uint8),
    )


def main():
    """Make every file anew, and the index."""
    FOLDER.mkdir(exist_ok=True)
    engine = local_model()
    store_vocabulary(engine)
    records = [store(prompt, engine) for prompt in PROMPTS]
    index = {
        "about": "Whole next-token distributions of SmolLM2-135M-Instruct.",
        "as_of": records[0]["as_of"],
        "distributions": records,
    }
    text = json.dumps(index, indent=1, ensure_ascii=False) + "\n"
    (FOLDER / "index.json").write_text(text, encoding="utf-8")
    print(f"{len(records)} distributions and the vocabulary are in data/distributions/")


if __name__ == "__main__":
    main()
