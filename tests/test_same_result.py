"""Whether two results are one: by queries on the shop, by hand, by properties."""

import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.safe_sql import Rows, run_select
from bedrock_helpers.same_result import same_result
from bedrock_helpers.shop import open_shop

cells = st.one_of(
    st.none(),
    st.integers(-5, 5),
    st.sampled_from([0.5, 1.0, 2.25, -3.75, 1e6, 19.99]),
    st.sampled_from(["", "Ada", "ada", "1", "NULL"]),
    st.sampled_from([b"", b"Ada"]),
)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.tuples(*[cells] * width), min_size=1, max_size=8)
)
UNITS = (
    "SELECT p.name, SUM(i.quantity) FROM products p "
    "JOIN order_items i ON i.product_id = p.id GROUP BY p.id"
)


def on_the_shop(first, second, ordered=False):
    shop = open_shop()
    return same_result(run_select(shop, first), run_select(shop, second), ordered)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("SELECT name FROM products", "SELECT name FROM products ORDER BY price_usd"),
        ("SELECT COUNT(*) FROM orders", "SELECT SUM(1.0) FROM orders"),
        ("SELECT id, name FROM customers", "SELECT name AS who, id FROM customers"),
        (UNITS, f"SELECT * FROM ({UNITS}) ORDER BY 2 DESC"),
        (
            "SELECT DISTINCT country FROM customers",
            "SELECT country FROM customers GROUP BY country",
        ),
        (
            "SELECT SUM(quantity * unit_price_usd) FROM order_items",
            "SELECT SUM(v) FROM (SELECT quantity * unit_price_usd AS v "
            "FROM order_items ORDER BY v DESC)",
        ),
        (
            "SELECT name FROM customers WHERE id NOT IN "
            "(SELECT customer_id FROM orders)",
            "SELECT c.name FROM customers c LEFT JOIN orders o "
            "ON o.customer_id = c.id WHERE o.id IS NULL",
        ),
    ],
)
def test_two_ways_to_ask_the_same_have_the_same_result(first, second):
    assert on_the_shop(first, second)
    assert on_the_shop(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("SELECT country FROM customers", "SELECT DISTINCT country FROM customers"),
        ("SELECT name FROM customers", "SELECT name, id FROM customers"),
        ("SELECT name FROM customers", "SELECT UPPER(name) FROM customers"),
        ("SELECT city FROM customers", "SELECT COALESCE(city, '') FROM customers"),
        ("SELECT name FROM products", "SELECT name FROM products LIMIT 5"),
        ("SELECT id FROM orders", "SELECT CAST(id AS TEXT) FROM orders"),
        ("SELECT COUNT(city) FROM customers", "SELECT COUNT(*) FROM customers"),
    ],
)
def test_two_questions_that_differ_have_different_results(first, second):
    assert not on_the_shop(first, second)
    assert not on_the_shop(second, first)


def test_an_order_that_is_asked_for_must_be_kept():
    up, down = ("SELECT id FROM orders ORDER BY id" + way for way in ("", " DESC"))
    assert on_the_shop(up, down)
    assert not on_the_shop(up, down, ordered=True)
    assert on_the_shop(up, up, ordered=True)


def test_where_an_order_is_asked_for_ties_must_come_in_the_same_order_too():
    gold = [("Kite", 9), ("Ball", 5), ("Drum", 5)]
    tied = [("Kite", 9), ("Drum", 5), ("Ball", 5)]
    assert not same_result(gold, tied, ordered=True)
    assert same_result(gold, tied)


def test_an_order_of_rows_holds_whatever_the_order_of_columns():
    gold = [("Kite", 9), ("Ball", 5)]
    assert same_result(gold, [(9, "Kite"), (5, "Ball")], ordered=True)
    assert not same_result(gold, [(5, "Kite"), (9, "Ball")], ordered=True)


