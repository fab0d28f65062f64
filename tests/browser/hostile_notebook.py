"""A notebook whose models answer with texts that would rather be something else."""

import nbformat

from tools.refresh_notebooks import KERNELSPEC

#: Each is looked for letter by letter in every lab.
MARKUP = (
    "<script>window.hacked=1</script>",
    '<img src=x onerror="window.hacked=1">',
    '"><svg onload="window.hacked=1">',
    "' onmouseover='window.hacked=1",
    "</pre></div></style><b>out</b>",
    "&lt;i&gt; &amp;amp;",
)
#: Text as a model sends it, and as it is shown.
SIGNS = {
    "\x1b[31mred\x1b[0m": "␛[31mred␛[0m",
    "a\x00b\x7f": "a␀b␡",
    "half\ud83e": "half�",
}
RIGHT_TO_LEFT = "\u202etxt.exe\u202c"
LINE = "x" * 100_000
GOOD = "Good morning."

_TEXTS = f"""
import numpy as np
from bedrock_helpers import distributions
from bedrock_helpers.labs.parameter_lab import ParameterLab
from bedrock_helpers.labs.sampling_lab import SamplingLab
from bedrock_helpers.labs.stop_lab import StopLab
from bedrock_helpers.labs.stream_watch import StreamWatch
from bedrock_helpers.labs.token_lab import TokenLab

HOSTILE = {[*MARKUP, *SIGNS, RIGHT_TO_LEFT]!a}
TEXTS = {{"short": HOSTILE, "line": ["x" * 100_000], "good": [{GOOD!a}]}}

def pieces(prompt):
    if prompt == "error":
        raise ValueError("".join(HOSTILE))
    return TEXTS[prompt]
"""
_STREAM = "StreamWatch(lambda prompt: iter(pieces(prompt)), 'short')"
_PARAMETERS = """
def ask(request):
    texts = pieces(request["messages"][0]["content"][0]["text"])
    events = [{"contentBlockDelta": {"delta": {"text": text}}} for text in texts]
    thought = {"reasoningContent": {"text": texts[0]}}
    events.append({"contentBlockDelta": {"delta": thought}})
    return {"stream": [*events, {"messageStop": {"stopReason": texts[0][:99]}}]}

ParameterLab(ask, "short")
"""
_ENDS = """
def ask(request):
    texts = pieces(request["messages"][0]["content"][0]["text"])
    message = {"content": [{"text": text} for text in texts]}
    return {"output": {"message": message}, "stopReason": texts[0][:99],
            "usage": {"outputTokens": 3}}

StopLab(ask, "short")
"""
_TOKENS = """
def likelihoods(prompt):
    texts = pieces(prompt)
    tops = [{"token": text, "logprob": -1.0} for text in texts[:5]]
    tokens = [{"generatedToken": {"token": text, "raw_logprob": -1.0},
               "topTokens": tops, "textRange": {"start": 0, "end": 0}}
              for text in texts]
    data = {"text": "".join(texts), "tokens": tokens}
    return {"completions": [{"data": data}]}

TokenLab(likelihoods, "short")
"""
_SAMPLING = """
SamplingLab("I hear the hoof beats of a")
"""
_VOCABULARY = """
real = distributions.next_tokens

def made_up(prompt):
    if prompt != "made up":
        return real(prompt)
    words = [text.encode(errors="replace") for text in HOSTILE] + [b"x" * 100_000]
    words += [f" word {number}".encode() for number in range(40)]
    logprobs = np.log(np.full(len(words), 1 / len(words)))
    return distributions.NextTokens(
        prompt, np.arange(len(words)), logprobs, words, "<b>test</b>")

distributions.next_tokens = made_up
SamplingLab("made up")
"""
CELLS = {
    "texts": _TEXTS,
    "StreamWatch": _STREAM,
    "ParameterLab": _PARAMETERS,
    "StopLab": _ENDS,
    "TokenLab": _TOKENS,
    "SamplingLab": _SAMPLING,
    "vocabulary": _VOCABULARY,
}


def write(path):
    """Write the notebook."""
    cells = [nbformat.v4.new_code_cell(code.strip()) for code in CELLS.values()]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = KERNELSPEC  # else JupyterLab asks for one
    nbformat.write(notebook, path)


def code_of(lab):
    """The last line of a lab's cell, to find the cell by."""
    return CELLS[lab].strip().splitlines()[-1]
