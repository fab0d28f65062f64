"""A small shop as a database, to ask questions about in SQL: ``data/shop/``."""

import csv
import re
import sqlite3
from pathlib import Path

from bedrock_helpers.data_files import data_path

_SCHEMA = """\
CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    city TEXT,
    country TEXT NOT NULL,
    joined_on TEXT NOT NULL
);
CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    price_usd REAL
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    ordered_on TEXT NOT NULL,
    status TEXT NOT NULL
);
CREATE TABLE order_items (
    order_id INTEGER NOT NULL REFERENCES orders (id),
    product_id INTEGER NOT NULL REFERENCES products (id),
    quantity INTEGER NOT NULL,
    unit_price_usd REAL NOT NULL
);
"""
_TABLES = ("customers", "products", "orders", "order_items")
_READERS = {"INTEGER": int, "REAL": float, "TEXT": str}


def schema():
    """
    The shop's tables as SQL, for a prompt.

    Returns
    -------
    str

    Examples
    --------
    >>> print(schema().partition(";")[0])
    CREATE TABLE customers (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        city TEXT,
        country TEXT NOT NULL,
        joined_on TEXT NOT NULL
    )
    """
    return _SCHEMA


def columns():
    """
    The shop's tables and their columns, a line each: a shorter text for a prompt.

    Returns
    -------
    str

    Examples
    --------
    >>> print(columns().splitlines()[0])
    customers(id, name, city, country, joined_on)
    """
    tables = re.findall(r"CREATE TABLE (\w+) \((.*?)\n\);", _SCHEMA, re.DOTALL)
    named = (
        (table, re.findall(r"^    (\w+)", body, re.MULTILINE)) for table, body in tables
    )
    return "\n".join(f"{table}({', '.join(found)})" for table, found in named)


def open_shop(folder=None):
    """
    The shop as a new database in memory, which can only be read.

    Parameters
    ----------
    folder : path-like, optional
        Where its CSV files are; the course's own by default. An empty cell is NULL.

    Returns
    -------
    sqlite3.Connection

    Raises
    ------
    ValueError
        For a file with other columns, or a cell of another type.
    sqlite3.IntegrityError
        For a NULL where none may be, or an order of nobody.

    Examples
    --------
    >>> shop = open_shop()
    >>> shop.execute("SELECT name FROM products WHERE price_usd IS NULL").fetchall()
    [('Smart Doorbell',)]
    >>> shop.execute("DELETE FROM customers")
    Traceback (most recent call last):
    sqlite3.OperationalError: attempt to write a readonly database
    """
    folder = data_path("shop") if folder is None else Path(folder)
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")  # no sort spills to the disk
    connection.executescript(_SCHEMA)
    with connection:
        for table in _TABLES:
            _fill(connection, table, folder / f"{table}.csv")
    connection.execute("PRAGMA query_only = ON")
    return connection


def _fill(connection, table, path):
    described = connection.execute(f"PRAGMA table_info({table})").fetchall()
    types = {name: _READERS[kind] for _, name, kind, *_ in described}
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        header = next(lines, [])
        if header != list(types):
            raise ValueError(
                f"{path.name} has the columns {', '.join(header) or '(none)'}; "
                f"they are to be {', '.join(types)}, in this order."
            )
        rows = [_row(cells, types, f"{path.name}:{lines.line_num}") for cells in lines]
    places = ", ".join("?" * len(types))
    connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)


def _row(cells, types, where):
    if len(cells) != len(types):
        raise ValueError(f"{where}: {len(cells)} cells; there are to be {len(types)}.")
    row = []
    for cell, (name, read) in zip(cells, types.items(), strict=True):
        try:
            row.append(read(cell) if cell else None)
        except ValueError:
            raise ValueError(
                f"{where}: {name} is {cell!r}; it is to be of type {read.__name__}, "
                "or empty for NULL."
            ) from None
    return row
