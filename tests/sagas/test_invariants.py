"""Whatever steps and undos do, in whatever order: the engine ends as a small model says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sagas.back import UNDO_TRIES
from sagas.flow import NO_RETURN, Call
from tests.sagas.driving import effects_of, journal_of, lead_on, marks_of, run_of, send
from tests.sagas.sample.sagas import parcel as saga

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = (
    *("ok", "fail", "late_fail", "refuse", "late_refuse", "unsure", "late_unsure"),
    *("wait", "not_done", "late_bug"),
)
UNDO_WORDS = ("ok", "fail", "late_fail", "refuse", "wait")
STEPS = [name for name in saga.plan if name != NO_RETURN]
UNDOS = [name for name in STEPS if saga.step(name).undo]

scripts = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.lists(st.sampled_from(WORDS), min_size=1, max_size=4) for name in STEPS},
        **{
            f"undo_{name}": st.lists(st.sampled_from(UNDO_WORDS), min_size=1, max_size=3)
            for name in UNDOS
        },
    },
)


def expected(script: dict[str, list[str]]) -> tuple[str, str, int]:
    """Return (status, code, position in the plan of the step where it turned or stuck)."""
    for position, name in enumerate(saga.plan):
        if name == NO_RETURN:
            continue
        end = _step(name, script.get(name, []), past=NO_RETURN in saga.plan[:position])
        if end == "back":
            failed = any(
                "refuse" in _tries(script.get(f"undo_{step}", [])) for step in _undone(position)
            )
            return ("stuck", "undo_failed", position) if failed else ("compensated", "", position)
        if end:
            return "stuck", end, position
    return "completed", "", len(saga.plan)


def _undone(position: int) -> list[str]:
    return [name for name in saga.plan[: position + 1] if name in UNDOS]


def _tries(words: list[str]) -> list[str]:
    """Return the words up to and with the one that decides an undo."""
    for index, word in enumerate(words):
        if word in ("ok", "refuse"):
            return words[: index + 1]
    return words


def _step(name: str, words: list[str], past: bool) -> str:
    """Return how a step ends: "" to go on, "back", or the code of the stuck run."""
    step = saga.step(name)
    if_unsure = step.if_unsure if isinstance(step, Call) else "repeat"
    tries = 0
    for word in [*words, "ok"]:
        what = word.removeprefix("late_")
        if what == "ok":
            return ""
        if what == "wait":
            continue
        unsure = what == "unsure"
        if if_unsure != "repeat":
            unsure = what not in ("refuse", "not_done")
        if unsure and if_unsure == "skip":
            return ""
        tries += 1
        final = what == "refuse" or (unsure and if_unsure == "stop")
        if not final and tries < step.tries:
            continue
        if step.best_effort:
            return ""
        return "unsure" if unsure else "past_return" if past else "back"
    raise AssertionError(words)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(script=scripts)
def test_every_run_ends_as_the_model_says(script: dict[str, Any]) -> None:
    status, code, position = expected(script)

    parcel = send(**script)
    lead_on(patience=UNDO_TRIES + 60)

    run, journal, effects, marks = (
        run_of(parcel),
        journal_of(parcel),
        effects_of(parcel),
        marks_of(parcel),
    )
    assert run.status == status
    if status == "stuck":
        assert run.code == code
    done = [step for step, result in journal if result == "done" and step in STEPS]
    assert len(done) == len(set(done)), "a step is done once"
    assert done == [step for step in STEPS if step in done], "in order"
    assert not set(done) & set(saga.plan[position:]), "and none behind where it turned"
    assert all(count == 1 for count in marks.values()), "a step of ours takes effect once"
    assert set(marks) == {name for name in done if not isinstance(saga.step(name), Call)}
    assert effects["pay"] <= 1 + sum(word == "late_refuse" for word in script.get("pay", [])), (
        "a call that must not be repeated is not"
    )
    undone = [step for step, result in journal if result == "undone"]
    if code == "undo_failed" or status == "compensated":
        assert set(undone) | set(run.undo_failed) == set(_undone(position))
        assert effects["apologise"] == (status == "compensated")
    else:
        assert not undone
        assert not any(name.startswith("undo") for name in effects)
    assert run.owner == ""
    assert run.due_at is None