def test_columns_of_the_same_values_are_told_apart_by_their_rows():
    gold = [(1, 2, 3), (2, 3, 1), (3, 1, 2)]
    assert same_result(gold, [(row[2], row[0], row[1]) for row in gold])
    assert not same_result([(1, 1), (2, 2)], [(1, 2), (2, 1)])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (None, None, True),
        (None, 0, False),
        (None, "", False),
        (1, 1.0, True),
        (1, "1", False),
        (0.1 + 0.2, 0.3, True),
        (1 / 3, 0.3333333, True),
        (1 / 3, 0.33, False),
        (12.34565, 12.345650000000001, True),
        (2.5, 2.51, False),
        (1_000_000, 1_000_001, False),
        (20_000.00, 20_000.01, False),
        (2**62, 2**62 + 1, False),
        (0.0, -0.0, True),
        (0, 0.3 - 0.2 - 0.1, True),
        (0, 1e-6, False),
        (math.inf, math.inf, True),
        (math.inf, -math.inf, False),
        ("Ada", "Ada ", False),
        ("Ada", "ada", False),
        (b"Ada", "Ada", False),
    ],
)
def test_two_cells_are_the_same_or_are_not(one, other, same):
    for ordered in (False, True):
        assert same_result([(one,)], [(other,)], ordered) is same
        assert same_result([(other,)], [(one,)], ordered) is same


def test_no_rows_are_the_same_as_no_rows_of_as_many_columns():
    assert same_result([], [])
    assert same_result(Rows(columns=["id"]), Rows(columns=["number"]))
    assert same_result(Rows(columns=["id"]), [])
    assert not same_result(Rows(columns=["id"]), Rows(columns=["id", "name"]))
    assert not same_result([], [(1,)])
    assert same_result([], [], ordered=True)


@given(tables, st.randoms(use_true_random=False))
def test_rows_and_columns_in_another_order_are_the_same_result(rows, random):
    columns = random.sample(range(len(rows[0])), len(rows[0]))
    moved = [tuple(row[place] for place in columns) for row in rows]
    assert same_result(rows, moved, ordered=True)
    random.shuffle(moved)
    assert same_result(rows, moved)
    assert same_result(moved, rows)


@given(tables, st.data())
def test_one_cell_changed_is_another_result(rows, data):
    row = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    changed = list(rows[row])
    changed[column] = "another"
    other = [*rows[:row], tuple(changed), *rows[row + 1 :]]
    for ordered in (False, True):
        assert not same_result(rows, other, ordered)


@given(tables, st.data())
def test_a_row_more_or_a_column_more_is_another_result(rows, data):
    again = data.draw(st.sampled_from(rows))
    assert not same_result(rows, [*rows, again])
    assert not same_result(rows, [(*row, row[0]) for row in rows])


@given(st.lists(st.tuples(*[st.integers(0, 1)] * 3), min_size=1, max_size=6), st.data())
def test_it_finds_an_order_of_columns_just_where_trying_all_finds_one(rows, data):
    other = data.draw(st.lists(st.tuples(*[st.integers(0, 1)] * 3), min_size=len(rows)))
    expected = any(
        sorted(rows) == sorted(tuple(row[i] for i in order) for row in other)
        for order in permutations(range(3))
    )
    assert same_result(rows, other) is expected


@given(tables, st.data())
def test_what_the_order_of_a_sum_changes_makes_no_difference(rows, data):
    def stirred(cell):
        small = data.draw(st.floats(-1e-12, 1e-12))
        return cell * (1 + small) if isinstance(cell, float) else cell

    assert same_result(rows, [tuple(map(stirred, row)) for row in rows])


def test_many_columns_with_the_same_values_do_not_keep_it_busy():
    columns = 9
    wheel = [[(i + shift) % columns for shift in range(columns)] for i in range(50)]
    skewed = [row[::-1] for row in wheel[:-1]] + [wheel[-1]]
    assert same_result(wheel, [row[1:] + row[:1] for row in wheel])
    assert not same_result(wheel, skewed)
