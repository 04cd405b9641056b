"""A tournament as it stands, to be compared with how it stood: what a correction changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tournaments.models import (
    Match,
    Participant,
    Prediction,
    Standing,
    Tie,
    Tournament,
    VoteEvent,
)
from tournaments.services.matches import Day
from tournaments.services.results import result_of
from twitch.models import Viewer

Rows = dict[Any, dict[str, Any]]


@dataclass(frozen=True)
class Picture:
    """Everything of a tournament that follows from its results, each row by its key."""

    status: str
    names: dict[str, str]
    titles: dict[str, str]
    table: Rows
    ties: Rows
    matches: Rows
    players: Rows
    votes: Rows
    predictions: Rows
    owed: dict[str, int]


def of(tournament: Tournament) -> Picture:
    """Look at the tournament as it is in the database now."""
    players = list(tournament.participants.select_related("viewer"))
    names = {player.pk: str(player) for player in players}
    matches = list(tournament.matches.all())
    ties = list(tournament.ties.all())
    titles = {match.pk: _title(match, names) for match in matches}
    predictions = _predictions(tournament)
    return Picture(
        status=Tournament.objects.values_list("status", flat=True).get(pk=tournament.pk),
        names=names,
        titles=titles | {str(tie.pk): str(tie) for tie in ties},
        table={row.pk: _line(row) for row in tournament.standings.all()},
        ties={tie.pk: _tie(tie, names) for tie in ties},
        matches={match.pk: _match(match) for match in matches},
        players={player.pk: _player(player) for player in players},
        votes=_votes(tournament),
        predictions=predictions,
        owed=_owed(predictions),
    )


def changes(before: Picture, after: Picture) -> dict[str, Any]:
    """Return what is different, as JSON's types: each list is empty where nothing is.

    `results`, `table`, `ties`, `players` and `votes` name what they are about, with all that
    changed of it as `from` and `to`. `made`, `set_aside` and `revived` are matches, `points` what
    each viewer gets or, below zero, gives back, and what they will owe for that in all.
    """
    titles = before.titles | after.titles
    kept = {pk: row for pk, row in after.matches.items() if pk in before.matches}
    aside = {pk for pk, row in before.matches.items() if row["is_set_aside"]}
    counting = {pk for pk, row in after.matches.items() if not row["is_set_aside"]}
    return {
        "status": _change({"status": before.status}, {"status": after.status}),
        "results": _different(before.matches, kept, titles.__getitem__, but="is_set_aside"),
        "table": _different(before.table, after.table, after.names.__getitem__),
        "ties": _different(before.ties, after.ties, lambda pk: titles[str(pk)]),
        "players": _different(before.players, after.players, after.names.__getitem__),
        "votes": _different(before.votes, after.votes, lambda pk: titles[after.votes[pk]["match"]]),
        "made": _named([pk for pk in after.matches if pk not in before.matches], titles),
        "set_aside": _named(
            [pk for pk in before.matches if pk not in aside and pk not in counting], titles
        ),
        "revived": _named([pk for pk in kept if pk in aside and pk in counting], titles),
        "points": _points(before, after),
    }


# --- What is looked at ---------------------------------------------------------------------------


def _title(match: Match, names: Mapping[str, str]) -> str:
    return f"{names[match.home_id]} – {names[match.away_id]} ({Day.of(match)})"


def _line(row: Standing) -> dict[str, Any]:
    return {
        "rank": row.rank,
        "zone": row.zone,
        "total": row.total,
        "goal_difference": row.goal_difference,
        "played": row.played,
        "strikes": row.strikes,
    }


def _tie(tie: Tie, names: Mapping[str, str]) -> dict[str, Any]:
    goals = None if tie.better_goals is None else f"{tie.better_goals}–{tie.other_goals}"
    return {
        "better": names[tie.better_id] if tie.better_id else tie.better_label,
        "other": names[tie.other_id] if tie.other_id else tie.other_label,
        "aggregate": goals,
        "winner": names[tie.winner_id] if tie.winner_id else None,
        "decided_by": tie.decided_by,
    }


def _match(match: Match) -> dict[str, Any]:
    return {
        "result": str(result_of(match)),
        "status": match.status,
        "is_set_aside": match.is_set_aside,
    }


def _player(player: Participant) -> dict[str, Any]:
    return {
        "status": player.status,
        "strikes": player.strikes,
        "is_withdrawn": player.withdrawn_at is not None,
    }


def _votes(tournament: Tournament) -> Rows:
    columns = ("match", "status", "home_award", "away_award")
    rows = VoteEvent.objects.filter(match__tournament=tournament).values_list("pk", *columns)
    return {pk: dict(zip(columns, row, strict=True)) for pk, *row in rows}


def _predictions(tournament: Tournament) -> Rows:
    columns = ("match", "viewer", "status", "payout")
    rows = Prediction.objects.filter(match__tournament=tournament).values_list("pk", *columns)
    return {pk: dict(zip(columns, row, strict=True)) for pk, *row in rows}


def _owed(predictions: Rows) -> dict[str, int]:
    whose = {row["viewer"] for row in predictions.values()}
    owing = Viewer.objects.filter(pk__in=whose, points__owed__gt=0)
    return dict(owing.values_list("pk", "points__owed"))


# --- What is different ---------------------------------------------------------------------------


def _different(
    before: Rows, after: Rows, name: Callable[[Any], str], *, but: str = ""
) -> list[dict[str, Any]]:
    return [
        {"id": str(key), "title": name(key), **change}
        for key, row in sorted(after.items())
        if (change := _change(before.get(key, {}), row, but))
    ]


def _change(
    before: Mapping[str, Any], after: Mapping[str, Any], but: str = ""
) -> dict[str, Any] | None:
    names = [name for name in after if name != but and before.get(name) != after[name]]
    if not names:
        return None
    return {
        "from": {name: before.get(name) for name in names},
        "to": {name: after[name] for name in names},
    }


def _named(ids: list[str], titles: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"id": pk, "title": titles[pk]} for pk in sorted(ids, key=lambda pk: (titles[pk], pk))]


def _points(before: Picture, after: Picture) -> list[dict[str, Any]]:
    """Return what each viewer's predictions bring more, or less, than before."""
    moved = Counter[str]()
    for pk, row in after.predictions.items():
        moved[row["viewer"]] += row["payout"] - before.predictions.get(pk, {}).get("payout", 0)
    whose = sorted(
        viewer
        for viewer, amount in moved.items()
        if amount or after.owed.get(viewer, 0) != before.owed.get(viewer, 0)
    )
    names = {viewer.pk: str(viewer) for viewer in Viewer.objects.filter(pk__in=whose)}
    return [
        {
            "id": viewer,
            "title": names[viewer],
            "change": moved[viewer],
            "owes": after.owed.get(viewer, 0),
        }
        for viewer in whose
    ]
