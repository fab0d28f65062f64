"""SQL that a model wrote, run so that it can only read, and not for long.

Whatever a model writes may be wrong or, by way of a text it was given, an attack.
SQLite itself holds the line: its authorizer is asked about every table and function
before anything runs; its limits bound every value, and its memory; a progress handler
stops what goes on too long.

The memory SQLite may have is one number for the whole process, and SQLite lets nobody
raise it again: after the first query all its databases together have 128 MB. It is
what ends a query that grows while it is only prepared, as nested WITH clauses can.
"""

import re
import sqlite3
import time
from contextlib import closing, contextmanager

#: SQLite looks at the clock only where a statement jumps, so what runs between two
#: jumps has to be short: short values, a short text, no trimming of many characters.
#: Enough for joins of a few thousand rows; the same on every machine, unlike seconds.
MOST_STEPS = 20_000_000
MOST_VALUE_BYTES = 2_000
MOST_RESULT_BYTES = 1_000_000
MOST_SQL_BYTES = 2_000
MOST_MEMORY_BYTES = 128 * 2**20
_STEPS_A_LOOK = 100
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: MOST_VALUE_BYTES,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: MOST_SQL_BYTES,
    sqlite3.SQLITE_LIMIT_COLUMN: 100,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 20,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 10_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
#: All that a query may call: none of them reaches a file, or draws at random.
ALLOWED_FUNCTIONS = frozenset(
    """
    abs acos asin atan atan2 avg ceil ceiling char coalesce concat concat_ws cos count
    cume_dist current_date current_time current_timestamp date datetime degrees
    dense_rank exp first_value floor format glob group_concat hex ifnull iif instr
    julianday lag last_value lead length like ln log log10 log2 lower max min mod
    nth_value ntile nullif octet_length percent_rank pi pow power printf quote radians
    rank replace round row_number sign sin sqrt strftime string_agg substr substring
    sum tan time timediff total trunc typeof unicode unixepoch upper
    """.split()
)
_FIRST_WORD = re.compile(r"(?:\s|--[^\n]*|/\*.*?(?:\*/|\Z))*+(\w+|.|\Z)", re.DOTALL)
_WOULD = {
    sqlite3.SQLITE_DELETE: "delete from {0}",
    sqlite3.SQLITE_INSERT: "insert into {0}",
    sqlite3.SQLITE_UPDATE: "change {0}",
    sqlite3.SQLITE_READ: "read {0}",
}
_ONE_SELECT = (
    "Allowed is one SELECT (or WITH … SELECT) over this database's own tables: "
    'run_select(connection, "SELECT name FROM products")'
)
_KNOWN_FUNCTIONS = "Allowed are the functions of safe_sql.ALLOWED_FUNCTIONS"
_SHORTER = 'Let SQL count, add up or choose: end with "LIMIT 10"'
_SIMPLER = 'Join each table on its key, as in "JOIN orders ON orders.id = order_id"'


class RefusedSql(ValueError):
    """SQL that was not run, or not to its end: why, and what is allowed."""

    def __init__(self, what, cure=_ONE_SELECT):
        super().__init__(f"This SQL {what}. {cure}.")


class Rows(list):
    """
    A list of rows, each a tuple, with the names of their columns.

    Attributes
    ----------
    columns : tuple of str

    Examples
    --------
    >>> Rows([(1, "Ada")], columns=("id", "name")).columns
    ('id', 'name')
    """

    def __init__(self, rows=(), columns=()):
        super().__init__(rows)
        self.columns = tuple(columns)


def run_select(connection, sql, *, most_rows=1000, seconds=1.0):
    """
    Run one SELECT that you did not write yourself.

    Parameters
    ----------
    connection : sqlite3.Connection
        Its limits are as before afterwards; an authorizer or a progress handler of
        your own is gone.
    sql : str
        One SELECT, or WITH … SELECT.
    most_rows : int
    seconds : float
        A query that has not ended by then, or after MOST_STEPS of SQLite's own
        instructions, is stopped.

    Returns
    -------
    Rows
        A list of tuples that knows the names of its ``columns``.

    Raises
    ------
    RefusedSql
        For anything else than one SELECT over this database's own tables, and for
        one that takes too long, or gives too many rows or too large values.
    sqlite3.Error
        SQLite's own, for a SELECT that is wrong: no such column, a syntax error.

    Examples
    --------
    >>> from bedrock_helpers.shop import open_shop
    >>> run_select(open_shop(), "SELECT COUNT(*) FROM customers WHERE city IS NULL")
    [(3,)]
    >>> run_select(open_shop(), "DROP TABLE customers")
    Traceback (most recent call last):
    bedrock_helpers.safe_sql.RefusedSql: This SQL begins with DROP. ...
    """
    _check_text(sql)
    watch = _Watch(connection, seconds)
    with _guarded(connection, watch):
        try:
            return _fetched(connection, sql, most_rows)
        except (sqlite3.Error, sqlite3.Warning, MemoryError) as error:
            raise watch.interrupted or watch.refusal(error) or error from None


