"""The sums of one model id: priced when looked at, and never left to pile up."""

from decimal import Decimal

from bedrock_helpers.meter_rows import MeterRow


def test_costs_are_worked_out_when_the_sums_are_looked_at():
    row, asked = MeterRow("a.b", "default", "token"), []

    def bill():
        asked.append(1)
        return Decimal(2)

    row.owe(bill)
    assert asked == []
    row.pay_bills()
    row.pay_bills()
    assert (len(asked), row.usd, row.bills) == (1, 2, [])


def test_many_costs_are_worked_out_before_they_pile_up():
    row = MeterRow("a.b", "default", "token")
    for _ in range(20_000):
        row.owe(lambda: Decimal(1))
        assert len(row.bills) < 10_000
    row.pay_bills()
    assert row.usd == 20_000


def test_what_was_set_aside_can_be_taken_back():
    row = MeterRow("a.b", "default", "token")
    for most_usd in (Decimal(3), None):
        row.set_aside(most_usd)
        row.set_aside(most_usd, by=-1)
    assert (row.usd, row.usd_upper_bound, row.unpriced_calls) == (0, 0, 0)


def test_a_copy_changes_no_more():
    row = MeterRow("a.b", "default", "token")
    copy = row.copy()
    row.count({"inputTokens": 5, "outputTokens": 1}, "reply")
    assert copy.tokens["input_tokens"] == 0
    assert copy.shown()[-2:] == ["-", "-"]
    assert row.shown()[-2] == "reply 1"
