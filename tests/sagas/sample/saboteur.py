"""Kills its own process, once for each parcel, at the moment that the parcel's script names.

The moments of a step are `before` it has done anything, `inside` when its effect is there, and
`recorded` when its outcome is written (by a Step: not committed yet).
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from tests.sagas.sample import outside
from tests.sagas.sample.models import Parcel

_current: list[Any] = [None, ""]


def reached(parcel: Parcel, step: str, moment: str) -> None:
    """Die here if the script says so."""
    _current[:] = [parcel, step]
    if parcel.script.get("kill") != [step, moment]:
        return
    if outside.times(parcel.pk, "killed") < parcel.script.get("deaths", 1):
        outside.happen(parcel.pk, "killed")
        os.kill(os.getpid(), signal.SIGKILL)


def watch() -> None:
    """Look at every statement of this process, to know when an outcome was written."""

    def attach(connection: BaseDatabaseWrapper, **_: Any) -> None:
        if _notice not in connection.execute_wrappers:
            connection.execute_wrappers.append(_notice)

    connection_created.connect(attach, weak=False)


def _notice(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    result = execute(sql, params, many, context)
    parcel, step = _current
    if parcel is not None and "INSERT INTO sagas_outcome" in sql:
        _current[:] = [None, ""]
        reached(parcel, step, "recorded")
    return result
