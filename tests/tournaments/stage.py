"""A tournament on stage: a roster, match days, results, a table and a bracket, made in a moment.

The schedule is a plain round robin, so nobody need wait for a draw; what follows from results is
written by the same code as everywhere.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.db.models import Max

from tournaments.models import (
    Drawing,
    Match,
    Participant,
    Phase,
    Registration,
    Result,
    Standing,
    Tie,
    Tournament,
)
from tournaments.rules.formats import Format, format_of
from twitch.models import Viewer

KICKOFF = datetime(2026, 11, 3, 19, tzinfo=UTC)
HOSTILE = (
    '<img src=x onerror="document.title=1">',
    "W" * 25,
    "نورالدين_البحر",
    "とても長い名前の視聴者さん",
    "🦊fox.exe💾👩‍👩‍👧‍👦",
    "\u202eevil\u202d",
    "=HYPERLINK(1)",
)
NAMES = (
    *("Ada", "Bo", "Cleo", "Dario", "Emi", "Fynn", "Gwen", "Hugo", "Ines", "Jonas", "Kira", "Leo"),
    *("Mira", "Nils", "Olga", "Pablo", "Quinn", "Rosa", "Sven", "Tara", "Uwe", "Vera", "Wim"),
    *("Xenia", "Yuri", "Zoe"),
)
_numbers = count(70_001)


def viewer(name: str = "") -> Viewer:
    """Make a viewer with a Twitch id of their own."""
    number = next(_numbers)
    return Viewer.objects.create(
        id=str(number), login=f"player{number}", display_name=name or f"Player{number}"
    )


def tournament(players: int = 36, *, played: int = 0, **columns: Any) -> Tournament:
    """Make a tournament in its league phase, the first match days of which are `played`.

    Columns are the tournament's own. Names of all kinds are among the players.
    """
    given = {
        "name": "Autumn Cup",
        "status": Tournament.Status.LEAGUE_PHASE,
        "max_participants": players,
        "published_at": KICKOFF - timedelta(days=7),
    }
    made = Tournament.objects.create(**given | columns)
    Drawing.objects.create(
        tournament=made,
        purpose=Drawing.Purpose.LEAGUE,
        commitment="0" * 64,
        drawn_at=KICKOFF - timedelta(days=6),
        revealed_at=KICKOFF - timedelta(days=5),
    )
    form = format_of(players, made.matches_per_player)
    roster = [participant(made, seed, form) for seed in range(1, players + 1)]
    schedule(made, roster, form)
    skeleton(made, form)
    play(made, days=played)
    return made


def registration(made: Tournament, who: Viewer | None = None, **columns: Any) -> Registration:
    """Register somebody."""
    given = {"registered_at": KICKOFF - timedelta(days=14), "tier": "1000"}
    return Registration.objects.create(tournament=made, viewer=who or viewer(), **given | columns)


def participant(made: Tournament, seed: int, form: Format) -> Participant:
    """Confirm a new viewer as the player with this seed."""
    names = (*HOSTILE, *NAMES)
    who = viewer(names[(seed - 1) % len(names)] + ("" if seed <= len(names) else " II"))
    entry = registration(made, who, status=Registration.Status.CONFIRMED)
    return Participant.objects.create(
        tournament=made,
        registration=entry,
        viewer=who,
        seed=seed,
        pot=(seed - 1) // form.pot_size + 1,
        lot=seed,
        confirmed_at=KICKOFF - timedelta(days=7),
    )


def schedule(made: Tournament, roster: list[Participant], form: Format) -> None:
    """Write the match days: rounds of a circle, at home and away by turns."""
    first, *others = roster
    matches = []
    for day in range(1, form.matchdays + 1):
        circle = [first, *others]
        half = len(circle) // 2
        pairs = list(zip(circle[:half], reversed(circle[half:]), strict=True))
        for n, (one, other) in enumerate(pairs):
            home, away = (one, other) if (day + n) % 2 else (other, one)
            matches.append(
                Match(
                    tournament=made,
                    phase=Phase.LEAGUE,
                    matchday=day,
                    home=home,
                    away=away,
                    scheduled_at=KICKOFF + timedelta(days=7 * (day - 1), minutes=30 * (n // 3)),
                )
            )
        others = [others[-1], *others[:-1]]
    Match.objects.bulk_create(matches)


def skeleton(made: Tournament, form: Format) -> None:
    """Write the bracket's places, whose players are not known yet."""
    legs = {"QUARTER_FINAL": made.quarter_final_legs, "SEMI_FINAL": made.semi_final_legs}
    Tie.objects.bulk_create(
        Tie(
            tournament=made,
            phase=stage.phase,
            slot=slot,
            legs=1 if stage.phase == Phase.FINAL else legs.get(stage.phase, 2),
            better_label=f"Better of {stage.name} {slot + 1}",
            other_label=f"Other of {stage.name} {slot + 1}",
        )
        for stage in form.rounds
        for slot in range(stage.ties)
    )


