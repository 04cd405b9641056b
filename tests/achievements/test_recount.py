"""Whatever happens in whatever order, the counting and the history agree."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from achievements.models import Definition, HeardFact, Standing
from achievements.services import corrections, counting
from tests.achievements.conftest import at, ended, refund, roll, song, started, viewer
from twitch.models import Viewer

pytestmark = pytest.mark.django_db

minutes = st.integers(0, 60)
people = st.integers(1, 3)
Happening = tuple[str, int, int]
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("song"), people, minutes),
        st.tuples(st.just("refunded song"), people, minutes),
        st.tuples(st.just("close roll"), people, minutes),
        st.tuples(st.just("far roll"), people, minutes),
        st.tuples(st.just("win"), people, minutes),
    ),
    max_size=12,
    unique=True,
)
streams = st.lists(minutes, max_size=4, unique=True).map(sorted)


def facts(happenings: list[Happening], streams: list[int]) -> list[Any]:
    """Return the facts of an evening in the order of time; streams begin and end in turn."""
    told: list[tuple[float, Any]] = []
    for what, person, minute in happenings:
        who = Viewer(id=str(person), display_name=f"Viewer {person}")
        if what.endswith("song"):
            request = song(who, minute, f"{what} {person} {minute}")
            told.append((minute, request))
            if what.startswith("refunded"):
                told.append((minute + 3, refund(request, minute + 3)))
        else:
            distance = {"close roll": 1 + minute, "far roll": 500 - minute, "win": 0}[what]
            told.append((minute, roll(who, minute, distance, f"{what} {person} {minute}")))
    for number, minute in enumerate(streams):
        if number % 2 == 0:
            told.append((minute, started(number, minute)))
        else:
            told.append((minute, ended(number - 1, streams[number - 1], minute)))
    return [fact for _, fact in sorted(told, key=lambda pair: pair[0])]


def standings() -> set[tuple[Any, ...]]:
    rows = Standing.objects.exclude(progress=0, earned_at=None)
    return {(row.definition_id, row.viewer_id, row.session_id, row.state) for row in rows}


def outcome(told: list[Any]) -> tuple[set[tuple[Any, ...]], list[Any]]:
    """Return the standings after hearing these facts in this order, and where they are wrong."""
    with transaction.atomic():
        for number in (1, 2, 3):
            viewer(number, f"Viewer{number}")
        Definition.objects.create(
            key="streaker",
            name="Streaker",
            fact="raffle.RollMade",
            counter="streak",
            threshold=2,
            condition={"is_win": False},
            applied_at=at(0),
        )
        Definition.objects.create(
            key="best_of_stream",
            name="Best of the stream",
            fact="raffle.RollMade",
            counter="record",
            measure="distance",
            scope="session",
            applied_at=at(0),
        )
        for fact in told:
            counting.hear(fact)
        result = standings(), corrections.differences()
        transaction.set_rollback(True)
    return result


@settings(max_examples=15, deadline=None)
@given(st.data(), happenings, streams)
def test_every_order_of_hearing_leads_to_the_same_standings(
    data: st.DataObject, happenings: list[Happening], streams: list[int]
) -> None:
    in_order = facts(happenings, streams)
    shuffled = data.draw(st.permutations(in_order))
    again = data.draw(st.lists(st.sampled_from(in_order), max_size=5)) if in_order else []
    expected, wrong = outcome(in_order)
    assert wrong == []
    assert outcome([*shuffled, *again]) == (expected, [])


def test_a_reset_is_obeyed_by_every_recount() -> None:
    ann, bob = viewer(1, "Ann"), viewer(2, "Bob")
    for fact in (song(ann, 1), song(ann, 2), roll(bob, 3, 9), roll(ann, 4, 5)):
        counting.hear(fact)
    who = {"actor": None, "actor_name": "a test"}
    earned = corrections.reset(ann, list(Definition.objects.all()), now=at(5), **who)
    assert earned == 4
    assert not Standing.objects.filter(viewer=ann).exclude(progress=0).exists()
    record = Standing.objects.held().get(definition="closest_ever")
    assert record.viewer == bob
    assert corrections.recount(None, **who) == []
    # What was made before the reset and is heard after it is forgotten, too.
    counting.hear(song(ann, 4.5))
    counting.hear(song(ann, 6))
    assert Standing.objects.get(viewer=ann, definition="request_10").progress == 1
    assert corrections.differences() == []
    assert HeardFact.objects.filter(viewer=ann).count() == 6
