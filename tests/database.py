"""Making the database after a test what it was before, in some milliseconds.

Django's own way truncates every table and then does all that follows a migration once more, which
takes longer than most tests.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import TransactionTestCase

_KEPT = "as_migrated"


def keep_what_is_there() -> None:
    """Remember what is in the tables now, and have every test leave them so."""
    with connection.cursor() as cursor:
        tables = [
            connection.ops.quote_name(table)
            for table in connection.introspection.table_names(cursor)
            if table != "django_migrations"
        ]
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {_KEPT}")
        restore = _emptying(cursor, tables)
        for table in tables:
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")
            if cursor.fetchone() == (True,):
                cursor.execute(f"DROP TABLE IF EXISTS {_KEPT}.{table}")
                cursor.execute(f"CREATE TABLE {_KEPT}.{table} AS TABLE {table}")
                restore.append(f"INSERT INTO {table} SELECT * FROM {_KEPT}.{table}")
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {_KEPT}.restore() RETURNS void LANGUAGE plpgsql AS"
            f" $$ BEGIN {'; '.join(restore)}; END $$"
        )
    TransactionTestCase._fixture_teardown = _restore  # type: ignore[method-assign]


def _emptying(cursor: Any, tables: list[str]) -> list[str]:
    """Return what empties the tables, past the triggers that guard some of them."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if cursor.fetchone() != (True,):
        return [f"TRUNCATE {', '.join(tables)}"]
    # Tables are small, and most of them empty: to truncate them all takes longer.
    return [
        "SET LOCAL session_replication_role = replica",
        *(f"DELETE FROM {table}" for table in tables),
    ]


def _restore(_test: Any) -> None:
    if connection.connection is not None and not connection.is_usable():
        # The test took it away, with the server or alone.
        connection.close()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_KEPT}.restore()")