def play(made: Tournament, *, days: int, seed: int = 1) -> None:
    """Play the first match days, with goals from a seed, and make the table anew."""
    goals = random.Random(seed)
    found = made.matches.league().filter(matchday__lte=days, status=Match.Status.SCHEDULED)
    for match in found.order_by("matchday", "pk"):
        finish(match, goals.choice((0, 0, 1, 1, 2, 3, 4)), goals.choice((0, 1, 1, 2, 3)))
    tabulate(made)


def finish(match: Match, home: int, away: int, **columns: Any) -> None:
    """Enter a result, without anything that follows from it."""
    given = {"outcome": Match.Outcome.PLAYED, "home_goals": home, "away_goals": away} | columns
    Result.objects.create(match=match, source=Result.Source.ADMIN, entered_by="stage", **given)
    at = match.scheduled_at or KICKOFF
    Match.objects.filter(pk=match.pk).update(
        status=Match.Status.COMPLETED, live_at=at, completed_at=at, **given
    )


def go_live(match: Match, home: int = 0, away: int = 0) -> None:
    """Let a match be on, with this score so far."""
    Match.objects.filter(pk=match.pk).update(
        status=Match.Status.LIVE, live_at=KICKOFF, home_goals=home, away_goals=away
    )


def tabulate(made: Tournament) -> None:
    """Write the table by points, goal difference and goals; then by seed."""
    form = format_of(made.participants.count(), made.matches_per_player)
    lines = {
        player.pk: Standing(participant=player, tournament=made)
        for player in made.participants.all()
    }
    for match in made.matches.league().filter(status=Match.Status.COMPLETED):
        home, away = match.home_goals or 0, match.away_goals or 0
        _count(lines[match.home_id], home, away)
        _count(lines[match.away_id], away, home)
        lines[match.away_id].away_goals += away
        lines[match.away_id].away_wins += away > home
    ranked = sorted(
        lines.values(),
        key=lambda x: (-x.points, -x.goal_difference, -x.goals_for, x.participant.seed),
    )
    for rank, line in enumerate(ranked, 1):
        line.rank, line.total = rank, line.points + line.bonus
        line.zone = form.zone(rank)
        if rank < len(ranked):
            below = ranked[rank]
            values = {"points": (line.points, below.points)}
            values["goal difference"] = (line.goal_difference, below.goal_difference)
            values["goals"] = (line.goals_for, below.goals_for)
            values["seed"] = (line.participant.seed, below.participant.seed)
            name = next(name for name, (one, other) in values.items() if one != other)
            line.decided_by = name
            line.decided_value, line.decided_next_value = map(str, values[name])
    Standing.objects.filter(tournament=made).delete()
    Standing.objects.bulk_create(ranked)


def _count(line: Standing, scored: int, conceded: int) -> None:
    line.played += 1
    line.goals_for += scored
    line.goals_against += conceded
    line.wins += scored > conceded
    line.draws += scored == conceded
    line.losses += scored < conceded
    line.points += 3 if scored > conceded else 1 if scored == conceded else 0


def touch(made: Tournament) -> int:
    """Give the tournament a new revision; returns it."""
    newest = Tournament.objects.aggregate(most=Max("revision"))["most"] or 0
    Tournament.objects.filter(pk=made.pk).update(revision=newest + 1)
    return int(newest) + 1
