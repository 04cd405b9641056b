"""`manage.py verify_draw`: check published draws, or many new ones, without the draw's own code."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tournaments.management import replay
from tournaments.models import Drawing, Match, Tournament
from tournaments.rules.avoid import NONE
from tournaments.rules.chance import Chance, commitment, derived
from tournaments.rules.draw import VERSION, draw
from tournaments.rules.formats import Format, NoFormat, format_of
from tournaments.services import drawing


class Command(BaseCommand):
    help = "Check that draws are as promised, as drawn and by the rules; says what is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("tournament", nargs="?", help="a tournament's id, as tour_…")
        parser.add_argument("--file", type=Path, help="what the address /draw answered")
        parser.add_argument("--seeds", type=int, metavar="N", help="make and check N new draws")
        parser.add_argument("--players", type=int, default=36, help="of the new draws")

    def handle(self, **options: Any) -> None:
        chosen = [options["tournament"], options["file"], options["seeds"]]
        if sum(one is not None for one in chosen) != 1:
            raise CommandError("Name a tournament, a --file, or a number of --seeds.")
        try:
            if options["tournament"]:
                self._verify_tournament(options["tournament"])
            elif options["file"]:
                self._verify(_read(options["file"]))
            else:
                self._verify_new(options["seeds"], options["players"])
        except replay.Wrong as error:
            raise CommandError(f"WRONG: {error}") from error

    def _verify_tournament(self, tournament_id: str) -> None:
        try:
            tournament = Tournament.objects.get(pk=tournament_id)
        except Tournament.DoesNotExist:
            raise CommandError("There is no such tournament.") from None
        published = drawing.document(tournament, timezone.now())
        self._verify(published["drawings"])
        for proof in published["drawings"]:
            if proof["purpose"] == Drawing.Purpose.LEAGUE and proof["result"]:
                _compare_matches(tournament, proof["result"]["games"])
                self.stdout.write("league: the matches are those that were drawn.")

    def _verify(self, drawings: list[dict[str, Any]]) -> None:
        for one in drawings:
            self.stdout.write(replay.check(one))

    def _verify_new(self, seeds: int, players: int) -> None:
        try:
            form = format_of(players)
        except NoFormat as error:
            raise CommandError(str(error)) from error
        times, redraws = [], 0
        for number in range(seeds):
            drawn = _new_draw(form, number.to_bytes(32, "big"))
            replay.check(drawn.proof)
            times.append(drawn.seconds)
            redraws += drawn.proof["result"]["redraws"]
        self.stdout.write(_summary(sorted(times), players, redraws))


@dataclass(frozen=True)
class _Drawn:
    """A draw as it would be published, and how long it took."""

    proof: dict[str, Any]
    seconds: float


def _new_draw(form: Format, secret: bytes) -> _Drawn:
    names = [f"player {seed}" for seed in range(1, form.players + 1)]
    starts = range(0, form.players, form.pot_size)
    pots = [names[start : start + form.pot_size] for start in starts]
    facts = {
        "pots": pots,
        "matches_per_player": form.matches_per_player,
        "avoid": NONE.as_json(),
    }
    began = perf_counter()
    chance = Chance(derived(secret, Drawing.Purpose.LEAGUE, facts))
    fixtures = draw(pots, form.matches_per_player, chance)
    seconds = perf_counter() - began
    games = [list(game) for game in fixtures.games]
    proof = {
        "purpose": Drawing.Purpose.LEAGUE,
        "version": VERSION,
        "commitment": commitment(secret),
        "secret": secret.hex(),
        "facts": facts,
        "result": {"games": games, "redraws": fixtures.redraws},
    }
    return _Drawn(proof, seconds)


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return list(document["drawings"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} is not what a draw's address answers.") from error


def _compare_matches(tournament: Tournament, games: list[list[Any]]) -> None:
    stored = tournament.matches.league().counting()
    found = {tuple(row) for row in stored.values_list("matchday", "home_id", "away_id")}
    if found != {tuple(game) for game in games}:
        raise replay.Wrong("league: the stored matches are not those that were drawn.")
    left_out = Match.objects.filter(tournament=tournament, phase="LEAGUE", is_set_aside=True)
    if left_out.exists():
        raise replay.Wrong("league: a drawn match was set aside.")


def _summary(times: list[float], players: int, redraws: int) -> str:
    if not times:
        return "Nothing to check."
    at = {name: 1000 * times[int(share * (len(times) - 1))] for name, share in SHARES.items()}
    shown = ", ".join(f"{name} {milliseconds:.1f}" for name, milliseconds in at.items())
    return (
        f"{len(times)} draws of {players} players are as promised, as drawn and by the rules; "
        f"{redraws} were drawn anew to fit into their days. Milliseconds for each: {shown}."
    )


SHARES = {"median": 0.5, "p95": 0.95, "p99": 0.99, "longest": 1.0}
