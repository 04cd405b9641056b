"""What follows from results: the same rows whatever the way to them, up to a champion."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.tournaments import stage
from tests.tournaments.stage import KICKOFF
from tournaments.models import Drawing, Match, Participant, Tournament, VoteEvent
from tournaments.rules.bracket import direct_pairs, playoff_pairs
from tournaments.rules.formats import format_of
from tournaments.services.progress import Moved, refresh

pytestmark = pytest.mark.django_db

Status = Tournament.Status
NOW = KICKOFF + timedelta(days=60)


def drawn(players: int = 8, **columns: Any) -> Tournament:
    """A tournament after the draw: nothing is played, and the bracket's coins are known."""
    made = stage.tournament(players, **columns)
    made.ties.all().delete()
    form = format_of(players, made.matches_per_player)
    chance = random.Random(players)
    coins = {
        pair.key: chance.random() < 0.5 for pair in [*playoff_pairs(form), *direct_pairs(form)]
    }
    Drawing.objects.create(
        tournament=made,
        purpose=Drawing.Purpose.BRACKET,
        commitment="0" * 64,
        result={"coins": coins},
        drawn_at=KICKOFF,
    )
    refresh(made, NOW)
    return made


def play_league(made: Tournament, chance: random.Random) -> Moved:
    for match in made.matches.league().filter(status=Match.Status.SCHEDULED):
        stage.finish(match, chance.randint(0, 4), chance.randint(0, 4))
    return refresh(made, NOW)


def play_round(made: Tournament, phase: str, chance: random.Random) -> Moved:
    """Play a round's matches; what were level is decided on penalties."""
    for match in made.matches.counting().filter(phase=phase, status=Match.Status.SCHEDULED):
        goals = (chance.randint(0, 3), chance.randint(0, 3))
        is_last = match.tie is not None and match.leg == match.tie.legs
        more = {"has_extra_time": True, "home_penalties": 4, "away_penalties": 2} if is_last else {}
        stage.finish(match, *goals, **more)
    return refresh(made, NOW)


def play_knockouts(made: Tournament, chance: random.Random) -> None:
    for each in format_of(made.participants.count(), made.matches_per_player).rounds:
        play_round(made, each.phase, chance)


def correct(match: Match, home: int, away: int) -> Moved:
    stage.finish(match, home, away)
    made = Tournament.objects.get(pk=match.tournament_id)
    moved = refresh(made, NOW)
    assert refresh(made, NOW) == Moved()
    return moved


def content(made: Tournament) -> dict[str, list[Any]]:
    """Every derived row of a tournament, in full."""
    return {
        "table": list(made.standings.order_by("rank").values()),
        "ties": list(made.ties.order_by("pk").values()),
        "matches": list(made.matches.order_by("pk").values()),
        "players": list(made.participants.order_by("pk").values("pk", "status")),
        "status": list(Tournament.objects.filter(pk=made.pk).values("status")),
    }


# --- The way to a champion -----------------------------------------------------------------------


@pytest.mark.parametrize("players", [8, 14, 18, 36])
def test_a_tournament_goes_from_the_draw_to_a_champion(players: int) -> None:
    made = drawn(players)
    form = format_of(players)
    assert made.status == Status.LEAGUE_PHASE
    assert made.ties.count() == sum(each.ties for each in form.rounds)

    moved = play_league(made, random.Random(players))
    assert made.status == Status.KNOCKOUTS
    assert moved.status == [Status.LEAGUE_PHASE, Status.KNOCKOUTS]
    assert len(moved.made) == form.playoff
    assert moved.documents == ["table", "bracket", "matches", "participants", "tournament"]
    out = made.participants.filter(status=Participant.Status.ELIMINATED)
    assert out.count() == players - form.through

    play_knockouts(made, random.Random(players))
    assert made.status == Status.COMPLETED
    assert made.changes.filter(verb="completed", by="").count() == 1
    statuses = Counter(made.participants.values_list("status", flat=True))
    assert statuses == {"WINNER": 1, "ELIMINATED": players - 1}
    assert not made.matches.filter(is_set_aside=True).exists()
    final = made.ties.get(phase="FINAL")
    assert final.winner is not None
    assert final.winner.status == Participant.Status.WINNER


