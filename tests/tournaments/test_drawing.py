"""The league draw of a tournament: made once, from what was promised, and never undone."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from sagas.flow import Refused
from sagas.models import Event
from tests.tournaments import stage
from tests.tournaments.cups import NOW, cup
from tournaments.management import replay
from tournaments.models import Drawing, Match, Tournament
from tournaments.services import drawing, progress
from tournaments.services.drawing import Wishes
from tournaments.services.drawing.wishes import DrawImpossible

pytestmark = pytest.mark.django_db


def draw(tournament: Tournament, *, ceremony: bool = False) -> Drawing:
    return drawing.run_league_draw(tournament.pk, by="lea", now=NOW, ceremony=ceremony)


def published(tournament: Tournament) -> dict[str, dict[str, Any]]:
    tournament.refresh_from_db()
    document = json.loads(json.dumps(drawing.document(tournament, NOW), default=str))
    return {proof["purpose"]: proof for proof in document["drawings"]}


def test_the_draw_makes_the_matches_and_begins_the_league_phase() -> None:
    made = cup(12)

    draw(made)

    made.refresh_from_db()
    assert made.status == Tournament.Status.LEAGUE_PHASE
    assert made.matches.league().count() == 48
    assert set(made.matches.values_list("matchday", flat=True)) == set(range(1, 9))
    assert sorted(made.participants.values_list("lot", flat=True)) == list(range(1, 13))
    assert made.ties.exists()
    assert Event.objects.filter(kind="tournaments.LeaguePhaseBegan").count() == 1
    assert made.changes.filter(verb="drew_league", by="lea").count() == 1


def test_what_is_published_can_be_made_again_by_anyone() -> None:
    made = cup(36)
    promised = published(made)["league"]["commitment"]

    draw(made)

    proofs = published(made)
    assert proofs["league"]["commitment"] == promised
    assert "by the rules" in replay.check(proofs["league"])
    assert "by the rules" in replay.check(proofs["lots"])


def test_a_second_press_draws_nothing_new() -> None:
    made = cup()
    first = draw(made)

    second = draw(made)

    assert second.result == first.result
    assert made.matches.count() == 48
    assert made.changes.filter(verb="drew_league").count() == 1


def test_before_the_roster_is_published_nothing_is_drawn() -> None:
    made = cup()
    Tournament.objects.filter(pk=made.pk).update(published_at=None)
    with pytest.raises(Refused) as caught:
        draw(made)
    assert caught.value.code == "not_published"
    assert not made.matches.exists()


@pytest.mark.parametrize("status", ["DRAFT", "REGISTRATION_OPEN", "CANCELLED"])
def test_in_other_states_nothing_is_drawn(status: str) -> None:
    made = cup()
    Tournament.objects.filter(pk=made.pk).update(status=status)
    with pytest.raises(Refused) as caught:
        draw(made)
    assert caught.value.code == "no_draw_now"


def test_groups_and_pairs_do_not_meet() -> None:
    made = cup(36)
    players = list(made.participants.order_by("seed"))
    clan = [players[n].pk for n in (0, 1, 9, 20)]
    made.participants.filter(pk__in=clan).update(avoid_group="clan")
    pair = [players[3].pk, players[30].pk]

    asked = drawing.wish(made.pk, Wishes([pair], 2), by="lea", now=NOW)
    draw(made)

    assert asked == Wishes([sorted(pair)], 2)
    met = {frozenset(both) for both in made.matches.values_list("home", "away")}
    assert frozenset(pair) not in met
    assert not [pair for pair in met if pair <= set(clan)]
    assert "by the rules" in replay.check(published(made)["league"])


def test_an_impossible_draw_names_the_rule_and_the_players_and_changes_nothing() -> None:
    made = cup(36)
    made.participants.filter(pot=1).exclude(seed__gt=5).update(avoid_group="clan")
    with pytest.raises(DrawImpossible) as caught:
        draw(made)
    assert caught.value.rule == "groups"
    assert "need 10 meetings there, and the rules leave 8 at most" in caught.value.sentence
    assert str(made.participants.get(seed=2)) in caught.value.sentence
    assert "player_" not in caught.value.sentence
    made.refresh_from_db()
    assert made.status == Tournament.Status.AWAITING_SELECTION
    assert published(made)["league"]["drawn_at"] is None


def test_a_wish_that_no_draw_can_keep_is_not_taken() -> None:
    made = cup(36)
    first, *others = made.participants.order_by("seed").values_list("pk", flat=True)
    pairs = [[first, other] for other in others[:8]]
    with pytest.raises(DrawImpossible):
        drawing.wish(made.pk, Wishes(pairs), by="lea", now=NOW)
    assert drawing.wishes(made) == Wishes()


@pytest.mark.parametrize(
    ("pairs", "code"), [([["player_x", "player_y"]], "unknown_player"), ("same", "bad_wish")]
)
def test_a_senseless_wish_is_refused(pairs: Any, code: str) -> None:
    made = cup()
    if pairs == "same":
        pairs = [[made.participants.get(seed=1).pk] * 2]
    with pytest.raises(Refused) as caught:
        drawing.wish(made.pk, Wishes(pairs), by="lea", now=NOW)
    assert caught.value.code == code


def test_after_the_draw_nothing_is_wished_for() -> None:
    made = cup()
    draw(made)
    with pytest.raises(Refused) as caught:
        drawing.wish(made.pk, Wishes(), by="lea", now=NOW)
    assert caught.value.code == "already_drawn"


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_draw_once() -> None:
    made = cup()
    together(4, lambda: draw(made))
    assert made.matches.count() == 48
    assert made.changes.filter(verb="drew_league").count() == 1


def together(count: int, act: Callable[[], object]) -> None:
    gate = threading.Barrier(count)

    def one() -> None:
        gate.wait(10)
        try:
            act()
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


# --- The coins of the bracket --------------------------------------------------------------------


def test_the_bracket_is_drawn_after_the_league_and_once() -> None:
    made = cup(12)
    draw(made)
    with pytest.raises(Refused) as caught:
        drawing.flip_coins(made.pk, by="lea", now=NOW)
    assert caught.value.code == "league_not_over"
    for match in made.matches.league():
        stage.finish(match, 2, 1)
    made.refresh_from_db()
    progress.refresh(made, NOW)

    first = drawing.flip_coins(made.pk, by="lea", now=NOW)
    second = drawing.flip_coins(made.pk, by="lea", now=NOW)

    assert first.result == second.result
    assert set(first.result["coins"]) == {"1/2", "3/4", "5/6"}
    assert "by the rules" in replay.check(published(made)["bracket"])
    assert made.matches.filter(phase="PLAYOFF").count() == 4


# --- manage.py verify_draw -----------------------------------------------------------------------


def verify(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_draw", *arguments, stdout=out)
    return out.getvalue()


def test_a_tournament_is_verified_with_its_matches(tmp_path: Path) -> None:
    made = cup()
    assert "league: not drawn, or not revealed yet." in verify(made.pk)
    draw(made)

    assert "the matches are those that were drawn" in verify(made.pk)

    match = made.matches.league().first()
    assert match
    Match.objects.filter(pk=match.pk).update(matchday=match.matchday % 8 + 1)
    with pytest.raises(CommandError, match="stored matches are not those that were drawn"):
        verify(made.pk)


def test_a_saved_proof_is_verified(tmp_path: Path) -> None:
    made = cup()
    draw(made)
    path = tmp_path / "proof.json"
    made.refresh_from_db()
    path.write_text(json.dumps(drawing.document(made, NOW), default=str))
    assert "league: as promised" in verify("--file", str(path))

    # Most draws fit at once, but not all.
    path.write_text(path.read_text().replace('"redraws": ', '"redraws": 1'))
    with pytest.raises(CommandError, match="WRONG"):
        verify("--file", str(path))


def test_new_draws_are_verified() -> None:
    assert verify("--seeds", "20").startswith("20 draws of 36 players are as promised")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Name a tournament"),
        (["tour_x", "--seeds", "3"], "Name a tournament"),
        (["tour_x"], "no such tournament"),
        (["--file", "/nowhere.json"], "is not what"),
        (["--seeds", "3", "--players", "7"], "too few"),
    ],
)
def test_what_cannot_be_verified_is_said(arguments: list[str], told: str) -> None:
    with pytest.raises(CommandError, match=told):
        verify(*arguments)
