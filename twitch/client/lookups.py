"""What Helix tells any application: who is live, who somebody is, which categories there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tokens.registry import APP
from twitch.client import helix
from twitch.client.http import Answer, Budget, Params
from twitch.client.payloads import CategoryPayload, StreamPayload, UserPayload

MOST = 100


@dataclass(frozen=True)
class Streams:
    """Live streams, the cursor of the page behind them ("" if there is none), what is left."""

    rows: list[StreamPayload]
    cursor: str = ""
    budget: Budget | None = None


def streams_by_ids(user_ids: Sequence[str]) -> Streams:
    """Return the streams of those of these people, a hundred at most, who are live."""
    return _streams({"user_id": list(user_ids[:MOST]), "first": MOST})


def streams_by_game(game_id: str, after: str = "") -> Streams:
    """Return a page of a category's streams, most watched first.

    Pages shift while they are turned: an entry may come twice, or be missed.
    """
    params: dict[str, str | int | list[str]] = {"game_id": game_id, "first": MOST}
    return _streams({**params, "after": after} if after else params)


def users_by(*, logins: Sequence[str] = (), ids: Sequence[str] = ()) -> list[UserPayload]:
    """Return those of these people, together a hundred at most, whom Twitch knows."""
    payload = _ask("/users", {"login": list(logins), "id": list(ids)}).payload
    return helix.rows(payload, UserPayload)


def games_by_ids(ids: Sequence[str]) -> list[CategoryPayload]:
    """Return those of these categories, a hundred at most, that Twitch knows."""
    return helix.rows(_ask("/games", {"id": list(ids[:MOST])}).payload, CategoryPayload)


def search_categories(query: str) -> list[CategoryPayload]:
    """Return categories whose name has these words, in Twitch's order."""
    payload = _ask("/search/categories", {"query": query, "first": 20}).payload
    return helix.rows(payload, CategoryPayload)


def _streams(params: Params) -> Streams:
    answer = _ask("/streams", params)
    rows = helix.rows(answer.payload, StreamPayload)
    return Streams(rows, _cursor(answer.payload), answer.budget)


def _cursor(payload: Mapping[str, Any]) -> str:
    return str((payload.get("pagination") or {}).get("cursor") or "")


def _ask(path: str, params: Params) -> Answer:
    """Ask with the application's own token; raises as `helix.call`."""
    return helix.answer_of("GET", path, role=APP, params=params)
