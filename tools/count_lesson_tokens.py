"""
Write the token counts of the lesson replies into data/lesson_replies.json.

    python tools/count_lesson_tokens.py

The counts are SmolLM2's, like every count of the offline Bedrock.
"""

import json
import re

from bedrock_helpers.data_files import data_path, load_json
from bedrock_helpers.families.lookup import family_module
from bedrock_helpers.offline.chat_format import prompt_text
from bedrock_helpers.offline.local_model import local_model


def counts(reply):
    """The tokens of a lesson reply's request and of its text."""
    count = local_model().count_tokens
    asked = reply.get("request")
    if asked is None:
        asked = family_module(reply["models"][0]).conversation(reply["body"])
    return count(prompt_text(asked)), count(reply["text"])


def main():
    """Count, then put the numbers in place; the file keeps its layout."""
    path = data_path("lesson_replies.json")
    numbers = [
        number for reply in load_json(path.name)["replies"] for number in counts(reply)
    ]
    text = path.read_text(encoding="utf-8")
    pattern = r'("(?:input|output)_tokens": )\d+'
    text = re.sub(pattern, lambda found: found[1] + str(numbers.pop(0)), text)
    json.loads(text)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
