"""The outside world: a table behind a connection of its own, so that effects outlive every crash."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

import psycopg
from django.db import connection


def happen(parcel_id: int, what: str) -> None:
    _world().execute(
        "INSERT INTO sample_effect (parcel_id, what) VALUES (%s, %s)", [parcel_id, what]
    )


def times(parcel_id: int, what: str) -> int:
    row = _world().execute(
        "SELECT count(*) FROM sample_effect WHERE parcel_id = %s AND what = %s", [parcel_id, what]
    )
    return int((row.fetchone() or (0,))[0])


def leave() -> None:
    """Close this process's connection to the outside world."""
    if _connected.cache_info().currsize:
        _world().close()
        _connected.cache_clear()


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
