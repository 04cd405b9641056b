"""Losing a worker at a moment of one's choice, and having another take over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any

import pytest

from sagas import journal
from sagas.flow import Saga, Step
from tests.sagas.driving import lead

MOMENTS = ("before", "after")


class Lost(BaseException):
    """The worker is gone."""


@contextmanager
def lost_at(saga: Saga[Any], name: str, moment: str, *, undo: bool = False) -> Iterator[None]:
    """Lose the worker once, before or after this step's (or its undo's) work."""
    step: Step[Any] = saga._steps[name]
    work = step.undo if undo else step.do
    assert work is not None
    left = [1]

    @wraps(work)
    def lose(row: Any) -> None:
        if moment == "before" and left:
            left.pop()
            raise Lost
        work(row)
        if left:
            left.pop()
            raise Lost

    changed: Any = {"undo": lose} if undo else {"do": lose}
    saga._steps[name] = replace(step, **changed)
    try:
        yield
    finally:
        saga._steps[name] = step
    assert not left, "The worker was not lost."


def lead_over_a_loss() -> None:
    """Lead until the worker is lost, and let another take over."""
    with pytest.raises(Lost):
        lead()
    journal.release_own()
