"""Whatever curators do, and in what order: a roster is whole, or there is none."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from sagas.flow import Refused
from tests.backstage import at_once
from tests.tournaments.curating import NOON, selecting
from tournaments.models import Participant, Registration, Tournament
from tournaments.rules import selection
from tournaments.rules.formats import format_of
from tournaments.services import registrations
from tournaments.services.curation import draft, lots, publishing, seeds, waiting
from tournaments.services.curation.draft import Marks

Status = Registration.Status
PLACES = 12
Move = Callable[[Tournament, random.Random], object]


def some(tournament: Tournament, chance: random.Random) -> Registration:
    return chance.choice(list(tournament.registrations.select_related("viewer")))


def mark(tournament: Tournament, chance: random.Random) -> None:
    what = chance.choice(["is_chosen", "is_pinned", "is_passed_over"])
    marks = Marks(**{what: chance.random() < 0.7})
    draft.mark(tournament.pk, [some(tournament, chance).pk], marks, now=NOON)


def move_seed(tournament: Tournament, chance: random.Random) -> None:
    one = some(tournament, chance)
    seeds.place(tournament.pk, one.pk, chance.randint(1, PLACES), now=NOON)


def withdraw(tournament: Tournament, chance: random.Random) -> None:
    registrations.withdraw(tournament.pk, some(tournament, chance).viewer, now=NOON)


def replace(tournament: Tournament, chance: random.Random) -> None:
    there = list(tournament.participants.all())
    if there:
        away = [player for player in there if player.withdrawn_at]
        waiting.replace(chance.choice(away or there).pk, by="lea", now=NOON)


MOVES: list[Move] = [
    *[mark] * 8,
    move_seed,
    withdraw,
    replace,
    replace,
    lambda tournament, _: lots.fill(tournament.pk, by="lea", now=NOON),
    lambda tournament, _: draft.clear(tournament.pk, only_lots=True, now=NOON),
    lambda tournament, _: seeds.arrange(tournament.pk, seeds.By.LOT, by="lea", now=NOON),
    lambda tournament, _: publishing.publish(tournament.pk, by="lea", now=NOON),
    lambda tournament, _: publishing.take_back(tournament.pk, by="lea", now=NOON),
]


def check(tournament: Tournament) -> None:
    """Assert what always holds."""
    there = list(tournament.registrations.all())
    players = list(tournament.participants.order_by("seed"))
    chosen = [it for it in there if it.is_chosen]
    assert len(chosen) <= PLACES
    assert all((it.seed is not None) == it.is_chosen for it in there)
    assert all(not (it.is_passed_over and it.is_chosen) for it in there)
    assert all(it.status != Status.WITHDRAWN or not it.is_chosen for it in there)
    places = sorted(it.waiting_place for it in there if it.waiting_place)
    assert places == list(range(1, len(places) + 1))
    if tournament.published_at is None:
        assert players == []
        assert {it.status for it in there} <= {Status.PENDING, Status.WITHDRAWN}
        return
    form = format_of(len(players))
    assert [player.seed for player in players] == list(range(1, len(players) + 1))
    assert [player.pot for player in players] == [
        selection.pot(player.seed, form) for player in players
    ]
    playing = {player.viewer_id for player in players if player.withdrawn_at is None}
    assert playing == {it.viewer_id for it in there if it.status == Status.CONFIRMED}
    assert tournament.standings.count() == len(players)
    assert not any(it.status == Status.PENDING for it in there)


@pytest.mark.parametrize("number", range(12))
def test_a_roster_is_always_whole(db: None, number: int) -> None:
    chance = random.Random(number)
    tournament = selecting(24, max_participants=PLACES)
    if number % 2:
        lots.fill(tournament.pk, by="lea", now=NOON)
        publishing.publish(tournament.pk, by="lea", now=NOON)
    for _ in range(60):
        with suppress(Refused):
            chance.choice(MOVES)(tournament, chance)
        tournament.refresh_from_db()
        check(tournament)


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_publish_once() -> None:
    tournament = selecting(20, max_participants=8)
    lots.fill(tournament.pk, by="lea", now=NOON)
    results = at_once(4, lambda: publishing.publish(tournament.pk, by="lea", now=NOON))
    assert sum(isinstance(result, list) for result in results) == 1
    assert all(isinstance(result, (list, Refused)) for result in results), results
    assert Participant.objects.count() == 8


@pytest.mark.django_db(transaction=True)
def test_a_place_is_given_to_one_of_those_who_wait() -> None:
    tournament = selecting(20, max_participants=8)
    lots.fill(tournament.pk, by="lea", now=NOON)
    players = publishing.publish(tournament.pk, by="lea", now=NOON)
    left = [player.pk for player in players[:4]]
    results = at_once(4, lambda: waiting.replace(left.pop(), by="lea", now=NOON))
    taken = [result for result in results if isinstance(result, Participant)]
    assert taken
    assert len({player.viewer_id for player in taken}) == len(taken)
    assert all(isinstance(result, (Participant, Refused)) for result in results), results
    tournament.refresh_from_db()
    check_places(tournament)


def check_places(tournament: Tournament) -> None:
    places = list(waiting.waiting_list(tournament).values_list("waiting_place", flat=True))
    assert places == list(range(1, len(places) + 1))
