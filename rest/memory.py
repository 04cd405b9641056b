"""Statistics that anybody may ask for are counted once a minute, however many ask."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.core.cache import cache

log = structlog.get_logger(__name__)

LASTS_SECONDS = 60
# The headers of an answer that may be as old.
FOR_A_MINUTE = {"Cache-Control": f"public, max-age={LASTS_SECONDS}"}

Row = dict[str, Any]
# What a row holds: each name, and the types of its value in JSON.
Shape = Mapping[str, type | tuple[type, ...]]


def remembered(key: str, shape: Shape, count: Callable[[], list[Row]]) -> list[Row]:
    """Return what was counted within the last minute; without a cache it is counted anew.

    Rows are of JSON's types only. What is not of that shape, as after an update, is forgotten.
    """
    try:
        known = cache.get(key)
        if known is not None:
            if (rows := _read(known, shape)) is not None:
                return rows
            log.warning("rest.memory_corrupt", key=key)
            cache.delete(key)
    except Exception as error:
        # Whatever the cache has or does not have, the figures are in the tables.
        log.warning("rest.no_cache", error=type(error).__name__)
    rows = count()
    try:
        cache.set(key, json.dumps(rows), LASTS_SECONDS)
    except Exception as error:
        log.warning("rest.no_cache", error=type(error).__name__)
    return rows


def _read(known: object, shape: Shape) -> list[Row] | None:
    """Return the rows that were remembered; None for anything else."""
    try:
        rows = json.loads(known) if isinstance(known, str) else None
    except ValueError:
        return None
    if not isinstance(rows, list):
        return None
    is_good = all(
        isinstance(row, dict)
        and row.keys() == shape.keys()
        and all(isinstance(row[name], kind) for name, kind in shape.items())
        for row in rows
    )
    return rows if is_good else None
