"""Real seasons of the Champions League, from the files in `data`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tournaments.rules.standings import Entrant, Played
from tournaments.rules.ties import Leg

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Season:
    """A season: its matches by phase, and the official order of the league phase."""

    lines: tuple[dict[str, str], ...]
    official: tuple[str, ...]

    def entrants(self) -> list[Entrant]:
        """Everybody, with a seed that tells nothing of the order."""
        names = sorted(self.official)
        return [Entrant(name, seed, lot=seed) for seed, name in enumerate(names, 1)]

    def league(self, *, until: int = 8) -> list[Played]:
        """The league matches up to a match day."""
        return [
            Played(line["home"], line["away"], int(line["home_goals"]), int(line["away_goals"]))
            for line in self.of("LEAGUE")
            if int(line["number"]) <= until
        ]

    def of(self, phase: str) -> list[dict[str, str]]:
        return [line for line in self.lines if line["phase"] == phase]

    def legs(self, phase: str, slot_of: dict[frozenset[str], int]) -> list[Leg]:
        """The legs of a round, in the slots where these pairings are."""
        return [
            Leg(
                phase=phase,
                slot=slot_of[frozenset((line["home"], line["away"]))],
                number=int(line["number"]),
                home=line["home"],
                away=line["away"],
                home_goals=int(line["home_goals"]),
                away_goals=int(line["away_goals"]),
                has_extra_time=bool(line["extra_time"]),
                home_penalties=int(line["home_penalties"]) if line["home_penalties"] else None,
                away_penalties=int(line["away_penalties"]) if line["away_penalties"] else None,
            )
            for line in self.of(phase)
        ]


@cache
def season(name: str) -> Season:
    """Read a season, as `2024_25`."""
    with (DATA / f"champions_league_{name}.csv").open(encoding="utf-8") as file:
        lines = tuple(csv.DictReader(file))
    official = (DATA / f"champions_league_{name}_table.txt").read_text(encoding="utf-8")
    return Season(lines, tuple(official.split("\n")[:-1]))
