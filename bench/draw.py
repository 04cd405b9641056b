"""The league draw at every size: who meets whom, and with it the match days; no peer, no database.

The seeds are the numbers from 0 on, so every run makes the same draws.
"""

from __future__ import annotations

import time

from tournaments.rules.chance import Chance
from tournaments.rules.draw import draw, meetings
from tournaments.rules.formats import LEAST, MOST, Format, format_of

PLAYERS = 36
DRAWS = 2_000
DRAWS_OF_OTHER_SIZES = 60
BAR_MS = 100


def pots(form: Format) -> list[list[str]]:
    names = [f"player {seed}" for seed in range(form.players)]
    starts = range(0, form.players, form.pot_size)
    return [names[start : start + form.pot_size] for start in starts]


def measured(form: Format, draws: int) -> tuple[list[float], list[float], int]:
    """Return the sorted milliseconds of the meetings alone and of whole draws, and the redraws."""
    among, each = pots(form), form.matches_per_player
    alone, whole, redraws = [], [], 0
    for number in range(draws):
        seed = number.to_bytes(32, "big")
        began = time.perf_counter()
        meetings(among, each, Chance(seed))
        alone.append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        redraws += draw(among, each, Chance(seed)).redraws
        whole.append(1000 * (time.perf_counter() - began))
    return sorted(alone), sorted(whole), redraws


def line(name: str, times: list[float]) -> str:
    at = {"median": 0.5, "p95": 0.95, "p99": 0.99, "longest": 1}
    shown = [f"{each} {times[int(share * (len(times) - 1))]:7.2f}" for each, share in at.items()]
    return f"{name:<28}{'  '.join(shown)} ms"


def main() -> None:
    alone, whole, redraws = measured(format_of(PLAYERS), DRAWS)
    print(f"{DRAWS} draws of {PLAYERS} players, {redraws} of them drawn anew for their match days")
    print(line("  who meets whom", alone))
    print(line("  with match days", whole))
    p95 = whole[int(0.95 * (len(whole) - 1))]
    print(f"  bar: p95 below {BAR_MS} ms: {'met' if p95 < BAR_MS else 'MISSED'}")
    print(f"{DRAWS_OF_OTHER_SIZES} draws of every other size")
    for players in range(LEAST, MOST + 1, 2):
        form = format_of(players)
        _, times, again = measured(form, DRAWS_OF_OTHER_SIZES)
        shape = f"{players} in {form.pots} pots, {form.matches_per_player} each"
        print(line(f"  {shape}", times) + (f", {again} drawn anew" if again else ""))