def test_the_bracket_is_there_from_the_draw_on_with_labels() -> None:
    made = drawn(36)
    first = made.ties.get(phase="ROUND_OF_16", slot=0)
    assert (first.better_label, first.other_label) == ("1 or 2", "Winner of 15/16 v 17/18")
    assert (first.better, first.legs, first.decided_by) == (None, 2, "")
    assert made.ties.get(phase="FINAL").legs == 1


def test_quarter_and_semi_finals_have_the_legs_that_were_chosen() -> None:
    made = drawn(16, quarter_final_legs=1, semi_final_legs=2)
    legs = dict(made.ties.values_list("phase", "legs"))
    assert legs == {"PLAYOFF": 2, "QUARTER_FINAL": 1, "SEMI_FINAL": 2, "FINAL": 1}


def test_before_the_coins_fall_nobody_is_in_the_bracket() -> None:
    made = drawn()
    made.drawings.filter(purpose=Drawing.Purpose.BRACKET).update(result=None)
    play_league(made, random.Random(1))
    assert made.status == Status.KNOCKOUTS
    assert not made.matches.filter(tie__isnull=False).exists()
    assert not made.ties.filter(better__isnull=False).exists()


def test_without_a_roster_there_is_nothing_to_derive() -> None:
    assert refresh(Tournament.objects.create(name="Empty"), NOW) == Moved()


def test_before_the_draw_there_is_a_table_only() -> None:
    made = Tournament.objects.create(name="Published", max_participants=8)
    form = format_of(8)
    for seed in range(1, 9):
        stage.participant(made, seed, form)
    moved = refresh(made, NOW)
    assert [each.row.rank for each in moved.table] == list(range(1, 9))
    assert not made.ties.exists()


# --- The table -----------------------------------------------------------------------------------


def test_each_line_says_what_decides_it() -> None:
    made = drawn()
    match = made.matches.league().order_by("pk")[0]
    stage.finish(match, 2, 0)
    refresh(made, NOW)
    first, second = made.standings.order_by("rank")[:2]
    assert first.participant_id == match.home_id
    assert (first.points, first.total, first.zone, first.outlook) == (3, 3, "direct", "open")
    assert (first.decided_by, first.decided_value, first.decided_next_value) == ("points", "3", "0")
    assert (second.decided_by, second.opponents_points) == ("seed", None)
    assert made.standings.get(rank=8).decided_by == ""


def test_opponents_are_counted_once_everything_is_played() -> None:
    made = drawn()
    play_league(made, random.Random(2))
    assert not made.standings.filter(opponents_points=None).exists()
    assert not made.standings.filter(outlook="open").exists()


@pytest.mark.parametrize(
    ("mode", "bonus", "total"), [("counts", 1, 1), ("tie_break", 1, 0), ("off", 0, 0)]
)
def test_awards_of_votes_are_a_component_of_their_own(mode: str, bonus: int, total: int) -> None:
    made = drawn(bonus_mode=mode)
    match = made.matches.league().order_by("pk")[0]
    award(match, 1)
    refresh(made, NOW)
    line = made.standings.get(participant=match.home_id)
    assert (line.points, line.bonus, line.total) == (0, bonus, total)


def test_void_and_double_forfeited_matches_are_done_with() -> None:
    made = drawn()
    void, both = made.matches.league().order_by("pk")[:2]
    stage.finish(void, 0, 0, outcome="void", home_goals=None, away_goals=None)
    guilty = {"is_home_guilty": True, "is_away_guilty": True, "ground": "no_show"}
    Match.objects.filter(pk=both.pk).update(
        status="COMPLETED", outcome="forfeit", completed_at=NOW, **guilty
    )
    refresh(made, NOW)
    assert Counter(made.standings.values_list("losses", flat=True)) == {1: 2, 0: 6}
    assert Counter(made.standings.values_list("draws", flat=True)) == {0: 8}


# --- Corrections ---------------------------------------------------------------------------------


def turning(made: Tournament) -> Match:
    """A league match of the first in the table: losing it high changes the bracket."""
    first = made.standings.get(rank=1).participant_id
    return next(match for match in made.matches.league() if first in (match.home_id, match.away_id))


