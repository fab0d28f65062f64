"""The lessons' own data sets: balanced, distinct, and answerable as they stand."""

import csv
import itertools
import json
import re
import sqlite3
from collections import Counter
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from bedrock_helpers.shop import schema

DATA = Path(__file__).resolve().parent.parent / "data"
SPLITS = ("examples", "test", "held_out")
NEAR_DUPLICATE = 0.85
TABLES = ("customers", "products", "orders", "order_items")


def rows_of(name):
    with open(DATA / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


REVIEWS = rows_of("reviews.csv")
QUESTIONS = [
    json.loads(line)
    for line in (DATA / "text_to_sql.jsonl").read_text(encoding="utf-8").splitlines()
]
SHOP = {table: rows_of(f"shop/{table}.csv") for table in TABLES}
BY_QUESTION = pytest.mark.parametrize("record", QUESTIONS, ids=lambda r: r["id"])


def build_shop(reverse=False):
    """The shop in memory; reversed, with its rows put in from last to first."""
    shop = sqlite3.connect(":memory:")
    shop.execute("PRAGMA foreign_keys = ON")
    shop.executescript(schema())
    for table in TABLES:
        for row in SHOP[table][:: -1 if reverse else 1]:
            cells = [cell or None for cell in row.values()]
            blanks = ", ".join("?" * len(cells))
            shop.execute(f"INSERT INTO {table} VALUES ({blanks})", cells)
    if reverse:
        shop.execute("PRAGMA reverse_unordered_selects = ON")
    return shop


def test_a_product_stands_once_in_an_order():
    pairs = [(row["order_id"], row["product_id"]) for row in SHOP["order_items"]]
    assert len(set(pairs)) == len(pairs)


@pytest.fixture(scope="module")
def shop():
    connection = build_shop()
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def shop_reversed():
    connection = build_shop(reverse=True)
    yield connection
    connection.close()


def near_duplicates(texts):
    """Pairs of texts that are almost the same, by the share of equal characters."""
    pairs = []
    for one, other in itertools.combinations(texts, 2):
        matcher = SequenceMatcher(None, one.lower(), other.lower(), autojunk=False)
        if (
            matcher.real_quick_ratio() >= NEAR_DUPLICATE
            and matcher.quick_ratio() >= NEAR_DUPLICATE
            and matcher.ratio() >= NEAR_DUPLICATE
        ):
            pairs.append((one, other))
    return pairs


def answer(connection, record):
    """Rows of a gold query, numbers to the cent; sorted, unless their order counts."""
    rows = [
        tuple(round(cell, 2) if isinstance(cell, float) else cell for cell in row)
        for row in connection.execute(record["sql"])
    ]
    return rows if record["ordered"] else sorted(rows, key=repr)


def section(name):
    text = (DATA / "README.md").read_text(encoding="utf-8")
    return re.split(r"^## ", text.split(f"\n## {name}\n")[1], flags=re.MULTILINE)[0]


# Reviews


def test_a_review_has_these_columns_and_no_empty_one():
    columns = ["id", "text", "label", "hard", "split"]
    assert all(list(review) == columns for review in REVIEWS)
    assert all(cell for review in REVIEWS for cell in review.values())
    assert [r["id"] for r in REVIEWS] == [
        f"r{number:03}" for number in range(1, len(REVIEWS) + 1)
    ]


def test_reviews_are_split_as_the_readme_says():
    assert {review["split"] for review in REVIEWS} == set(SPLITS)
    for split in SPLITS:
        reviews = [review for review in REVIEWS if review["split"] == split]
        hard = sum(review["hard"] == "yes" for review in reviews)
        assert f"| {split} | {len(reviews)} | {hard} |" in section("reviews.csv")


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("hard", ["yes", "no"])
def test_positive_and_negative_reviews_are_equally_many(split, hard):
    labels = Counter(positive=0, negative=0)
    labels.update(
        r["label"] for r in REVIEWS if (r["split"], r["hard"]) == (split, hard)
    )
    assert set(labels) == {"positive", "negative"}
    assert labels["positive"] == labels["negative"]


def test_about_a_quarter_of_the_measured_reviews_is_hard_and_no_example_is():
    for split in SPLITS:
        hard = [review["hard"] for review in REVIEWS if review["split"] == split]
        share = hard.count("yes") / len(hard)
        assert share == 0 if split == "examples" else 0.2 <= share <= 0.33


def test_any_even_number_of_first_examples_is_balanced():
    labels = [review["label"] for review in REVIEWS if review["split"] == "examples"]
    assert labels == ["positive", "negative"] * 6


def test_a_review_has_6_to_30_words():
    assert all(6 <= len(review["text"].split()) <= 30 for review in REVIEWS)


def test_easy_reviews_of_either_label_are_about_as_long():
    """Else their length would give the label away."""
    means = []
    for label in ("positive", "negative"):
        words = [
            len(review["text"].split())
            for review in REVIEWS
            if (review["label"], review["hard"]) == (label, "no")
        ]
        means.append(sum(words) / len(words))
    assert abs(means[0] - means[1]) < 1.5


def test_no_two_reviews_are_nearly_the_same():
    assert near_duplicates([review["text"] for review in REVIEWS]) == []


def test_pandas_reads_the_reviews():
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_csv(DATA / "reviews.csv")
    assert frame.to_dict("records") == REVIEWS


# The shop


def test_the_shop_holds_as_many_rows_as_the_readme_says():
    for table, rows in SHOP.items():
        assert f"`{table}.csv` ({len(rows)})" in section("shop/")


def test_the_shop_has_the_columns_of_its_schema(shop):
    for table, rows in SHOP.items():
        columns = [column[1] for column in shop.execute(f"PRAGMA table_info({table})")]
        assert all(list(row) == columns for row in rows)


def test_every_cell_of_the_shop_has_its_columns_type(shop):
    for table in SHOP:
        for _, column, kind, *_ in shop.execute(f"PRAGMA table_info({table})"):
            query = f"SELECT DISTINCT typeof({column}) FROM {table}"
            assert {row[0] for row in shop.execute(query)} <= {kind.lower(), "null"}


def test_every_foreign_key_of_the_shop_leads_somewhere(shop):
    assert shop.execute("PRAGMA foreign_key_check").fetchall() == []


def test_every_order_has_an_item(shop):
    query = "SELECT id FROM orders WHERE id NOT IN (SELECT order_id FROM order_items)"
    assert shop.execute(query).fetchall() == []


@pytest.mark.parametrize("table", ["customers", "products"])
def test_no_two_customers_and_no_two_products_share_a_name(table):
    names = [row["name"] for row in SHOP[table]]
    assert len(set(names)) == len(names)


def test_prices_of_the_shop_have_two_decimals():
    prices = [row["price_usd"] for row in SHOP["products"] if row["price_usd"]]
    prices += [row["unit_price_usd"] for row in SHOP["order_items"]]
    assert all(re.fullmatch(r"\d+\.\d\d", price) for price in prices)


def test_dates_of_the_shop_come_in_order():
    joined = {row["id"]: row["joined_on"] for row in SHOP["customers"]}
    days = [row["ordered_on"] for row in SHOP["orders"]]
    for day in (*joined.values(), *days):
        assert date.fromisoformat(day).isoformat() == day
    assert days == sorted(days)
    assert "2024-01-01" <= days[0] <= days[-1] <= "2025-06-30"
    assert all(r["ordered_on"] >= joined[r["customer_id"]] for r in SHOP["orders"])


def test_the_shop_knows_these_statuses_and_categories_only():
    statuses = {row["status"] for row in SHOP["orders"]}
    categories = {row["category"] for row in SHOP["products"]}
    assert statuses == {"paid", "shipped", "returned", "cancelled"}
    assert categories == {"kitchen", "garden", "toys", "books", "electronics"}


def test_the_shop_has_the_gaps_and_ties_of_real_life(shop):
    def count(query):
        return shop.execute(f"SELECT COUNT(*) FROM {query}").fetchone()[0]

    assert count("customers WHERE city IS NULL") == 3
    assert count("products WHERE price_usd IS NULL") == 1
    assert count("customers WHERE id NOT IN (SELECT customer_id FROM orders)") == 3
    assert count("products WHERE id NOT IN (SELECT product_id FROM order_items)") == 3
    highest = "(SELECT MAX(price_usd) FROM products)"
    assert count(f"products WHERE price_usd = {highest}") == 2
    changed = "order_items JOIN products ON id = product_id"
    assert count(f"{changed} WHERE unit_price_usd <> price_usd") > 0


def test_the_shop_is_small():
    assert sum(path.stat().st_size for path in (DATA / "shop").iterdir()) < 20_000


# Questions


def test_a_question_has_these_fields():
    fields = ["id", "question", "sql", "difficulty", "split", "ordered"]
    assert all(list(record) == fields for record in QUESTIONS)
    assert all(isinstance(record["ordered"], bool) for record in QUESTIONS)
    assert [record["id"] for record in QUESTIONS] == [
        f"q{number:02}" for number in range(1, len(QUESTIONS) + 1)
    ]


def test_questions_are_split_as_the_readme_says():
    levels = ("easy", "medium", "hard")
    counts = Counter((record["split"], record["difficulty"]) for record in QUESTIONS)
    assert set(counts) == set(itertools.product(SPLITS, levels))
    for split in SPLITS:
        row = " | ".join(str(counts[split, level]) for level in levels)
        assert f"| {split} | {row} |" in section("text_to_sql.jsonl")


def test_no_two_questions_are_nearly_the_same():
    assert near_duplicates([record["question"] for record in QUESTIONS]) == []


def test_no_gold_query_stands_twice():
    queries = [" ".join(record["sql"].lower().split()) for record in QUESTIONS]
    assert len(set(queries)) == len(queries)


def test_no_two_questions_have_the_same_answer(shop):
    """Else the answer to one would pass as the answer to the other."""
    answers = [sorted(map(repr, answer(shop, record))) for record in QUESTIONS]
    repeated = [a for a in answers if answers.count(a) > 1]
    assert repeated == []


@BY_QUESTION
def test_a_gold_query_returns_rows_and_no_null(shop, record):
    rows = answer(shop, record)
    assert rows
    assert all(cell is not None for row in rows for cell in row)


@BY_QUESTION
def test_a_gold_query_only_reads_and_knows_no_today(record):
    assert re.match(r"(SELECT|WITH)\b", record["sql"])
    assert ";" not in record["sql"]
    assert not re.search(r"\bnow\b|\bcurrent_|\brandom", record["sql"], re.IGNORECASE)


@BY_QUESTION
def test_a_gold_query_gives_the_same_in_whatever_order_rows_are_stored(
    shop, shop_reversed, record
):
    assert answer(shop, record) == answer(shop_reversed, record)


@BY_QUESTION
def test_a_gold_query_returns_no_row_twice(shop, record):
    rows = answer(shop, record)
    assert len(set(rows)) == len(rows)


@BY_QUESTION
def test_a_question_that_wants_an_order_gets_one_and_says_so(record):
    outermost = re.sub(r"\([^()]*\)", "", record["sql"])
    asked = re.search(r" (first\.|in order of )", record["question"])
    if record["ordered"]:
        assert "ORDER BY" in outermost
        assert asked
    else:
        assert not asked
        assert "ORDER BY" not in outermost or "LIMIT 1" in outermost


# The README


@pytest.mark.parametrize(
    ("name", "records"),
    [
        ("reviews.csv", REVIEWS),
        ("text_to_sql.jsonl", QUESTIONS),
        ("shop/", [rows[0] for rows in SHOP.values()]),
    ],
    ids=["reviews.csv", "text_to_sql.jsonl", "shop/"],
)
def test_the_readme_describes_every_field_of_a_lessons_data(name, records):
    described = set(re.findall(r"`([a-z_]+)`", section(name)))
    assert {field for record in records for field in record} <= described
