"""Five steps that do nothing but keep a small result."""

from __future__ import annotations

from bench.fivesteps.models import Work
from sagas.flow import Saga, Step


def first(work: Work) -> None:
    work.first = {"step": 1}


def second(work: Work) -> None:
    work.second = {"step": 2}


def third(work: Work) -> None:
    work.third = {"step": 3}


def fourth(work: Work) -> None:
    work.fourth = {"step": 4}


def fifth(work: Work) -> None:
    work.fifth = {"step": 5}


five_steps = Saga(
    "bench.five_steps",
    Work,
    Step(first),
    Step(second),
    Step(third),
    Step(fourth),
    Step(fifth),
)
