"""A lab on where a reply ends: stop sequences, the token limit, stop reasons."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass

import ipywidgets
from IPython.display import Markdown

from bedrock_helpers.answered_by import answered_by
from bedrock_helpers.labs.call_code import literal
from bedrock_helpers.labs.explained import explained, failure_pane, status_pane
from bedrock_helpers.labs.own_keys import own_keys
from bedrock_helpers.labs.panes import code_pane, shown, text_pane
from bedrock_helpers.labs.strings_control import typed
from bedrock_helpers.labs.word_table import table_html, table_markdown
from bedrock_helpers.offline.router import service_model
from bedrock_helpers.token_reading import quoted, signs

_END = "▮"
_NEEDED = {"stopReason", "output", "usage"}
_COLUMNS = ("run", "stop sequences", "maxTokens", "stopReason", "tokens", "its end")
_SHOWN_RUNS, _SHOWN_END = 12, 40
_WIDTH = "42em"
_CALL = "return bedrock.converse(modelId=MODEL, **request)"


@dataclass(frozen=True)
class Ending:
    """
    One run: what was allowed, and where the reply ended.

    Attributes
    ----------
    stop_sequences : tuple of str
    max_tokens : int
    stop_reason : str
    output_tokens : int
    text : str
        All text blocks of the reply.
    stop_sequence : str or None
        The one that came, where the reply tells it.
    answered_by : str
    """

    stop_sequences: tuple
    max_tokens: int
    stop_reason: str
    output_tokens: int
    text: str
    stop_sequence: str | None
    answered_by: str


class StopLab(ipywidgets.VBox):
    r"""
    A prompt, stop sequences and a token limit: what ends the reply, and where.

    Parameters
    ----------
    ask : callable
        Your own function: takes the request, a dict of ``converse``'s arguments
        without ``modelId``, and returns what ``converse`` returned.
    prompt : str
        What stands in the prompt field first.

    Attributes
    ----------
    prompt, stop_sequences : ipywidgets.Textarea
        Sequences one a line; ``\n`` is a line break, ``\t`` a tab, ``\\`` a
        backslash. A line without anything is an empty sequence.
    max_tokens : ipywidgets.IntSlider
    run : ipywidgets.Button
        The same as calling :meth:`start`.
    call, verdict, reply, table : ipywidgets.HTML
        The call as code, what ended the reply, its text, and the runs so far.
    runs : list of Ending
    error : str
        What went wrong in the last run, empty when nothing did.

    Examples
    --------
    >>> message = {"content": [{"text": "One, two"}]}
    >>> said = {"output": {"message": message}, "stopReason": "max_tokens"}
    >>> lab = StopLab(lambda request: said | {"usage": {"outputTokens": 3}}, "Count.")
    >>> lab.max_tokens.value = 3
    >>> lab.start()
    >>> lab
    StopLab: 1 run, the last ended with max_tokens
    """

    def __init__(self, ask, prompt=""):
        self._ask, self.runs, self.error = ask, [], ""
        self.prompt = _field("prompt", prompt)
        self.stop_sequences = _field("stop at", "", placeholder="one a line")
        self.max_tokens = ipywidgets.IntSlider(
            60,
            1,
            200,
            description="maxTokens",
            tooltip="the token limit",  # without one, ipywidgets shows "null"
            layout=ipywidgets.Layout(width=_WIDTH),
        )
        self.run = ipywidgets.Button(
            description="Run", tooltip="Send the request and see where the reply ends"
        )
        self.call, self.table = ipywidgets.HTML(), ipywidgets.HTML()
        self.verdict = ipywidgets.HTML(status_pane("No run yet."))
        self.reply = ipywidgets.HTML(text_pane("", "reply"))
        self.run.on_click(lambda _: self.start())
        controls = [self.prompt, self.stop_sequences, self.max_tokens]
        for control in controls:
            control.observe(self._show_call, "value")
        self._show_call()
        panes = [self.call, self.verdict, self.reply, self.table, own_keys()]
        super().__init__([*controls, ipywidgets.HTML(_hint()), self.run, *panes])

    def __repr__(self):
        """Say how many runs there were, and how the last one ended."""
        if self.error:
            return f"StopLab: stopped by {' '.join(self.error.split())}"
        if not self.runs:
            return "StopLab: no run yet"
        count = f"{len(self.runs)} run" + "s" * (len(self.runs) > 1)
        return f"StopLab: {count}, the last ended with {self.runs[-1].stop_reason}"

    @property
    def request(self):
        """What the next run sends: the arguments of ``converse`` but ``modelId``."""
        message = {"role": "user", "content": [{"text": self.prompt.value}]}
        config = {"maxTokens": self.max_tokens.value}
        sequences = list(typed(self.stop_sequences.value))
        asked = {"messages": [message], "inferenceConfig": config}
        if sequences:
            config["stopSequences"] = sequences
            asked["additionalModelResponseFieldPaths"] = ["/stop_sequence"]
        return asked

    def start(self):
        """Send the request, and show where the reply ended or what went wrong."""
        if self.run.disabled:
            return
        self.run.disabled, self.error = True, ""
        self.verdict.value, self.reply.value = status_pane("Asking …"), ""
        try:
            request = self.request
            reply = self._ask(copy.deepcopy(request))  # theirs to change
            self.runs.append(_ending(reply, request["inferenceConfig"]))
            self._show_ending(self.runs[-1])
        except Exception as problem:
            self.error = f"{type(problem).__name__}: {problem}"
            self.verdict.value = failure_pane(problem)
        finally:
            self.run.disabled = False

    def figure(self):
        """
        The runs so far as a table for readers without a kernel.

        Returns
        -------
        IPython.display.Markdown
        """
        if not self.runs:
            return Markdown("No run yet.")
        return Markdown(table_markdown([_COLUMNS, *_rows(self.runs)]))

    def _show_call(self, _=None):
        lines = [
            f"    {name}={literal(value, 4, len(name) + 2)},\n"
            for name, value in self.request.items()
        ]
        code = f"bedrock.converse(\n    modelId=MODEL,\n{''.join(lines)})"
        self.call.value = code_pane(code, "the call it sends")

    def _show_ending(self, ending):
        self.verdict.value = status_pane(_verdict(ending))
        self.reply.value = text_pane(ending.text + _END, f"reply, ending at {_END}")
        self.table.value = _table(self.runs)


def _field(description, value, placeholder=""):
    return ipywidgets.Textarea(
        value=value,
        description=description,
        placeholder=placeholder,
        layout=ipywidgets.Layout(width=_WIDTH, height="4em"),
    )


def _most_sequences():
    config = service_model("bedrock-runtime").shape_for("InferenceConfiguration")
    return config.members["stopSequences"].metadata["max"]


def _hint():
    return (
        r"Stop sequences: one a line, exactly as the model would write it; "
        r"<code>\n</code> is a line break, <code>\t</code> a tab, <code>\\</code> a "
        f"backslash. Converse takes up to {_most_sequences():,}, a model perhaps fewer."
    )


def _ending(reply, config):
    if not isinstance(reply, Mapping) or not _NEEDED <= reply.keys():
        kind = type(reply).__name__
        raise ValueError(f"ask returned a {kind}, not converse's reply; {_CALL}")
    blocks = reply["output"]["message"]["content"]
    told = reply.get("additionalModelResponseFields") or {}
    return Ending(
        stop_sequences=tuple(config.get("stopSequences", ())),
        max_tokens=config["maxTokens"],
        stop_reason=reply["stopReason"],
        output_tokens=reply["usage"]["outputTokens"],
        text="".join(block["text"] for block in blocks if "text" in block),
        stop_sequence=told.get("stop_sequence"),
        answered_by=answered_by(reply),
    )


def _verdict(ending):
    reason = {"stopReason": ending.stop_reason}
    lines = [
        f"<b>stopReason {shown(ending.stop_reason)}</b>. {explained(reason)}",
        f"Tokens: {ending.output_tokens} of the {ending.max_tokens} allowed.",
        *_which_sequence(ending),
        f"Answered by {shown(ending.answered_by)}. {_END} marks where the text ended.",
    ]
    return "<br>".join(lines)


def _which_sequence(ending):
    if ending.stop_reason != "stop_sequence":
        return []
    if ending.stop_sequence is not None:
        return [f"Ended by {shown(quoted(ending.stop_sequence))}, says the reply."]
    if len(ending.stop_sequences) == 1:
        only = shown(quoted(ending.stop_sequences[0]))
        return [f"Ended by {only}, the only sequence sent."]
    return ["Which sequence ended it this reply does not tell; Claude's do."]


def _cells(number, ending):
    sequences = ", ".join(map(quoted, ending.stop_sequences))
    cut = "…" if len(ending.text) > _SHOWN_END else ""
    end = cut + signs(ending.text[-_SHOWN_END:]) + _END
    settings = (str(number), sequences[:200] or "none", str(ending.max_tokens))
    return (*settings, ending.stop_reason, str(ending.output_tokens), end)


def _rows(runs):
    return [_cells(*row) for row in enumerate(runs, 1)]


def _table(runs):
    latest = len(runs) > _SHOWN_RUNS
    caption = "The latest runs" if latest else "The runs so far"
    return table_html([_COLUMNS, *_rows(runs)[-_SHOWN_RUNS:]], caption)
