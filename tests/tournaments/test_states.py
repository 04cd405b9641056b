"""The way of a tournament: what it needs, what it leaves behind."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from sagas.flow import Refused
from sagas.models import Event
from tournaments.models import Drawing, Registration, Tournament
from tournaments.rules import states
from tournaments.services import creation, steps
from tournaments.services.states import NoWay, move
from twitch.models import Viewer

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
OPEN, CLOSED = states.REGISTRATION_OPEN, states.REGISTRATION_CLOSED


@pytest.fixture
def cup(db: None) -> Tournament:
    return creation.create({"name": "Spring cup"}, by="lea", now=NOON)


def go(tournament: Tournament, *way: str) -> Tournament:
    for to in way:
        tournament = move(tournament.pk, to, by="lea", now=NOON)
    return tournament


def register(tournament: Tournament, number: int) -> None:
    viewers = Viewer.objects.bulk_create(
        Viewer(id=str(3000 + n), login=f"v{n}", display_name=f"V{n}") for n in range(number)
    )
    Registration.objects.bulk_create(
        Registration(tournament=tournament, viewer=viewer, registered_at=NOON) for viewer in viewers
    )


def test_a_new_tournament_has_committed_to_all_its_draws(cup: Tournament) -> None:
    drawings = cup.drawings.all()
    assert {drawing.purpose for drawing in drawings} == set(Drawing.Purpose.values)
    assert all(
        hashlib.sha256(bytes.fromhex(drawing.secret)).hexdigest() == drawing.commitment
        for drawing in drawings
    )


@pytest.mark.parametrize(
    ("settings", "code"),
    [({"max_participants": 35}, "no_format"), ({"matches_per_player": 7}, "no_format")],
)
def test_a_size_without_a_format_is_refused(db: None, settings: dict[str, int], code: str) -> None:
    with pytest.raises(Refused) as refused:
        creation.create({"name": "Cup", **settings}, by="lea", now=NOON)
    assert refused.value.code == code


@pytest.mark.parametrize("settings", [{"name": "  "}, {"name": "A", "max_participants": 66}])
def test_senseless_settings_are_refused(db: None, settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        creation.create(settings, by="lea", now=NOON)


def test_each_step_is_in_the_diary_and_announced(cup: Tournament) -> None:
    revision = cup.revision
    moved = go(cup, OPEN, CLOSED, OPEN)
    assert moved.status == OPEN
    assert moved.revision == revision + 3
    verbs = list(cup.changes.order_by("id").values_list("verb", flat=True))
    assert verbs == [
        "created",
        "opened_registration",
        "closed_registration",
        "reopened_registration",
    ]
    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == [
        "tournaments.RegistrationOpened",
        "tournaments.RegistrationClosed",
        "tournaments.RegistrationOpened",
    ]


def test_a_step_that_was_taken_is_not_taken_again(cup: Tournament) -> None:
    go(cup, OPEN, OPEN)
    assert cup.changes.filter(verb="opened_registration").count() == 1


def test_there_is_no_way_around(cup: Tournament) -> None:
    for to in (CLOSED, "AWAITING_SELECTION", "LEAGUE_PHASE", "KNOCKOUTS", "COMPLETED"):
        with pytest.raises(NoWay):
            go(cup, to)


def test_eight_are_needed_for_a_selection(cup: Tournament) -> None:
    go(cup, OPEN, CLOSED)
    register(cup, 7)
    with pytest.raises(Refused) as refused:
        go(cup, "AWAITING_SELECTION")
    assert refused.value.code == "too_few_registered"
    assert Tournament.objects.get().status == CLOSED


def test_nothing_is_drawn_without_a_roster(cup: Tournament) -> None:
    register(cup, 8)
    go(cup, OPEN, CLOSED, "AWAITING_SELECTION")
    with pytest.raises(Refused) as refused:
        go(cup, "LEAGUE_PHASE")
    assert refused.value.code == "not_published"
    cup.refresh_from_db()
    cup.published_at = NOON
    cup.save()
    with pytest.raises(Refused) as refused:
        go(cup, "LEAGUE_PHASE")
    assert refused.value.code == "not_drawn"


def test_what_a_draw_leads_to_is_not_set_by_hand(cup: Tournament) -> None:
    register(cup, 8)
    go(cup, OPEN, CLOSED, "AWAITING_SELECTION")
    with pytest.raises(steps.NotByHand):
        steps.take(cup.pk, "LEAGUE_PHASE", by="lea", now=NOON)


def test_a_tournament_can_be_called_off_until_its_end(cup: Tournament) -> None:
    steps.take(cup.pk, "CANCELLED", by="lea", now=NOON, reason="Too few")
    event = Event.objects.get(kind="tournaments.TournamentCancelled")
    assert event.payload["reason"] == "Too few"
    with pytest.raises(NoWay):
        steps.take(cup.pk, OPEN, by="lea", now=NOON)


def test_the_clock_opens_and_closes(cup: Tournament) -> None:
    creation.change(
        cup.pk,
        {
            "registration_opens_at": NOON + timedelta(hours=1),
            "registration_closes_at": NOON + timedelta(hours=2),
        },
        by="lea",
        now=NOON,
    )
    assert steps.keep_time(NOON) == 0
    assert steps.keep_time(NOON + timedelta(hours=1)) == 1
    assert Tournament.objects.get().status == OPEN
    assert steps.keep_time(NOON + timedelta(hours=2)) == 1
    assert Tournament.objects.get().status == CLOSED
    assert cup.changes.get(verb="closed_registration").by == ""


def test_the_clock_does_not_open_what_it_would_close(cup: Tournament) -> None:
    times = {
        "registration_opens_at": NOON - timedelta(hours=2),
        "registration_closes_at": NOON - timedelta(hours=1),
    }
    creation.change(cup.pk, times, by="lea", now=NOON)
    assert steps.keep_time(NOON) == 0
    with pytest.raises(Refused) as refused:
        go(cup, OPEN)
    assert refused.value.code == "closing_time_past"


def test_changed_settings_are_in_the_diary(cup: Tournament) -> None:
    creation.change(cup.pk, {"max_participants": 24, "name": "Spring cup"}, by="lea", now=NOON)
    change = cup.changes.get(verb="changed_settings")
    assert change.details == {"max_participants": {"from": 36, "to": 24}}
    creation.change(cup.pk, {"max_participants": 24}, by="lea", now=NOON)
    assert cup.changes.filter(verb="changed_settings").count() == 1


def test_the_size_is_fixed_once_the_roster_is_published(cup: Tournament) -> None:
    Tournament.objects.update(published_at=NOON)
    with pytest.raises(Refused) as refused:
        creation.change(cup.pk, {"max_participants": 24}, by="lea", now=NOON)
    assert refused.value.code == "setting_fixed"
    creation.change(cup.pk, {"semi_final_legs": 1}, by="lea", now=NOON)
    Tournament.objects.update(status="LEAGUE_PHASE")
    with pytest.raises(Refused):
        creation.change(cup.pk, {"semi_final_legs": 2}, by="lea", now=NOON)
