"""The ceremony: the server's clock says what is shown, and nothing else is known before."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from sagas.flow import Refused
from tests.tournaments.cups import NOW, cup
from tournaments.models import Drawing, Tournament
from tournaments.services import drawing, reading
from tournaments.services.drawing import Verb

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn() -> Tournament:
    made = cup(12)
    drawing.run_league_draw(made.pk, by="lea", now=NOW, ceremony=True)
    made.refresh_from_db()
    return made


def at(seconds: float) -> Any:
    return NOW + timedelta(seconds=seconds)


def direct(tournament: Tournament, verb: Verb, seconds: float, **more: Any) -> Drawing:
    return drawing.control(tournament.pk, verb, by="lea", now=at(seconds), **more)


def seen(tournament: Tournament, seconds: float) -> int:
    tournament.refresh_from_db()
    document = drawing.document(tournament, at(seconds))
    assert len(document["shown"]) == document["ceremony"]["shown"]
    return len(document["shown"])


def test_nothing_is_shown_before_it_begins(drawn: Tournament) -> None:
    assert seen(drawn, 100) == 0


def test_one_player_after_another_is_shown_by_the_clock(drawn: Tournament) -> None:
    direct(drawn, Verb.START, 0)
    assert [seen(drawn, second) for second in (0, 5.9, 6, 17.9, 18, 1000)] == [1, 1, 2, 3, 4, 12]


def test_a_pause_holds_it_and_a_start_goes_on(drawn: Tournament) -> None:
    direct(drawn, Verb.START, 0)
    direct(drawn, Verb.PAUSE, 13)
    assert seen(drawn, 500) == 3
    direct(drawn, Verb.START, 500)
    assert [seen(drawn, second) for second in (500, 505, 506)] == [3, 3, 4]


def test_a_step_shows_the_next_and_pressed_twice_only_one(drawn: Tournament) -> None:
    direct(drawn, Verb.STEP, 0, seen=0)
    direct(drawn, Verb.STEP, 0.1, seen=0)
    assert seen(drawn, 0.2) == 1
    direct(drawn, Verb.STEP, 1, seen=1)
    assert seen(drawn, 1) == 2


def test_a_step_on_the_way_gives_the_next_its_whole_time(drawn: Tournament) -> None:
    direct(drawn, Verb.START, 0)
    direct(drawn, Verb.STEP, 4)
    assert [seen(drawn, second) for second in (4, 9.9, 10)] == [2, 2, 3]


def test_the_speed_can_be_changed_on_the_way(drawn: Tournament) -> None:
    direct(drawn, Verb.START, 0)
    direct(drawn, Verb.SPEED, 6, pace=2.0)
    assert [seen(drawn, second) for second in (6, 8, 12)] == [2, 3, 5]


def test_a_skip_reveals_everything_for_good(drawn: Tournament) -> None:
    direct(drawn, Verb.START, 0)
    direct(drawn, Verb.SKIP, 1)
    again = direct(drawn, Verb.PAUSE, 2)
    assert again.revealed_at == at(1)
    assert seen(drawn, 2) == 12


def test_at_its_end_everything_is_revealed_once(drawn: Tournament) -> None:
    direct(drawn, Verb.START, 0)
    assert drawing.end_ceremonies(at(65)) == 0
    assert drawing.end_ceremonies(at(66)) == 1
    assert drawing.end_ceremonies(at(67)) == 0
    drawn.refresh_from_db()
    assert drawing.document(drawn, at(67))["status"] == "revealed"
    assert drawn.changes.filter(verb="revealed_draw").count() == 1


def test_the_last_step_by_hand_ends_it_as_well(drawn: Tournament) -> None:
    for _ in range(12):
        direct(drawn, Verb.STEP, 1)
    drawn.refresh_from_db()
    assert drawing.document(drawn, at(1))["status"] == "revealed"


def test_before_the_draw_there_is_nothing_to_direct() -> None:
    with pytest.raises(Refused) as caught:
        direct(cup(12), Verb.START, 0)
    assert caught.value.code == "not_drawn"


def test_players_are_shown_pot_by_pot_with_opponents_by_pot_and_venue(drawn: Tournament) -> None:
    direct(drawn, Verb.SKIP, 0)
    drawn.refresh_from_db()
    shown = drawing.document(drawn, at(1))["shown"]
    pots = [one["player"]["pot"] for one in shown]
    assert pots == sorted(pots)
    for one in shown:
        met = [(it["pot"], it["venue"]) for it in one["opponents"]]
        assert met == [(pot, venue) for pot in (1, 2, 3, 4) for venue in ("home", "away")]


# --- What must not be known ----------------------------------------------------------------------


def test_nothing_that_is_not_shown_is_in_any_public_answer(drawn: Tournament) -> None:
    direct(drawn, Verb.START, 0)
    direct(drawn, Verb.PAUSE, 0)
    league = drawn.drawings.get(purpose=Drawing.Purpose.LEAGUE)
    client = APIClient()
    addresses = ("", "/draw", "/matches", "/participants", "/standings", "/knockout", "/live")
    texts = [
        client.get(f"/api/tournaments/{drawn.pk}{address}").content.decode()
        for address in addresses
    ]
    assert not [text for text in texts if league.secret in text]
    ids = drawn.matches.values_list("pk", flat=True)
    assert not [text for text in texts if any(pk in text for pk in ids)]
    document = json.loads(texts[1])
    # One player with eight opponents; the pots, and what went into the draw.
    (shown,) = document["shown"]
    assert len(shown["opponents"]) == 8
    proof = next(one for one in document["drawings"] if one["purpose"] == "league")
    assert proof["secret"] is None
    assert proof["result"] is None
    assert proof["facts"]["pots"]


def test_a_match_that_is_not_shown_has_no_page(drawn: Tournament) -> None:
    match = drawn.matches.first()
    assert match
    assert APIClient().get(f"/api/matches/{match.pk}").status_code == 404


def test_drafts_show_no_draw() -> None:
    made = cup(12)
    Tournament.objects.filter(pk=made.pk).update(status="DRAFT")
    assert APIClient().get(f"/api/tournaments/{made.pk}/draw").status_code == 404


def test_an_answer_is_new_with_each_player_and_not_in_between(drawn: Tournament) -> None:
    direct(drawn, Verb.START, 0)
    drawn.refresh_from_db()
    versions = [drawing.version(drawn, at(second)) for second in (1, 2, 7)]
    assert versions[0] == versions[1] != versions[2]


def test_with_its_end_everybody_sees_the_matches(drawn: Tournament) -> None:
    assert reading.matchdays(reading.Look(drawn)) == []
    direct(drawn, Verb.SKIP, 0)
    drawn.refresh_from_db()
    assert len(reading.matchdays(reading.Look(drawn))) == 8
