"""The control room: all that it shows at one moment, and its panels as HTML for some rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from overlay import services as overlay
from songqueue.services import board, rules
from studio.services.checklist import Item, checklist
from studio.services.feed import Entry, feed
from studio.services.lights import Light, lights
from studio.services.presence import Address, addresses
from tournaments.services.reading import on_now
from twitch.models import ViewerCount
from twitch.services import stream_state

PANELS = ("status", "checklist", "viewers", "queue", "feed", "overlay")

# So many of the player's own items are shown behind those that viewers asked for.
FEW = 2
# A long show counts more often than a chart has room for.
MOST_POINTS = 1500


@dataclass(frozen=True)
class Room:
    """What there is to see; `points` are the viewers counted, as epoch seconds and numbers."""

    now: datetime
    lights: list[Light]
    checklist: list[Item]
    feed: list[Entry]
    board: dict[str, Any]
    is_paused: bool
    stream: dict[str, Any]
    points: list[list[int]]
    addresses: list[Address]
    # The name of the tournament that is on; "" if none was ever played.
    tournament: str

    @property
    def wrong(self) -> list[Light]:
        """The lights that are not fine, the worst first."""
        return sorted(
            (light for light in self.lights if not light.is_fine),
            key=lambda light: light.tone != "bad",
        )

    @property
    def lane(self) -> list[dict[str, Any]]:
        """What comes next, as far as viewers asked for it, and a few items more."""
        return self._next[: self._cut]

    @property
    def later(self) -> list[dict[str, Any]]:
        """What the player brings after that, which nobody asked for."""
        return self._next[self._cut :]

    @property
    def _next(self) -> list[dict[str, Any]]:
        coming: list[dict[str, Any]] = self.board["next"]
        return coming

    @property
    def _cut(self) -> int:
        asked = [place for place, item in enumerate(self._next, 1) if item["request"]]
        return max(asked, default=0) + FEW

    @property
    def to_do(self) -> list[Item]:
        return [item for item in self.checklist if not item.done]


def look(now: datetime) -> Room:
    """Return what there is to see now."""
    shown = lights(now)
    stream = stream_state.state()
    return Room(
        now=now,
        lights=shown,
        checklist=checklist(shown, now),
        feed=feed(),
        board=board.board(now),
        is_paused=rules.current().is_paused,
        stream=stream,
        points=points(stream["session_id"]),
        addresses=addresses(now),
        tournament=on_now()["name"],
    )


def points(session_id: str | None) -> list[list[int]]:
    """Return two lists of the same length: when viewers were counted, and how many there were."""
    if session_id is None:
        return [[], []]
    counts = ViewerCount.objects.filter(session=session_id).order_by("-at")
    rows = list(reversed(counts.values_list("at", "viewers")[:MOST_POINTS]))
    return [[int(at.timestamp()) for at, _ in rows], [viewers for _, viewers in rows]]


def panels(room: Room, rights: frozenset[str]) -> dict[str, str]:
    """Return each panel's HTML for somebody with these rights.

    It stays the same while nothing happens: what only counts on is counted by the page.
    """
    context = {"room": room, "may": may(rights), "samples": overlay.KINDS, "sheets": SHEETS}
    return {name: render_to_string(f"studio/panels/{name}.html", context) for name in PANELS}


def may(rights: frozenset[str]) -> dict[str, bool]:
    """Return rights by the names that templates use."""
    return {right.rpartition(".")[2]: True for right in rights}


SHEETS = {"table": "The table", "bracket": "The bracket", "matches": "The match day"}
