"""A worker is killed at every moment of every step, on the way forward and on the way back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from sagas.flow import NO_RETURN, Call
from tests.sagas.driving import effects_of, journal_of, marks_of, run_of, send
from tests.sagas.sample import outside
from tests.sagas.sample.models import Parcel
from tests.sagas.sample.sagas import parcel as saga
from tests.sagas.workers import wait_until_over, workers

pytestmark = [pytest.mark.chaos, pytest.mark.django_db]

MOMENTS = ("before", "inside", "recorded")
STEPS = [name for name in saga.plan if name != NO_RETURN]
REFUSING = "pack"
UNDONE = [name for name in STEPS[: STEPS.index(REFUSING) + 1] if saga.step(name).undo]
FORWARD = [(step, moment) for step in STEPS for moment in MOMENTS]
BACK = [
    (step, moment)
    for step in (*(f"undo_{name}" for name in UNDONE), "apologise")
    for moment in MOMENTS
]


@dataclass
class End:
    """What became of a parcel."""

    status: str
    code: str
    journal: list[tuple[str, str]]
    effects: Counter[str]
    marks: Counter[str]
    parcel: Parcel
    deaths: int


def _end(parcel: Parcel) -> End:
    run = run_of(parcel)
    parcel.refresh_from_db()
    return End(
        run.status,
        run.code,
        journal_of(parcel),
        effects_of(parcel),
        marks_of(parcel),
        parcel,
        outside.times(parcel.pk, "killed"),
    )


@pytest.fixture(scope="module")
def ends(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[tuple[str, str], End]]:
    """Every scene, played at once by one pair of worker processes."""
    log: Path = tmp_path_factory.mktemp("kills") / "worker.log"
    with django_db_blocker.unblock():
        try:
            with workers(log):
                scenes = {
                    **{scene: send(kill=scene) for scene in FORWARD},
                    **{scene: send(kill=scene, **{REFUSING: ["refuse"]}) for scene in BACK},
                }
                wait_until_over(log)
            yield {scene: _end(parcel) for scene, parcel in scenes.items()}
        finally:
            outside.leave()
            with connection.cursor() as cursor:
                cursor.execute(
                    "TRUNCATE sagas_run, sagas_outcome, sagas_action, sagas_event,"
                    " sample_parcel, sample_mark, sample_effect"
                )


@pytest.mark.parametrize(("step", "moment"), FORWARD)
def test_a_killed_step_is_done_once_or_seen(
    ends: dict[tuple[str, str], End], step: str, moment: str
) -> None:
    end = ends[step, moment]
    kind = saga.step(step)
    if_unsure = kind.if_unsure if isinstance(kind, Call) else "repeat"
    happened = end.effects[step]

    assert end.deaths == 1
    if if_unsure == "stop" and moment != "recorded":
        assert (end.status, end.code) == ("stuck", "unsure")
        assert happened == (moment == "inside")
        return
    assert end.status == "completed"
    assert {name for name, count in end.marks.items() if count != 1} == set()
    assert set(end.marks) == {name for name in STEPS if not isinstance(saga.step(name), Call)}
    done = [name for name, result in end.journal if result == "done"]
    if if_unsure == "skip" and moment != "recorded":
        assert (step, "unsure") in end.journal
        assert happened == (moment == "inside")
        assert done == [name for name in STEPS if name != step]
    else:
        assert done == STEPS
        assert 1 <= happened <= 2
        if if_unsure != "repeat":
            assert happened == 1
    assert all(end.effects[name] == 1 for name in STEPS if name != step)
    assert (end.parcel.weighed, end.parcel.paid, end.parcel.packed) == ("3 kg", "5", "yes")
    assert end.parcel.notes == ["garnished"]


@pytest.mark.parametrize(("step", "moment"), BACK)
def test_a_killed_undo_is_done_again(
    ends: dict[tuple[str, str], End], step: str, moment: str
) -> None:
    end = ends[step, moment]

    assert end.deaths == 1
    assert (end.status, end.code) == ("compensated", "no_room")
    undone = [name for name, result in end.journal if result == "undone"]
    assert undone == list(reversed(UNDONE))
    for name in UNDONE:
        again = step == f"undo_{name}" and moment == "inside"
        assert end.effects[f"undo_{name}"] == (2 if again else 1)
    told = 0 if (step, moment) == ("apologise", "before") else 1
    assert end.effects["apologise"] == told
    assert end.parcel.paid == "back"
    assert end.marks == {"weigh": 1, "garnish": 1}
