"""Telling what many change at once: a few times a second, however many they are.

The first change asks the worker for a telling a moment later; that one serves all the others that
are committed meanwhile. Without a broker it is told with the next change.
"""

from __future__ import annotations

from functools import partial

import structlog
from celery import current_app
from django.core.cache import cache
from django.db import transaction

log = structlog.get_logger(__name__)

PAUSE = 0.25
# A task that nobody has taken for so long counts as lost.
UNHEARD_FOR = 2


def soon(task: str, subject_id: str) -> None:
    """Have the task run for this subject within a moment of the caller's commit."""
    transaction.on_commit(partial(_ask, task, subject_id), robust=True)


def begin(task: str, subject_id: str) -> None:
    """Let the next change ask again: to be called by the task before it looks at what there is."""
    cache.delete(_key(task, subject_id))


def _ask(task: str, subject_id: str) -> None:
    try:
        if cache.add(_key(task, subject_id), 1, UNHEARD_FOR):
            current_app.send_task(
                task, [subject_id], countdown=PAUSE, ignore_result=True, retry=False
            )
    except Exception as error:
        log.warning("tournaments.telling_not_asked_for", task=task, error=type(error).__name__)


def _key(task: str, subject_id: str) -> str:
    return f"{task}:{subject_id}"