def lost_by_first(made: Tournament, match: Match) -> tuple[int, int]:
    is_home = made.standings.get(rank=1).participant_id == match.home_id
    return (0, 60) if is_home else (60, 0)


@pytest.mark.parametrize("seed", range(6))
def test_a_correction_and_its_reverse_lead_to_the_same_rows(seed: int) -> None:
    chance = random.Random(seed)
    made = drawn(chance.choice((8, 12, 16)))
    play_league(made, chance)
    for each in format_of(made.participants.count()).rounds[: chance.randint(0, 3)]:
        play_round(made, each.phase, chance)
    before = content(made)
    for _ in range(3):
        match = chance.choice(list(made.matches.counting().filter(status="COMPLETED")))
        home, away = match.home_goals or 0, match.away_goals or 0
        correct(match, chance.randint(0, 9), chance.randint(0, 9))
        correct(match, home, away)
        assert content(made) == before


@pytest.mark.parametrize("seed", range(6))
def test_a_result_by_way_of_another_is_that_result_itself(seed: int) -> None:
    chance = random.Random(seed)
    made = drawn(chance.choice((8, 12, 16)))
    play_league(made, chance)
    for each in format_of(made.participants.count()).rounds[: chance.randint(0, 2)]:
        play_round(made, each.phase, chance)
    match = chance.choice(list(made.matches.league()))
    one, other = [(chance.randint(0, 9), chance.randint(0, 9)) for _ in range(2)]
    with transaction.atomic():
        correct(match, *one)
        correct(match, *other)
        by_way_of_another = content(made)
        transaction.set_rollback(True)
    correct(match, *other)
    assert content(made) == by_way_of_another


def act(made: Tournament, chance: random.Random) -> None:
    """Change one fact of a tournament: a result, a withdrawal, a strike, an award."""
    match = chance.choice(list(made.matches.counting()))
    player = made.participants.filter(pk=match.home_id)
    kind = chance.choice(("result", "result", "result", "open", "withdraw", "strike", "award"))
    if kind == "result":
        is_last = match.tie is not None and match.leg == match.tie.legs
        more = {"has_extra_time": True, "home_penalties": 4, "away_penalties": 2} if is_last else {}
        stage.finish(match, chance.randint(0, 4), chance.randint(0, 4), **more)
    elif kind == "open":
        Match.objects.filter(pk=match.pk).update(status="SCHEDULED", outcome="")
    elif kind == "withdraw":
        player.update(withdrawn_at=chance.choice((None, NOW)))
    elif kind == "strike":
        player.update(strikes=chance.randint(0, 2))
    elif match.phase == "LEAGUE":
        award(match, chance.randint(0, 1))


def award(match: Match, points: int) -> None:
    """Let a vote be over that gave the home player so many points."""
    VoteEvent.objects.create(
        match=match,
        status=VoteEvent.Status.COMPLETED,
        points_award=1,
        cost_per_vote=1,
        started_at=NOW,
        ends_at=NOW,
        ended_at=NOW,
        home_award=points,
    )


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happened_the_rows_are_those_that_the_facts_alone_lead_to(seed: int) -> None:
    chance = random.Random(seed)
    made = drawn(chance.choice((8, 10, 12)))
    play_league(made, chance)
    for _ in range(4):
        play_knockouts(made, chance)
        for _ in range(4):
            act(made, chance)
            refresh(made, NOW)
        found = content(made)
        forget(made)
        refresh(made, NOW)
        assert content(made) == found
        play_league(made, chance)


def forget(made: Tournament) -> None:
    """Empty every derived column, and lead the tournament back to the draw."""
    made.standings.all().delete()
    made.participants.update(status=Participant.Status.ACTIVE)
    made.ties.update(better=None, other=None, winner=None, better_goals=None, decided_by="?")
    made.matches.filter(tie__isnull=False).update(is_set_aside=True)
    Tournament.objects.filter(pk=made.pk).update(status=Status.LEAGUE_PHASE)
    made.refresh_from_db()


