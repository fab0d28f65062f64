"""SQL of a model: it reads, within limits, or is refused, and changes nothing."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers import safe_sql
from bedrock_helpers.safe_sql import RefusedSql, Rows, run_select
from bedrock_helpers.shop import open_shop

COUNTING = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
LARGE = "printf('%.1900c', 'a')"


def repeated(levels, query, first="SELECT 1 AS z"):
    """WITH queries, each of which uses the one before it as often as it says."""
    parts = [f"c0 AS ({first})"]
    parts += [
        f"c{i} AS ({query.replace('@', f'c{i - 1}')})" for i in range(1, levels + 1)
    ]
    return f"WITH {', '.join(parts)} SELECT COUNT(*) FROM c{levels}"


def nested(levels, query, inner="SELECT id AS x FROM customers"):
    for _ in range(levels):
        inner = query.replace("@", inner)
    return inner


NOT_A_SELECT = {
    "": "begins with nothing",
    "-- only a remark": "begins with nothing",
    ";": "begins with ';'",
    "DROP TABLE customers": "begins with DROP",
    "/* SELECT */ DELETE FROM customers": "begins with DELETE",
    "-- SELECT\nUPDATE products SET price_usd = 0": "begins with UPDATE",
    "REPLACE INTO orders VALUES (1, 1, '2024-01-01', 'new')": "begins with REPLACE",
    "PRAGMA query_only = OFF": "begins with PRAGMA",
    "ATTACH 'stolen.db' AS stolen": "begins with ATTACH",
    "VACUUM INTO 'stolen.db'": "begins with VACUUM",
    "EXPLAIN SELECT 1": "begins with EXPLAIN",
    "VALUES (1)": "begins with VALUES",
    "BEGIN": "begins with BEGIN",
    "(SELECT 1)": r"begins with '\('",
    "```sql\nSELECT 1\n```": "begins with '`'",
    "\ufeffSELECT 1": "begins with '",
    "Sure! SELECT 1": "begins with SURE",
    "SELECT 1; DROP TABLE customers": "more than one statement",
    "SELECT 1; SELECT 2": "more than one statement",
    "SELECT 1 /* ; */; -- \n DELETE FROM orders": "more than one statement",
    "WITH d AS (SELECT 1) DELETE FROM customers": "would delete from customers",
    "WITH d AS (SELECT 9) INSERT INTO orders SELECT 9, 9, 9, 9": "would insert into",
    "WITH d AS (SELECT 1) UPDATE products SET price_usd = 0": "would change products",
    "SELECT * FROM sqlite_master": "would read sqlite_master",
    "SELECT * FROM temp.sqlite_master": "would read sqlite_temp_master",
    "SELECT * FROM pragma_table_info('orders')": "would read a function as a table",
    "SELECT * FROM pragma_query_only": "would read a function as a table",
    "SELECT * FROM json_each('[1]')": "would read a function as a table",
    "SELECT load_extension('x')": r"would call load_extension\(\)",
    "SELECT name FROM customers WHERE LOAD_EXTENSION('x')": "call load_extension",
    "SELECT zeroblob(1000000000)": r"would call zeroblob\(\)",
    "SELECT randomblob(1000000000)": r"would call randomblob\(\)",
    "SELECT name FROM customers ORDER BY random()": r"would call random\(\)",
    "SELECT ltrim(name, 'abc') FROM customers": r"would call ltrim\(\)",
    "SELECT 'a\0b'": "a character that SQLite cannot read",
    "SELECT '\ud800'": "a character that SQLite cannot read",
    "SELECT '" + "a" * 20_000 + "'": "longer than 2,000 bytes",
}
WITHOUT_END = [
    COUNTING + "SELECT COUNT(*) FROM n",
    COUNTING + "SELECT x FROM n WHERE x < 0",
    COUNTING + "SELECT x FROM n ORDER BY x",
    COUNTING + "SELECT a.x FROM n AS a, n AS b WHERE a.x = b.x - 1 AND a.x < 0",
    COUNTING.replace("ALL", "") + "SELECT COUNT(*) FROM n",
    COUNTING + f"SELECT MAX(instr({LARGE} || x, {LARGE})) FROM n",
    COUNTING + f"SELECT MAX({' || '.join(['replace(x, 1, 2)'] * 60)}) FROM n",
    COUNTING + f"SELECT SUM({LARGE} || x LIKE '%a%a%a%a%a%a%a%a%b') FROM n",
    "SELECT COUNT(*) FROM order_items a, order_items b, order_items c, order_items d",
    "SELECT SUM(a.quantity) FROM order_items a JOIN order_items b JOIN order_items c "
    "JOIN order_items d JOIN order_items e",
]
TOO_LARGE = {
    COUNTING + "SELECT x FROM n": "more than 1,000 rows",
    COUNTING + f"SELECT {LARGE} FROM n": "more than 1,000,000 bytes of rows",
    COUNTING + "SELECT group_concat(x) FROM (SELECT x FROM n LIMIT 9999)": "a value of",
    f"SELECT hex({LARGE})": "a value of more than 2,000 bytes",
    f"SELECT replace({LARGE}, 'a', 'aaaaaaaaaa')": "more than 2,000 bytes",
    f"SELECT {LARGE} || {LARGE}": "a value of more than 2,000 bytes",
}
TOO_HUNGRY = [
    repeated(30, "SELECT 1 AS z FROM @ AS a, @ AS b"),
    repeated(30, "SELECT z FROM @ UNION ALL SELECT z FROM @"),
    repeated(30, "SELECT (SELECT z FROM @) + (SELECT z FROM @) AS z"),
]
UNCOUNTED = ("DEFAULT_MEMSTATUS=0",) in sqlite3.connect(":memory:").execute(
    "PRAGMA compile_options"
).fetchall()
WRONG = [
    "SELECT FROM customers",
    "SELECT nickname FROM customers",
    "SELECT * FROM suppliers",
    "SELECT writefile('stolen.txt', name) FROM customers",
    "SELECT name FROM customers WHERE id = ?",
    "SELECT name FROM customers WHERE id = :id",
    "SELECT CAST(x'ff' AS TEXT)",
    "SELECT " + "(" * 300 + "1" + ")" * 300,
    "SELECT " + " + ".join(["1"] * 300),
    "SELECT " + ", ".join(["1"] * 300),
    " UNION ALL ".join(["SELECT 1"] * 50),
    "SELECT COUNT(*) FROM " + ", ".join(f"orders o{i}" for i in range(70)),
]


@pytest.fixture
def shop():
    """The shop, without what protects it from an accident: only run_select does."""
    connection = open_shop()
    connection.execute("PRAGMA query_only = OFF")
    before = list(connection.iterdump())
    yield connection
    assert list(connection.iterdump()) == before


@pytest.mark.parametrize("sql", NOT_A_SELECT)
def test_what_is_not_one_select_is_refused_and_says_why(shop, sql):
    with pytest.raises(RefusedSql, match=NOT_A_SELECT[sql]):
        run_select(shop, sql)


@pytest.mark.parametrize("sql", WITHOUT_END)
def test_what_would_not_end_is_stopped(shop, sql):
    with pytest.raises(RefusedSql, match="was stopped: it had not ended after 0.5 s"):
        run_select(shop, sql, seconds=0.5)


@pytest.mark.parametrize("sql", TOO_LARGE)
def test_what_grows_too_large_is_stopped(shop, sql):
    with pytest.raises(RefusedSql, match=TOO_LARGE[sql]):
        run_select(shop, sql, seconds=20)


@pytest.mark.skipif(UNCOUNTED, reason="this SQLite does not count its memory")
@pytest.mark.parametrize("sql", TOO_HUNGRY)
def test_what_grows_while_it_is_only_prepared_is_stopped_too(shop, sql):
    with pytest.raises(RefusedSql, match="needs more memory than it may have"):
        run_select(shop, sql, seconds=20)
    assert run_select(shop, "SELECT COUNT(*) FROM customers") == [(20,)]


@pytest.mark.parametrize("sql", WRONG)
def test_a_select_that_is_wrong_gives_the_error_of_sqlite(shop, sql):
    with pytest.raises(sqlite3.Error):
        run_select(shop, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT COUNT(*) FROM customers",
        "select count(*) from Customers;",
        "  -- how many\n/* really */ SELECT COUNT(*) FROM customers; -- all",
        "WITH c AS (SELECT * FROM customers) SELECT COUNT(*) FROM c",
        "SELECT SUM(n) FROM (SELECT COUNT(*) AS n FROM customers GROUP BY country)",
        "SELECT COUNT(*) FROM customers WHERE name <> ';' AND name <> '--'",
        'SELECT COUNT(*) FROM "customers" AS [c]',
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 20) "
        "SELECT COUNT(*) FROM n",
        "SELECT MAX(place) FROM (SELECT ROW_NUMBER() OVER (ORDER BY name) AS place "
        "FROM customers)",
        "SELECT 20 FROM customers LIMIT 1",
    ],
)
def test_every_way_to_write_one_select_runs(shop, sql):
    assert run_select(shop, sql) == [(20,)]


def test_it_tells_the_names_of_the_columns_even_of_no_rows(shop):
    rows = run_select(shop, "SELECT id, name AS who FROM customers WHERE id < 0")
    assert rows == Rows() == []
    assert rows.columns == ("id", "who")


def test_exactly_as_many_rows_as_are_allowed_are_given(shop):
    sql = "SELECT id FROM customers"
    assert len(run_select(shop, sql, most_rows=20)) == 20
    with pytest.raises(RefusedSql, match='more than 19 rows. .*"LIMIT 10"'):
        run_select(shop, sql, most_rows=19)


def test_steps_stop_it_where_the_clock_does_not(shop, monkeypatch):
    monkeypatch.setattr(safe_sql, "MOST_STEPS", 10_000)
    with pytest.raises(RefusedSql, match="10,000 steps"):
        run_select(shop, COUNTING + "SELECT COUNT(*) FROM n", seconds=1e9)


def test_afterwards_the_connection_is_as_before():
    own = sqlite3.connect(":memory:")
    own.row_factory = sqlite3.Row
    own.execute("CREATE TABLE notes (text)")
    own.execute("INSERT INTO notes VALUES ('first')")
    limit = own.getlimit(sqlite3.SQLITE_LIMIT_LENGTH)
    for sql in ("SELECT text FROM notes", "DELETE FROM notes", "SELECT random()"):
        try:
            assert run_select(own, sql) == [("first",)]
        except RefusedSql:
            assert sql != "SELECT text FROM notes"
    assert own.getlimit(sqlite3.SQLITE_LIMIT_LENGTH) == limit
    own.execute("INSERT INTO notes SELECT quote(randomblob(30000))")
    assert own.execute("SELECT COUNT(*) FROM notes").fetchone()[0] == 2


def test_a_shop_that_can_only_be_read_stays_so():
    shop = open_shop()
    run_select(shop, "SELECT 1")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        shop.execute("DELETE FROM customers")


def test_a_view_can_be_read_and_a_virtual_table_or_another_database_cannot():
    own = sqlite3.connect(":memory:")
    own.executescript(
        "CREATE TABLE notes (text); INSERT INTO notes VALUES ('mine');"
        "CREATE VIEW v AS SELECT text FROM notes;"
        "ATTACH ':memory:' AS other; CREATE TABLE other.secrets (text);"
        "CREATE TABLE other.notes (text);"
    )
    assert run_select(own, "SELECT text FROM v") == [("mine",)]
    for table in ("other.secrets", "other.notes"):
        with pytest.raises(RefusedSql, match="would read"):
            run_select(own, f"SELECT text FROM {table}")


def test_a_function_of_ones_own_is_not_for_a_model(shop):
    called = []
    shop.create_function("tell", 1, called.append)
    with pytest.raises(RefusedSql, match=r"would call tell\(\)"):
        run_select(shop, "SELECT tell(name) FROM customers")
    assert called == []


def test_what_is_no_text_is_refused(shop):
    with pytest.raises(TypeError, match="sql is a NoneType; it is to be a str"):
        run_select(shop, None)


words = st.sampled_from(
    "SELECT WITH RECURSIVE c AS ( ) , ; * FROM customers orders name id 1 'x' \" -- /* "
    "*/ UNION ALL DELETE DROP TABLE INSERT INTO VALUES PRAGMA query_only = OFF ATTACH "
    "WHERE ORDER BY LIMIT COUNT(*) x'00' \n \0 \ud800 ? BEGIN COMMIT REPLACE".split(" ")
)


@given(st.lists(words, max_size=14).map(" ".join))
def test_whatever_is_written_gives_rows_or_a_plain_refusal_and_changes_nothing(sql):
    connection = open_shop()
    connection.execute("PRAGMA query_only = OFF")
    before = list(connection.iterdump())
    try:
        assert isinstance(run_select(connection, sql), Rows)
    except (RefusedSql, sqlite3.Error) as error:
        assert str(error)
    assert list(connection.iterdump()) == before
    assert not connection.in_transaction
