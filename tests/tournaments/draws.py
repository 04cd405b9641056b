"""Pots, draws and their proofs, for tests."""

from __future__ import annotations

from typing import Any

from tournaments.rules.avoid import NONE, Avoid
from tournaments.rules.chance import Chance, commitment, derived
from tournaments.rules.draw import VERSION, draw
from tournaments.rules.formats import format_of


def pots(players: int, matches_per_player: int | None = None) -> list[list[str]]:
    """Return the pots of a format; players are named by their seeds."""
    form = format_of(players, matches_per_player)
    names = [f"p{seed}" for seed in range(players)]
    return [names[start : start + form.pot_size] for start in range(0, players, form.pot_size)]


def proof(
    among: list[list[str]], matches_per_player: int, avoid: Avoid = NONE, *, number: int = 0
) -> dict[str, Any]:
    """Draw and return what would be published of it; another number is another secret."""
    secret = number.to_bytes(32, "big")
    facts = {"pots": among, "matches_per_player": matches_per_player, "avoid": avoid.as_json()}
    drawn = draw(among, matches_per_player, Chance(derived(secret, "league", facts)), avoid)
    return {
        "purpose": "league",
        "version": VERSION,
        "commitment": commitment(secret),
        "secret": secret.hex(),
        "facts": facts,
        "result": {"games": [list(game) for game in drawn.games], "redraws": drawn.redraws},
    }
