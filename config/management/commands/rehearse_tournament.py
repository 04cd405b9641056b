"""Rehearse a tournament: viewers who register, and matches that are played by chance."""

from __future__ import annotations

import math
import random
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.rehearsing import Browser, NoAnswer, control
from tournaments.models import Phase, Tournament

Status = Tournament.Status
ORDER = {phase: place for place, phase in enumerate(Phase.values)}
HOME_GOALS, AWAY_GOALS = 1.6, 1.3
TIERS = ("1000", "1000", "1000", "2000", "3000")
FIRST = (
    *("Amber", "Brisk", "Cosmic", "Dapper", "Electric", "Frosty", "Gentle", "Happy", "Icy"),
    *("Jolly", "Keen", "Lucky", "Mighty", "Nimble", "Odd", "Plucky", "Quiet", "Rapid", "Silent"),
)
LAST = (
    *("Badger", "Comet", "Dolphin", "Eagle", "Falcon", "Gecko", "Heron", "Ibis", "Jackal", "Koala"),
    *("Lynx", "Marmot", "Newt", "Otter", "Panda", "Quokka", "Raven", "Seal", "Tiger", "Viper"),
)


class Command(BaseCommand):
    help = (
        "Registers viewers of the rehearsal for a tournament as they would do it themselves, or "
        "plays its matches through the API, with goals from a seed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        register = verbs.add_parser("register", help="Sign viewers in, and register them.")
        register.add_argument("--viewers", type=int, default=60, help="How many; 60.")
        play = verbs.add_parser("play", help="Play every match, up to --until.")
        play.add_argument("--until", choices=["day", "league", "final"], default="final")
        play.add_argument("--seed", type=int, default=1, help="Of the goals; 1.")
        play.add_argument(
            "--pace", type=float, default=0, help="Seconds that each match is live; 0: not at all."
        )
        for each in (register, play):
            each.add_argument("--tournament", default="", help="Its id; the newest one that is on.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REHEARSAL:
            raise CommandError("This is not a rehearsal: REHEARSAL is off.")
        wanted = options["tournament"]
        try:
            if options["verb"] == "register":
                self.register(_tournament(wanted, Status.REGISTRATION_OPEN), options)
            else:
                play = Play(_tournament(wanted, Status.LEAGUE_PHASE, Status.KNOCKOUTS), options)
                play.run()
                self.stdout.write(f"{play.played} matches were played.")
        except NoAnswer as error:
            raise CommandError(str(error)) from error

    def register(self, tournament: Tournament, options: dict[str, Any]) -> None:
        """Make subscribers of the channel, sign each in on Twitch's page, and register them."""
        for number in range(options["viewers"]):
            name = f"{FIRST[number % len(FIRST)]}{LAST[number // len(FIRST) % len(LAST)]}"
            login = f"{name.lower()}_{number:02}"
            control(_stage(), "viewer", login=login, display_name=name, points=10_000)
            control(_stage(), "subscribe", viewer=login, tier=TIERS[number % len(TIERS)])
            person = Browser(settings.PUBLIC_URL)
            person.sign_in(login)
            status, said = person.call("POST", f"tournaments/{tournament.pk}/register")
            if status not in (200, 201):
                raise CommandError(f"{name} could not register: {said['detail']}")
        self.stdout.write(f"{options['viewers']} viewers are registered for {tournament}.")


class Play:
    """Plays a tournament through the API, as a program with the admin key."""

    def __init__(self, tournament: Tournament, options: dict[str, Any]) -> None:
        if not settings.ADMIN_KEY:
            raise CommandError("Results are entered through the API: set ADMIN_KEY.")
        self._tournament = tournament
        self._until = options["until"]
        self._pace = options["pace"]
        self._chance = random.Random(options["seed"])  # noqa: S311 (a rehearsal)
        self._program = Browser(settings.PUBLIC_URL, settings.ADMIN_KEY)
        self.played = 0

    def run(self) -> None:
        """Play day after day, drawing the bracket in between, until there is nothing left."""
        is_drawn = False
        while True:
            day = self._next_day()
            for match in day:
                self._play(match)
            if day and self._until == "day":
                return
            if not day:
                if is_drawn or self._until == "league":
                    return
                self._do(f"tournaments/{self._tournament.pk}/run-bracket-draw")
                is_drawn = True

    def _next_day(self) -> list[dict[str, Any]]:
        """Return the matches of the first day that is not over."""
        path = f"admin/matches?tournament={self._tournament.pk}"
        found = self._called("GET", path)
        left = [match for match in found if match["status"] != "COMPLETED"]
        if self._until == "league":
            left = [match for match in left if match["phase"] == Phase.LEAGUE]
        first = min((_day(match) for match in left), default=None)
        return [match for match in left if _day(match) == first]

    def _play(self, match: dict[str, Any]) -> None:
        home, away = self._goals(HOME_GOALS), self._goals(AWAY_GOALS)
        path = f"matches/{match['id']}"
        if self._pace:
            self._show(path, home, away)
        score = {"home_goals": home, "away_goals": away}
        status, said = self._program.call("POST", f"admin/{path}/resolve", **score)
        if status == 400 and said["code"] == "level":
            shootout = self._chance.choice([(4, 2), (4, 5), (3, 1), (2, 4)])
            self._do(
                f"{path}/resolve",
                **score,
                has_extra_time=True,
                home_penalties=shootout[0],
                away_penalties=shootout[1],
            )
        elif status != 200:
            raise CommandError(f"{match['id']}: {said['detail']}")
        self.played += 1

    def _show(self, path: str, home: int, away: int) -> None:
        """Let the match be live for its time, goal by goal."""
        scorers = ["home_goals"] * home + ["away_goals"] * away
        self._chance.shuffle(scorers)
        score = {"home_goals": 0, "away_goals": 0}
        self._do(f"{path}/live")
        for side in scorers:
            time.sleep(self._pace / (len(scorers) + 1))
            score[side] += 1
            self._do(f"{path}/score", **score)
        time.sleep(self._pace / (len(scorers) + 1))

    def _goals(self, mean: float) -> int:
        """Return how often a rare thing happens that happens so often on average (Poisson)."""
        goals, chance = 0, self._chance.random()
        while chance > math.exp(-mean):
            goals, chance = goals + 1, chance * self._chance.random()
        return goals

    def _do(self, path: str, **body: Any) -> Any:
        return self._called("POST", f"admin/{path}", **body)

    def _called(self, verb: str, path: str, **body: Any) -> Any:
        status, said = self._program.call(verb, path, **body)
        if status != 200:
            raise CommandError(f"{path} ({status}): {said['detail']}")
        return said


def _day(match: dict[str, Any]) -> tuple[int, int]:
    return ORDER[match["phase"]], match["day"]


def _stage() -> str:
    return f"http://127.0.0.1:{settings.REHEARSAL_PORT}"


def _tournament(wanted: str, *statuses: str) -> Tournament:
    found = Tournament.objects.filter(status__in=statuses).order_by("-created_at", "-pk")
    tournament = (found.filter(pk=wanted) if wanted else found).first()
    if tournament is None:
        labels = " or ".join(f"“{Tournament.Status(each).label}”" for each in statuses)
        raise CommandError(f"There is no such tournament in {labels}.")
    return tournament