def test_a_pairing_that_is_no_more_is_set_aside_and_comes_back() -> None:
    made = drawn()
    chance = random.Random(5)
    play_league(made, chance)
    play_knockouts(made, chance)
    before = content(made)
    match = turning(made)
    home, away = match.home_goals or 0, match.away_goals or 0

    moved = correct(match, *lost_by_first(made, match))
    assert moved.set_aside
    assert moved.table
    assert moved.ties
    # What was played is kept; nothing of it counts for those who meet now.
    assert made.matches.filter(is_set_aside=True, status="COMPLETED").exists()
    assert made.matches.filter(pk__in=[each.pk for each in moved.made]).exists()
    made.refresh_from_db()
    assert made.status == Status.KNOCKOUTS

    back = correct(match, home, away)
    assert {each.pk for each in back.revived} == {each.pk for each in moved.set_aside}
    assert content(made) == before
    made.refresh_from_db()
    assert made.status == Status.COMPLETED


def test_a_league_result_taken_back_leads_back_to_the_league_phase() -> None:
    made = drawn()
    chance = random.Random(6)
    play_league(made, chance)
    play_knockouts(made, chance)
    before = content(made)
    match = made.matches.league().order_by("pk")[0]
    columns = Match.objects.filter(pk=match.pk).values("status", "outcome").get()
    Match.objects.filter(pk=match.pk).update(status="SCHEDULED", outcome="")
    moved = refresh(made, NOW)
    assert moved.status == [Status.COMPLETED, Status.KNOCKOUTS, Status.LEAGUE_PHASE]
    assert not made.matches.filter(tie__isnull=False, is_set_aside=False).exists()
    assert not made.participants.exclude(status=Participant.Status.ACTIVE).exists()

    Match.objects.filter(pk=match.pk).update(**columns)
    assert refresh(made, NOW).status == [Status.LEAGUE_PHASE, Status.KNOCKOUTS, Status.COMPLETED]
    assert content(made) == before


def test_what_somebody_has_scheduled_is_kept_and_what_nobody_touched_is_not() -> None:
    made = drawn()
    play_league(made, random.Random(7))
    legs = made.matches.filter(tie__isnull=False)
    scheduled = legs.order_by("pk")[0]
    Match.objects.filter(pk=scheduled.pk).update(scheduled_at=NOW)
    match = made.matches.league().order_by("pk")[0]
    Match.objects.filter(pk=match.pk).update(status="SCHEDULED", outcome="")
    refresh(made, NOW)
    assert [(each.pk, each.is_set_aside) for each in legs] == [(scheduled.pk, True)]


def test_who_withdraws_makes_way_for_the_other() -> None:
    made = drawn()
    play_league(made, random.Random(8))
    tie = made.ties.filter(phase="PLAYOFF").order_by("slot")[0]
    Participant.objects.filter(pk=tie.better_id).update(withdrawn_at=NOW)
    moved = refresh(made, NOW)
    tie.refresh_from_db()
    assert (tie.winner_id, tie.decided_by) == (tie.other_id, "walkover")
    assert len(moved.set_aside) == 2
    assert made.participants.get(pk=tie.better_id).status == Participant.Status.ELIMINATED


# --- The cost ------------------------------------------------------------------------------------


def test_nothing_new_is_nothing_written() -> None:
    made = drawn(36)
    play_league(made, random.Random(9))
    with CaptureQueriesContext(connection) as asked:
        assert refresh(made, NOW) == Moved()
    assert all(query["sql"].lstrip("( ").startswith("SELECT") for query in asked)
    assert len(asked) <= 8


def test_emptying_and_filling_the_whole_bracket_takes_few_statements() -> None:
    made = drawn(36)
    play_league(made, random.Random(10))
    match = made.matches.league().order_by("pk")[0]
    columns = Match.objects.filter(pk=match.pk).values("status", "outcome").get()
    for values in ({"status": "SCHEDULED", "outcome": ""}, columns):
        Match.objects.filter(pk=match.pk).update(**values)
        with CaptureQueriesContext(connection) as asked:
            moved = refresh(made, NOW)
        assert len([*moved.set_aside, *moved.made]) == 16
        # Half of them are of the step from status to status, with its diary and its fact.
        assert len(asked) < 40
