"""A dear and a cheap model compared per right answer: in words, a chart and code."""

from dataclasses import asdict, dataclass
from math import floor

from bedrock_helpers.cost_per_correct import (
    ExampleTask,
    cost_per_correct_usd,
    examples_threshold,
)
from bedrock_helpers.labs.chart_axis import axis_for
from bedrock_helpers.labs.line_chart import Line, Mark, line_chart
from bedrock_helpers.labs.usd_words import amount, usd_words
from bedrock_helpers.pricing import Price

#: Where the chart ends at least and at most, in examples.
SHOWN_EXAMPLES, _MOST_EXAMPLES = 60, 600


@dataclass(frozen=True)
class Contender:
    """
    One model, and what is assumed of it.

    Attributes
    ----------
    name : str
    price : Price
    accuracy : float
        The share of right answers, with so many examples.
    examples : int
        In its prompt.
    """

    name: str
    price: Price
    accuracy: float
    examples: int


@dataclass(frozen=True)
class Contest:
    """
    A dear model against a cheap one on one task.

    Attributes
    ----------
    task : ExampleTask
    dear, cheap : Contender

    Examples
    --------
    >>> from bedrock_helpers.pricing import price_of
    >>> v2, instant = (price_of(f"anthropic.claude-{name}", on="2023-09-28")
    ...     for name in ("v2", "instant-v1"))
    >>> contest = Contest(ExampleTask(500, 150, 100),
    ...     Contender("v2", v2, 0.9, 0), Contender("Instant", instant, 0.75, 20))
    >>> contest.verdict
    'From 25 examples on v2 costs less per right answer. With the 20 set here ...'
    """

    task: ExampleTask
    dear: Contender
    cheap: Contender

    @property
    def threshold(self):
        """The cheap model's examples at which both cost the same, or None."""
        return examples_threshold(
            self.task,
            self.dear.price,
            self.cheap.price,
            dear_accuracy=self.dear.accuracy,
            cheap_accuracy=self.cheap.accuracy,
            dear_examples=self.dear.examples,
        )

    @property
    def dear_usd(self):
        """What a right answer costs with the dear model."""
        return self._per_correct(self.dear, self.dear.examples)

    def cheap_usd(self, examples=None):
        """What a right answer costs with the cheap one, with so many examples."""
        given = self.cheap.examples if examples is None else examples
        return self._per_correct(self.cheap, given)

    def _per_correct(self, contender, examples):
        call_usd = self.task.call_usd(contender.price, examples)
        checking_usd = self.task.checking_usd
        return cost_per_correct_usd(
            call_usd, contender.accuracy, checking_usd=checking_usd
        )

    @property
    def verdict(self):
        """Which costs less from where on, and which costs less here."""
        return f"{self._from_where()} {self._here()}"

    def _from_where(self):
        threshold, dear = self.threshold, self.dear.name
        if threshold is None:
            return "An example costs nothing here, so their number changes nothing."
        if threshold < 0:
            return f"{dear} costs less per right answer even against no example."
        first = floor(threshold) + 1
        return f"From {first:,} examples on {dear} costs less per right answer."

    def _here(self):
        dear, cheap = self.dear_usd, self.cheap_usd()
        pair = sorted([(dear, self.dear.name), (cheap, self.cheap.name)])
        (less, winner), (more, loser) = pair
        if less == more:
            return f"Here both cost {usd_words(less)}."
        saved = 100 * (1 - less / more)
        return (
            f"With the {self.cheap.examples:,} set here {winner} costs "
            f"{usd_words(less)}, {loser} {usd_words(more)}: {saved:.0f} % less."
        )

    def words(self):
        """The threshold and both costs in one line."""
        return (
            f"{self._equal()}; at {self.cheap.examples:,} "
            f"{self.dear.name} {amount(self.dear_usd)}, "
            f"{self.cheap.name} {amount(self.cheap_usd())} USD a right answer"
        )

    def _equal(self):
        if self.threshold is None:
            return "never equal"
        if self.threshold < 0:
            return f"{self.dear.name} ahead from no example on"
        return f"equal at {self.threshold:.1f} examples"

    def assumed(self):
        """What the comparison takes for granted, a line each."""
        task = self.task
        return [
            f"Assumed: right answers {100 * self.dear.accuracy:.0f} % with "
            f"{self.dear.examples} examples ({self.dear.name}) and "
            f"{100 * self.cheap.accuracy:.0f} % ({self.cheap.name}).",
            f"Assumed: {task.base_tokens:,} tokens of prompt and "
            f"{task.example_tokens:,} an example, {task.output_tokens:,} of answer; "
            f"{task.hours_per_example:g} hours an example at {task.usd_per_hour:g} USD "
            f"an hour, over {task.calls:,} calls.",
        ]


def contest_picture(contest, title, notes=()):
    """
    What a right answer costs over the examples in the cheap model's prompt.

    Parameters
    ----------
    contest : Contest
    title : str
    notes : sequence of str

    Returns
    -------
    str
        SVG.
    """
    threshold = contest.threshold
    reach = float(threshold or 0) * 1.2
    x_axis = axis_for(
        "examples in the cheap model's prompt",
        [max(SHOWN_EXAMPLES, min(reach, _MOST_EXAMPLES))],
    )
    last = round(x_axis.high)
    dear = float(contest.dear_usd)
    cheap = [float(contest.cheap_usd(count)) for count in (0, last)]
    lines = [
        Line(contest.dear.name, ((0, dear), (last, dear))),
        Line(contest.cheap.name, ((0, cheap[0]), (last, cheap[1])), look=1),
    ]
    marks = []
    if threshold is not None and 0 <= threshold <= last:
        words = f"Equal at {threshold:.1f} examples: {usd_words(contest.dear_usd)}."
        marks.append(Mark(float(threshold), dear, words))
    given = contest.cheap.examples
    return line_chart(
        lines,
        x_axis,
        axis_for("USD per right answer", [dear, *cheap]),
        title=title,
        marks=marks,
        here=(given, f"{given} examples"),
        notes=notes,
    )


def contest_code(contest, on=None):
    """
    The same computation as Python to copy.

    Parameters
    ----------
    contest : Contest
    on : str, optional
        The day of the prices.

    Returns
    -------
    str
    """
    fields = asdict(contest.task).items()
    task = "".join(f"    {name}={value!r},\n" for name, value in fields)
    day = "" if on is None else f', on="{on}"'
    dear, cheap = contest.dear, contest.cheap
    return (
        "from bedrock_helpers.cost_per_correct import (\n"
        "    ExampleTask,\n    cost_per_correct_usd,\n    examples_threshold,\n)\n"
        "from bedrock_helpers.pricing import price_of\n\n"
        f"task = ExampleTask(\n{task})\n"
        f'dear = price_of("{dear.price.model_id}"{day})\n'
        f'cheap = price_of("{cheap.price.model_id}"{day})\n'
        f"for price, count, share in [\n"
        f"    (dear, {dear.examples}, {dear.accuracy!r}),\n"
        f"    (cheap, {cheap.examples}, {cheap.accuracy!r}),\n]:\n"
        "    call_usd = task.call_usd(price, count)\n"
        "    usd = cost_per_correct_usd(\n"
        "        call_usd, share, checking_usd=task.checking_usd\n    )\n"
        "    print(price.model_id, usd)\n"
        "threshold = examples_threshold(\n    task,\n    dear,\n    cheap,\n"
        f"    dear_accuracy={dear.accuracy!r},\n"
        f"    cheap_accuracy={cheap.accuracy!r},\n"
        f"    dear_examples={dear.examples},\n)\nprint(threshold)"
    )
