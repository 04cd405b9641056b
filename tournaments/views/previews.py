"""The page that says what a correction changes, before it is made."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from tournaments.models import Participant, Standing, Tournament, VoteEvent
from tournaments.services.corrections import Changes, Unseen
from tournaments.views.page import page

COLUMNS = {
    "rank": "Place",
    "total": "Points",
    "goal_difference": "Goals ±",
    "played": "Played",
    "strikes": "Strikes",
    "zone": "Leads to",
}
# How a column's values are said; others as they are.
WORDS: dict[str, dict[str, str]] = {
    "zone": dict(Standing.Zone.choices),
    "status": {
        **dict(Tournament.Status.choices),
        **dict(Participant.Status.choices),
        **dict(VoteEvent.Status.choices),
        "SCHEDULED": "scheduled",
        "LIVE": "live",
    },
    "is_withdrawn": {"True": "withdrawn", "False": "plays"},
    "decided_by": {"": "open", "extra_time": "extra time"},
}
NAMES = {
    "is_withdrawn": "",
    "status": "",
    "result": "",
    "better": "home in the last leg",
    "other": "guest in the last leg",
    "decided_by": "decided by",
    "home_award": "points for home",
    "away_award": "points for away",
}

GLANCE = {
    "results": ("result", "results"),
    "table": ("line of the table", "lines of the table"),
    "ties": ("place of the bracket", "places of the bracket"),
    "players": ("player", "players"),
    "votes": ("vote", "votes"),
    "set_aside": ("match does not count any more", "matches do not count any more"),
    "made": ("match is to be played", "matches are to be played"),
    "revived": ("match counts again", "matches count again"),
    "points": ("viewer's points", "viewers' points"),
}


def preview(request: HttpRequest, refusal: Unseen, address: str) -> HttpResponse:
    """Show what would change; its button sends the same form again, with the preview's token."""
    changes = refusal.preview.changes
    sent = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    columns = [name for name in COLUMNS if any(name in row["to"] for row in changes["table"])]
    sections = {
        "Bracket": changes["ties"],
        "Players": changes["players"],
        "Votes": changes["votes"],
    }
    context = {
        "action": request.path,
        "back": address,
        "is_stale": refusal.code == "preview_stale",
        "fields": {**sent, "token": refusal.preview.token}.items(),
        "changes": changes,
        "status": _moves(changes["status"]) if changes["status"] else [],
        "columns": [COLUMNS[name] for name in columns],
        "table": [
            {"title": row["title"], "cells": [_cell(row, name) for name in columns]}
            for row in sorted(changes["table"], key=_place)
        ],
        "glance": _glance(changes),
        "results": _section("Results", changes["results"]),
        "sections": [_section(name, rows) for name, rows in sections.items()],
    }
    return page(request, "tournaments/desk/preview.html", context)


def _glance(changes: Changes) -> list[str]:
    """Say in a few words each how much changes, before it is listed."""
    return [
        f"{len(changes[what])} {one if len(changes[what]) == 1 else many}"
        for what, (one, many) in GLANCE.items()
        if changes[what]
    ]


def _section(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "rows": [{"title": row["title"], "moves": _moves(row)} for row in rows],
    }


def _place(row: dict[str, Any]) -> int:
    return int(row["to"].get("rank", 0))


def _cell(row: dict[str, Any], name: str) -> dict[str, str]:
    if name not in row["to"]:
        return {}
    return {"was": _said(name, row["from"][name]), "is": _said(name, row["to"][name])}


def _moves(row: dict[str, Any]) -> list[dict[str, str]]:
    """Return each column that changes; that a match is completed is seen from its result."""
    names = [name for name in row["to"] if name != "status" or "result" not in row["to"]]
    return [{"name": NAMES.get(name, name.replace("_", " ")), **_cell(row, name)} for name in names]


def _said(name: str, value: object) -> str:
    if value is None:
        return "open"
    return WORDS.get(name, {}).get(str(value), str(value))
