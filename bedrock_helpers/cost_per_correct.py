"""What a right answer costs, and when a dearer model's costs less.

Prices are :class:`bedrock_helpers.pricing.Price`; results are exact
(``decimal.Decimal``). What no price list says (accuracy, a developer's hours) is an
assumption of yours and an argument here.
"""

from dataclasses import dataclass
from decimal import Decimal

from bedrock_helpers.exact_numbers import exact, require, require_at_least_0

_MILLION = Decimal(1_000_000)


@dataclass(frozen=True)
class ExampleTask:
    """
    A task whose prompt holds worked examples, such as questions with their SQL.

    Attributes
    ----------
    base_tokens : int
        Of the prompt without examples.
    example_tokens : int
        Of one example.
    output_tokens : int
        Of one answer.
    hours_per_example : float
        A developer's time to write an example and try it.
    usd_per_hour : float
        What that time costs.
    calls : int
        Over how many calls in all that time is spread, above 0.
    checking_usd : float
        What finding out costs, for each answer, whether it is right.

    Examples
    --------
    >>> ExampleTask(500, 150, 100).example_usd(Decimal("1.63"))
    Decimal('0.0002445')
    """

    base_tokens: int
    example_tokens: int
    output_tokens: int
    hours_per_example: float = 0
    usd_per_hour: float = 0
    calls: int = 1
    checking_usd: float = 0

    def __post_init__(self):
        for name, value in vars(self).items():
            require_at_least_0(name, value, "ExampleTask(500, 150, 100, calls=10_000)")
        _require_calls(self.calls)

    def example_usd(self, usd_per_million_input):
        """
        What one more example adds to each call: its tokens, and a part of the hours.

        Parameters
        ----------
        usd_per_million_input : decimal.Decimal

        Returns
        -------
        decimal.Decimal
        """
        tokens_usd = exact(self.example_tokens) * usd_per_million_input / _MILLION
        hours_usd = exact(self.hours_per_example) * exact(self.usd_per_hour)
        return tokens_usd + hours_usd / exact(self.calls)

    def call_usd(self, price, examples=0):
        """
        What one call costs with so many examples, their writing included.

        Parameters
        ----------
        price : Price
        examples : int or decimal.Decimal

        Returns
        -------
        decimal.Decimal
            Checking is not in it.
        """
        base = exact(self.base_tokens) * price.usd_per_million_input
        output = exact(self.output_tokens) * price.usd_per_million_output
        example = self.example_usd(price.usd_per_million_input)
        return (base + output) / _MILLION + exact(examples) * example


def cost_per_correct_usd(call_usd, accuracy, *, checking_usd=0, setup_usd=0, calls=1):
    """
    What one right answer costs, wrong ones paid for too.

    N calls at c dollars, each checked at k dollars, after s dollars of set-up, cost
    N (c + k) + s and give N a right answers: (c + k + s / N) / a each.

    Parameters
    ----------
    call_usd : decimal.Decimal
    accuracy : float
        The share of answers that is right, above 0 and up to 1: measure it on your
        own task (notebook 04).
    checking_usd : float or decimal.Decimal
        What finding out costs, for each answer, whether it is right.
    setup_usd : float or decimal.Decimal
        What is paid once, such as a developer's hours on the prompt.
    calls : int
        Over how many calls that is spread, above 0.

    Returns
    -------
    decimal.Decimal
        US dollars.

    Raises
    ------
    ValueError
        For values outside these ranges.

    Examples
    --------
    >>> cost_per_correct_usd(Decimal("0.003"), 0.75)
    Decimal('0.004')
    """
    share = _accuracy("accuracy", accuracy)
    require_at_least_0("call_usd", call_usd, 'call_usd=Decimal("0.01")')
    require_at_least_0("checking_usd", checking_usd, "checking_usd=0.1")
    require_at_least_0("setup_usd", setup_usd, "setup_usd=400")
    _require_calls(calls)
    setup = exact(setup_usd) / exact(calls)
    return (exact(call_usd) + exact(checking_usd) + setup) / share


def examples_threshold(
    task, dear, cheap, *, dear_accuracy, cheap_accuracy, dear_examples=0
):
    """
    How many examples make a cheap model as costly per right answer as a dear one.

    With n examples the cheap model's call costs b + n e: b without examples, e what
    each adds (:meth:`ExampleTask.example_usd`). The dear model's costs d. With k to
    check an answer, and accuracies a and A, both are equal per right answer where
    (b + n e + k) / a = (d + k) / A, so at n = ((d + k) a / A - b - k) / e. The idea
    is the launch-day overview's (2023-09-28, pricing): there is a threshold from
    which on the model with the higher price per token is the cheaper one.

    Parameters
    ----------
    task : ExampleTask
    dear, cheap : Price
    dear_accuracy, cheap_accuracy : float
        Above 0 and up to 1, reached with the examples each is given: your
        assumptions, or better your measurements.
    dear_examples : int
        Examples in the dear model's prompt.

    Returns
    -------
    decimal.Decimal or None
        The cheap model costs less below it, the dear one above it. Below 0 the dear
        one costs less whatever the number. None where an example costs nothing.

    Raises
    ------
    ValueError
        For values outside these ranges.

    Examples
    --------
    >>> from bedrock_helpers import pricing
    >>> v2, instant = (pricing.price_of(f"anthropic.claude-{name}", on="2023-09-28")
    ...     for name in ("v2", "instant-v1"))
    >>> round(examples_threshold(ExampleTask(500, 150, 100), v2, instant,
    ...     dear_accuracy=0.9, cheap_accuracy=0.75), 1)
    Decimal('24.3')
    """
    require_at_least_0("dear_examples", dear_examples, "dear_examples=2")
    ratio = _accuracy("cheap_accuracy", cheap_accuracy) / _accuracy(
        "dear_accuracy", dear_accuracy
    )
    checking = exact(task.checking_usd)
    allowed = (task.call_usd(dear, dear_examples) + checking) * ratio
    example = task.example_usd(cheap.usd_per_million_input)
    return (allowed - task.call_usd(cheap) - checking) / example if example else None


def _accuracy(name, value):
    share = "a share above 0 and up to 1"
    require(name, value, share, lambda n: 0 < n <= 1, f"{name}=0.8")
    return exact(value)


def _require_calls(calls):
    above = "a number above 0"
    require("calls", calls, above, lambda n: n > 0, "calls=10_000")
