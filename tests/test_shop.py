"""The shop: its tables as its files say, typed, whole, and not to be changed."""

import csv
import json
import sqlite3
from datetime import date

import pytest

from bedrock_helpers.data_files import data_path
from bedrock_helpers.safe_sql import run_select
from bedrock_helpers.shop import open_shop, schema

FILES = {
    "customers": "id,name,city,country,joined_on\n1,Ada,,Portugal,2024-01-02\n",
    "products": "id,name,category,price_usd\n1,Kite,toys,\n2,Pan,kitchen,29.50\n",
    "orders": "id,customer_id,ordered_on,status\n7,1,2024-02-03,shipped\n",
    "order_items": "order_id,product_id,quantity,unit_price_usd\n7,2,3,30\n",
}


@pytest.fixture
def folder(tmp_path):
    """A shop of one customer."""
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_every_row_of_the_files_is_in_the_tables():
    shop = open_shop()
    for table in FILES:
        with data_path(f"shop/{table}.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        found = shop.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in found.description]
        assert names == list(rows[0])
        for row, record in zip(found, rows, strict=True):
            cells = dict(zip(names, row, strict=True))
            for name, text in record.items():
                value = cells[name]
                assert (value is None) == (text == "")
                if value is not None:
                    assert type(value)(text) == value


def test_ids_are_whole_numbers_prices_floats_and_empty_cells_null(folder):
    shop = open_shop(folder)
    assert shop.execute("SELECT * FROM customers").fetchall() == [
        (1, "Ada", None, "Portugal", "2024-01-02")
    ]
    prices = shop.execute("SELECT price_usd FROM products").fetchall()
    assert prices == [(None,), (29.5,)]
    kinds = "SELECT typeof(quantity), typeof(unit_price_usd) FROM order_items"
    assert shop.execute(kinds).fetchall() == [("integer", "real")]


def test_its_days_are_iso_dates_so_that_text_sorts_by_time():
    shop = open_shop()
    days = "SELECT joined_on FROM customers UNION ALL SELECT ordered_on FROM orders"
    for (day,) in shop.execute(days):
        assert date.fromisoformat(day).isoformat() == day


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM orders",
        "UPDATE products SET price_usd = 0",
        "INSERT INTO orders VALUES (99, 1, '2024-01-01', 'shipped')",
        "DROP TABLE order_items",
        "CREATE TABLE more (x)",
    ],
)
def test_it_cannot_be_changed(change):
    shop = open_shop()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        shop.execute(change)


def test_each_shop_is_a_new_one():
    first = open_shop()
    first.execute("PRAGMA query_only = OFF")
    first.execute("DELETE FROM order_items")
    assert open_shop().execute("SELECT COUNT(*) FROM order_items").fetchone()[0] > 100


def test_the_schema_makes_the_same_tables():
    made = sqlite3.connect(":memory:")
    made.executescript(schema())
    listing = "SELECT name, sql FROM sqlite_master ORDER BY name"
    assert made.execute(listing).fetchall() == open_shop().execute(listing).fetchall()


@pytest.mark.parametrize(
    ("table", "text", "words"),
    [
        ("customers", "id,name\n", "customers.csv has the columns id, name; they are"),
        ("customers", "", r"has the columns \(none\)"),
        ("products", FILES["products"] + "3,Ball,toys,cheap\n", ":4: price_usd is 'ch"),
        ("orders", FILES["orders"] + "8,one,2024-01-01,new\n", ":3: customer_id is 'o"),
        ("orders", FILES["orders"] + "8,1\n", "orders.csv:3: 2 cells"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused(folder, table, text, words):
    (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        open_shop(folder)


def test_an_order_of_nobody_is_refused(folder):
    lines = FILES["orders"] + "8,99,2024-01-01,shipped\n"
    (folder / "orders.csv").write_text(lines, encoding="utf-8")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        open_shop(folder)


def test_every_gold_query_of_the_course_is_a_select_that_finds_something():
    shop = open_shop()
    lines = data_path("text_to_sql.jsonl").read_text(encoding="utf-8").splitlines()
    for item in map(json.loads, lines):
        assert run_select(shop, item["sql"]), item["id"]
