"""The outside world: a table behind a connection of its own, so that effects outlive crashes."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

import psycopg
from django.db import connection

from sagas.flow import Unsure


def happen(parcel_id: int, what: str) -> None:
    """Let something happen; raises Unsure when it cannot be told whether it did."""
    _ask("INSERT INTO sample_effect (parcel_id, what) VALUES (%s, %s) RETURNING 1", parcel_id, what)


def times(parcel_id: int, what: str) -> int:
    """Return how often that happened."""
    return _ask(
        "SELECT count(*) FROM sample_effect WHERE parcel_id = %s AND what = %s", parcel_id, what
    )


def cut(backend: int) -> None:
    """End another connection to the database, as an operator would."""
    _ask("SELECT 1 FROM pg_terminate_backend(%s, 5000)", backend)


def leave() -> None:
    """Close this process's connection to the outside world."""
    if _connected.cache_info().currsize:
        _world().close()
        _connected.cache_clear()


def _ask(sql: str, *parameters: object) -> int:
    try:
        row = _world().execute(sql, parameters).fetchone()
    except psycopg.OperationalError as error:
        raise Unsure("The world went away.") from error
    return int(row[0]) if row else 0


def _world() -> psycopg.Connection[Any]:
    parameters = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    target = tuple((name, str(parameters[name])) for name in names if parameters.get(name))
    world = _connected(os.getpid(), target)
    if world.closed:
        _connected.cache_clear()
        world = _connected(os.getpid(), target)
    return world


@lru_cache(maxsize=1)
def _connected(_pid: int, target: tuple[tuple[str, str], ...]) -> psycopg.Connection[Any]:
    return psycopg.connect(**dict(target), autocommit=True)  # type: ignore[arg-type]