def _check_text(sql):
    """What can be told before SQLite reads it."""
    if not isinstance(sql, str):
        raise TypeError(
            f"sql is a {type(sql).__name__}; it is to be a str: "
            '"SELECT name FROM products"'
        )
    data = sql.encode(errors="replace")
    if "\0" in sql or data.decode() != sql:
        raise RefusedSql("holds a character that SQLite cannot read")
    if len(data) > MOST_SQL_BYTES:
        raise RefusedSql(f"is longer than {MOST_SQL_BYTES:,} bytes")
    first = _FIRST_WORD.match(sql)[1]
    if first.upper() not in ("SELECT", "WITH"):
        shown = first.upper() if first.isalpha() else repr(first)
        raise RefusedSql(f"begins with {shown if first else 'nothing'}")


class _Watch:
    """What SQLite asks while it prepares and runs one statement."""

    def __init__(self, connection, seconds):
        listed = connection.execute(
            "SELECT name FROM main.sqlite_master WHERE type IN ('table', 'view')"
            " AND sql NOT LIKE 'CREATE VIRTUAL%'"
        )
        self._tables = {row[0] for row in listed}
        self._seconds = seconds
        self._ends = time.monotonic() + seconds
        self._looks = 0
        self._denied = None
        self._stopped = False
        self.interrupted = None

    def allows(self, action, first, second, database, _trigger):
        """SQLite's authorizer."""
        if self._is_allowed(action, first, second, database):
            return sqlite3.SQLITE_OK
        self._denied = self._denied or (action, first, second)
        return sqlite3.SQLITE_DENY

    def _is_allowed(self, action, first, second, database):
        if action == sqlite3.SQLITE_READ:
            of_no_column = second == "" and database is None  # COUNT(*) of anything
            return of_no_column or (database == "main" and first in self._tables)
        if action == sqlite3.SQLITE_FUNCTION:
            return second.lower() in ALLOWED_FUNCTIONS
        return action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE)

    def stops(self):
        """SQLite's progress handler: true to stop."""
        try:
            self._looks += 1
            steps = self._looks * _STEPS_A_LOOK
            self._stopped = steps > MOST_STEPS or time.monotonic() > self._ends
        except KeyboardInterrupt as stop:  # sqlite3 would swallow it
            self.interrupted = stop
        return self._stopped or self.interrupted is not None

    def refusal(self, error):
        """An error of SQLite as our refusal, or None: the SQL's own mistake."""
        if self._denied:
            return _denial(*self._denied)
        if self._stopped:
            steps = f"{self._seconds:g} s or {MOST_STEPS:,} steps of SQLite"
            return RefusedSql(f"was stopped: it had not ended after {steps}", _SIMPLER)
        if isinstance(error, MemoryError):
            return RefusedSql("needs more memory than it may have", _SIMPLER)
        if "too big" in str(error):
            size = f"{MOST_VALUE_BYTES:,} bytes"
            return RefusedSql(f"makes a value of more than {size}", _SHORTER)
        if "one statement" in str(error):
            return RefusedSql("has more than one statement")
        return None


def _denial(action, first, second):
    if action == sqlite3.SQLITE_FUNCTION:
        return RefusedSql(f"would call {second}()", _KNOWN_FUNCTIONS)
    if action == sqlite3.SQLITE_UPDATE and first.startswith("sqlite_"):
        # SQLite asks so when it meets json_each or pragma_table_info as a table.
        return RefusedSql("would read a function as a table")
    return RefusedSql(f"would {_WOULD.get(action, 'do more than read')}".format(first))


@contextmanager
def _guarded(connection, watch):
    was = connection.execute("PRAGMA query_only").fetchone()[0]
    limits = {limit: connection.getlimit(limit) for limit in _LIMITS}
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute(f"PRAGMA hard_heap_limit = {MOST_MEMORY_BYTES}")
        for limit, value in limits.items():
            connection.setlimit(limit, min(value, _LIMITS[limit]))
        connection.set_authorizer(watch.allows)
        connection.set_progress_handler(watch.stops, _STEPS_A_LOOK)
        yield
    finally:
        connection.set_progress_handler(None, 0)
        connection.set_authorizer(None)
        for limit, value in limits.items():
            connection.setlimit(limit, value)
        connection.execute(f"PRAGMA query_only = {was:d}")


def _fetched(connection, sql, most_rows):
    with closing(connection.cursor()) as cursor:
        cursor.row_factory = None
        cursor.execute(sql)
        rows, size = Rows(columns=[column[0] for column in cursor.description]), 0
        for row in cursor:
            rows.append(row)
            size += sum(len(v) if isinstance(v, str | bytes) else 8 for v in row)
            if len(rows) > most_rows:
                raise RefusedSql(f"gives more than {most_rows:,} rows", _SHORTER)
            if size > MOST_RESULT_BYTES:
                size = f"{MOST_RESULT_BYTES:,} bytes"
                raise RefusedSql(f"gives more than {size} of rows", _SHORTER)
    return rows
