"""A tournament on stage: a roster, match days, results, a table and a bracket, made in a moment.

The schedule is a plain round robin, so nobody need wait for a draw; what follows from results is
written by the same code as everywhere.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from tournaments.models import (
    Drawing,
    Match,
    Participant,
    Phase,
    Registration,
    Result,
    Tournament,
)
from tournaments.rules.bracket import direct_pairs, playoff_pairs
from tournaments.rules.formats import Format, format_of
from tournaments.services import changes, progress
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
    derive(made)
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


def play(made: Tournament, *, days: int, seed: int = 1) -> None:
    """Play the first match days, with goals from a seed, and make the table anew."""
    goals = random.Random(seed)
    found = made.matches.league().filter(matchday__lte=days, status=Match.Status.SCHEDULED)
    for match in found.order_by("matchday", "pk"):
        finish(match, goals.choice((0, 0, 1, 1, 2, 3, 4)), goals.choice((0, 1, 1, 2, 3)))
    derive(made)


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


def knock_out(made: Tournament, *, rounds: int = 5, seed: int = 2) -> None:
    """Play so many rounds of the knock-outs, drawn with coins from a seed."""
    goals = random.Random(seed)
    form = format_of(made.participants.count(), made.matches_per_player)
    pairs = [*playoff_pairs(form), *direct_pairs(form)]
    Drawing.objects.update_or_create(
        tournament=made,
        purpose=Drawing.Purpose.BRACKET,
        defaults={
            "commitment": "1" * 64,
            "drawn_at": KICKOFF,
            "revealed_at": KICKOFF,
            "result": {"coins": {pair.key: goals.random() < 0.5 for pair in pairs}},
        },
    )
    derive(made)
    for stage in form.rounds[:rounds]:
        legs = made.matches.counting().filter(phase=stage.phase, status=Match.Status.SCHEDULED)
        for number in (1, 2):
            for match in legs.filter(leg=number).order_by("tie__slot"):
                _decide(match, goals)
            derive(made)


def _decide(match: Match, goals: random.Random) -> None:
    """Enter a leg's result; what would end level is decided on penalties."""
    assert match.tie
    home, away = goals.choice((0, 1, 1, 2, 3)), goals.choice((0, 1, 2))
    total = home - away
    if match.leg == 2:
        first = match.tie.matches.counting().get(leg=1)
        total += (first.away_goals or 0) - (first.home_goals or 0)
    is_last = match.leg == match.tie.legs
    shootout = {"has_extra_time": True, "home_penalties": 4, "away_penalties": 2}
    finish(match, home, away, **(shootout if is_last and not total else {}))


def derive(made: Tournament) -> None:
    """Let everything follow from the results."""
    with transaction.atomic():
        progress.refresh(changes.locked(made.pk), timezone.now())
    made.refresh_from_db()


def touch(made: Tournament) -> int:
    """Give the tournament a new revision; returns it."""
    newest = Tournament.objects.aggregate(most=Max("revision"))["most"] or 0
    Tournament.objects.filter(pk=made.pk).update(revision=newest + 1)
    return int(newest) + 1
