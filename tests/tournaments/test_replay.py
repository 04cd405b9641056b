"""The replay: it makes every published draw again, and finds whatever was tampered with."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.tournaments.draws import pots, proof
from tournaments.management import replay
from tournaments.management.replay import Wrong, check
from tournaments.rules import selection
from tournaments.rules.avoid import Avoid
from tournaments.rules.chance import Chance, commitment, derived
from tournaments.rules.formats import format_of

COUNTRIES = {f"c{n}": [f"p{n + 9 * pot}" for pot in range(4)] for n in range(9)}


@pytest.mark.parametrize("players", range(8, 66, 2))
def test_every_size_is_made_again(players: int) -> None:
    assert check(proof(pots(players), format_of(players).matches_per_player)).endswith("rules.")


@pytest.mark.parametrize("players", [8, 12, 14, 16, 64])
def test_six_matches_for_each_are_made_again(players: int) -> None:
    check(proof(pots(players, 6), 6))


@pytest.mark.parametrize(
    ("players", "avoid"),
    [
        (36, Avoid.of([("p0", "p1"), ("p0", "p35")], {"clan": ["p2", "p3", "p14"]})),
        (36, Avoid.of([], COUNTRIES, 3)),
        (36, Avoid.of([], COUNTRIES, 2)),
        (18, Avoid.of([("p0", "p1")], {"clan": ["p9", "p10"]})),
        (8, Avoid.of([("p0", "p1")])),
        (14, Avoid.of([], {"a": ["p0", "p1"], "b": ["p5", "p6"]}, 1)),
    ],
)
def test_rules_about_who_meets_whom_are_made_again(players: int, avoid: Avoid) -> None:
    matches = 6 if players == 14 else format_of(players).matches_per_player
    for number in range(3):
        check(proof(pots(players, matches), matches, avoid, number=number))


def test_it_shares_no_code_with_the_draw() -> None:
    text = Path(replay.__file__).read_text(encoding="utf-8")
    imported = {
        line.split()[1] for line in text.splitlines() if line.startswith(("from", "import"))
    }
    assert imported <= {*sys.stdlib_module_names, "__future__", "collections.abc"}


def test_it_runs_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    path.write_text(json.dumps({"drawings": [proof(pots(12), 8)]}))
    command = [sys.executable, "-I", replay.__file__, str(path)]
    good = subprocess.run(command, capture_output=True, text=True, timeout=30)
    path.write_text(path.read_text().replace('"p1"', '"p0"', 1))
    bad = subprocess.run(command, capture_output=True, text=True, timeout=30)

    assert (good.returncode, good.stdout) == (
        0,
        "league: as promised, as drawn, and by the rules.\n",
    )
    assert bad.returncode == 1
    assert bad.stdout.startswith("WRONG: league: ")


# --- What is wrong is found ----------------------------------------------------------------------


def tampered(change: Any) -> dict[str, Any]:
    drawing = deepcopy(PROOF)
    change(drawing)
    return drawing


PROOF = proof(pots(12), 8, Avoid.of([("p0", "p4")], {"clan": ["p1", "p5"]}))


def swap_guests(drawing: dict[str, Any]) -> None:
    games = drawing["result"]["games"]
    games[0][2], games[1][2] = games[1][2], games[0][2]


def swap_venue(drawing: dict[str, Any]) -> None:
    game = drawing["result"]["games"][0]
    game[1], game[2] = game[2], game[1]


def swap_days(drawing: dict[str, Any]) -> None:
    """Both days of a pair: still a schedule by the rules, but not the one that was drawn."""
    for game in drawing["result"]["games"]:
        game[0] = {1: 2, 2: 1}.get(game[0], game[0])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda it: it.update(secret="11" * 32), "not the one that was promised"),
        (lambda it: it.update(version=7), "version 7 is not known"),
        (lambda it: it["result"]["games"].pop(), "too many or too few games"),
        (lambda it: it["result"].update(redraws=1), "another result"),
        (lambda it: it["facts"]["avoid"]["pairs"].clear(), "another result"),
        (lambda it: it["facts"].update(tournament="tour_other"), "another result"),
        (swap_venue, "against a pot"),
        (swap_guests, "league: "),
        (swap_days, "another result"),
    ],
)
def test_what_was_tampered_with_is_found(change: Any, told: str) -> None:
    with pytest.raises(Wrong, match=told):
        check(tampered(change))


def test_two_who_should_not_meet_are_found() -> None:
    drawing = tampered(lambda it: None)
    _, home, away = drawing["result"]["games"][0]
    drawing["facts"]["avoid"]["pairs"].append([home, away])
    with pytest.raises(Wrong, match="two meet who should not"):
        check(drawing)


def test_what_is_not_revealed_is_not_wrong() -> None:
    hidden = {"purpose": "league", "secret": None, "commitment": "0" * 64}
    assert check(hidden) == "league: not drawn, or not revealed yet."


def test_coins_and_lots_are_made_again() -> None:
    secret = b"\x05" * 32
    published = {"version": 1, "secret": secret.hex(), "commitment": commitment(secret)}
    pairs = {"pairs": ["9/10", "11/12", "1/2"]}
    chance = Chance(derived(secret, "bracket", pairs))
    coins = {"coins": {pair: chance.below(2) == 1 for pair in pairs["pairs"]}}
    players = {"players": list("abcdef")}
    order = {"order": Chance(derived(secret, "lots", players)).shuffled(players["players"])}

    check({**published, "purpose": "bracket", "facts": pairs, "result": coins})
    check({**published, "purpose": "lots", "facts": players, "result": order})
    with pytest.raises(Wrong, match="another result"):
        check({**published, "purpose": "lots", "facts": players, "result": {"order": ["f"]}})


def test_places_by_lot_are_made_again() -> None:
    secret = b"\x06" * 32
    order = selection.lots(secret, "selection", ["10", "11", "12", "13"])
    drawing = {
        "purpose": "selection",
        "version": 1,
        "facts": {"by_hand": ["9"]},
        "secret": secret.hex(),
        "commitment": commitment(secret),
    }

    check({**drawing, "result": {"lots": order, "by_lot": order[:2]}})
    with pytest.raises(Wrong, match="another order of lots"):
        check({**drawing, "result": {"lots": order[::-1], "by_lot": order[:2]}})
