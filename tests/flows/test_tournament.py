"""A season with a dozen players, from signing in to the champion, in which workers die."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from config.rehearsing import Browser
from tests.flows.conftest import Show

pytestmark = pytest.mark.chaos

PLAYERS, VIEWERS = 12, 5
STAKES = {"home": (70, 31), "draw": (40,), "away": (57, 200)}
COST, PRESSES = 10, 2
FINISHED = {"home_goals": 2, "away_goals": 1}
CORRECTED = {"home_goals": 0, "away_goals": 3}


class Season:
    """A tournament of a running Greenroom: who organises it, who plays, and who looks on."""

    def __init__(self, show: Show) -> None:
        self.show = show
        home = f"http://localhost:{show.port}"
        self.admin = Browser(home, "open sesame")
        self.people = [Browser(home) for _ in range(PLAYERS + VIEWERS)]
        settings = {"max_participants": PLAYERS, "quarter_final_legs": 1, "semi_final_legs": 1}
        made = self.call("POST", "tournaments", expect=201, name="Autumn Cup", **settings)
        self.id = made["id"]
        self.step("REGISTRATION_OPEN")

    @property
    def viewers(self) -> list[Browser]:
        return self.people[PLAYERS:]

    def call(self, verb: str, path: str, expect: int = 200, **body: Any) -> Any:
        """Return what the streamer's API answers."""
        return asked(self.admin, verb, f"admin/{path}", expect, **body)

    def of(self, verb: str, path: str, expect: int = 200, **body: Any) -> Any:
        """Return what it answers about this tournament."""
        return self.call(verb, f"tournaments/{self.id}/{path}", expect, **body)

    def seen(self, what: str = "") -> Any:
        """Return what everybody sees of it."""
        return asked(Browser(self.admin.home), "GET", f"tournaments/{self.id}{what and '/' + what}")

    def step(self, to: str) -> None:
        self.of("POST", "transition", to=to)

    def matches(self, phase: str = "LEAGUE") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", f"matches?tournament={self.id}")
        return sorted((it for it in found if it["phase"] == phase), key=lambda it: it["day"])

    def play(self, until: str) -> None:
        self.show.manage("rehearse_tournament", "play", "--until", until)

    def balances(self) -> list[int]:
        return [asked(person, "GET", "points/me")["balance"] for person in self.people]

    def content(self) -> list[Any]:
        """Return everything that follows from the results."""
        status = self.seen()["status"]
        return [status, *map(self.seen, ("standings", "knockout", "participants")), self.balances()]

    def correct(self, match: str, score: dict[str, int]) -> None:
        """Correct a result as it was previewed, after nothing was changed by only looking."""
        before, path = self.content(), f"matches/{match}/resolve"
        unseen = self.call("POST", path, 409, **score)
        assert unseen["code"] == "preview_needed"
        assert self.content() == before
        self.call("POST", path, **score, preview_token=unseen["preview_token"])
        moved = sum(each["change"] for each in unseen["changes"]["points"])
        assert sum(self.balances()) == sum(before[-1]) + moved
        assert unseen["changes"]["table"]

    def is_right(self) -> None:
        assert "The ledger is right." in self.show.manage("ledger_check")


@pytest.fixture(scope="module")
def season(show: Show) -> Season:
    return Season(show)


def asked(person: Browser, verb: str, path: str, expect: int = 200, **body: Any) -> Any:
    """Return what somebody is answered, which is to have that status."""
    status, said = person.call(verb, path, **body)
    assert status == expect, (path, said)
    return said


def test_a_season_from_signing_in_to_the_champion(show: Show, season: Season) -> None:
    register(show, season)
    choose_and_draw(show, season)
    start = season.balances()
    first = season.matches()[0]
    predict(season, first)
    vote(show, season, first)
    season.call("POST", f"matches/{first['id']}/resolve", **FINISHED)
    settled(season, first, start)
    knock_out(show, season)
    end = season.content()
    season.correct(first["id"], CORRECTED)
    assert season.content() != end
    season.is_right()
    season.correct(first["id"], FINISHED)
    assert season.content() == end
    season.is_right()
    assert sum(end[-1]) == sum(start) - VIEWERS * PRESSES * COST


def register(show: Show, season: Season) -> None:
    """Sign everybody in on Twitch's page; only who subscribes may register."""
    path = f"tournaments/{season.id}/register"
    for number, person in enumerate(season.people):
        login = f"player_{number:02}"
        show.control("viewer", {"login": login, "display_name": f"Player{number:02}"})
        person.sign_in(login)
        if not number:
            assert asked(person, "POST", path, 403)["code"] == "not_subscribed"
        show.control("subscribe", {"viewer": login, "tier": "1000"})
        assert person.call("POST", path)[0] in (200, 201)
    show.kill("celery")
    show.wait_for(lambda: all(season.balances()), "the points for subscribing")


def choose_and_draw(show: Show, season: Season) -> None:
    """Publish some by name and the rest of the first dozen, and draw with a ceremony."""
    season.step("REGISTRATION_CLOSED")
    season.step("AWAITING_SELECTION")
    rows = season.of("GET", "registrations?limit=100")["results"]
    dozen = [row for row in rows if int(row["login"][-2:]) < PLAYERS]
    ids = [row["id"] for row in dozen]
    preview = season.of("PATCH", "registrations", registrations=ids, is_chosen=True)
    assert preview["can_publish"], preview
    names = [row["userId"] for row in dozen]
    assert len(season.of("POST", "confirm-participants", userIds=names)) == PLAYERS
    mine = asked(season.viewers[0], "GET", f"tournaments/{season.id}/my-registration-status")
    assert mine["status"] == "NOT_SELECTED"
    assert season.of("POST", "run-league-draw")["status"] == "ceremony"
    assert season.seen("matches")["matchdays"] == []
    assert season.of("POST", "ceremony", do="skip")["status"] == "revealed"
    assert len(season.matches()) == PLAYERS * 8 // 2
    assert "the matches are those that were drawn" in show.manage("verify_draw", season.id)


def predict(season: Season, match: dict[str, Any]) -> None:
    """Stake on every outcome, with the same press sent twice; the players may not."""
    path, people = f"matches/{match['id']}/predict", iter(season.viewers)
    for side, stakes in STAKES.items():
        for points in stakes:
            person = next(people)
            for _ in range(2):
                asked(person, "POST", path, side=side, points_wagered=points, key="press")
    number = int(match["home"]["name"][-2:])
    wish = {"side": "away", "points_wagered": 1, "key": "press"}
    assert season.people[number].call("POST", path, **wish)[0] in (403, 409)


def vote(show: Show, season: Season, match: dict[str, Any]) -> None:
    """Vote while the match is live; the workers die, and the vote ends by its clock."""
    path = f"matches/{match['id']}"
    season.call("POST", f"{path}/live")
    wish = {"side": "home", "points_wagered": 1, "key": "late"}
    assert asked(season.viewers[0], "POST", f"{path}/predict", 409, **wish)["code"] == "locked"
    terms = {"points_award": 1, "cost_per_vote": COST, "most_per_viewer": PRESSES}
    event = season.call("POST", f"{path}/start-vote", 201, **terms, duration=12)["id"]

    def press(person: Browser) -> None:
        for key in ("one", "two", "two"):
            wish = {"participant": match["away"]["id"], "key": key}
            asked(person, "POST", f"votes/{event}/cast", **wish)

    show.kill("celery")
    with ThreadPoolExecutor(VIEWERS) as crowd:
        list(crowd.map(press, season.viewers))

    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = asked(season.viewers[0], "GET", f"votes/{event}")
        return found if found["status"] == "COMPLETED" else None

    over = show.wait_for(ended, "the vote to end", 90)
    assert (over["away"]["votes"], over["away"]["award"]) == (VIEWERS * PRESSES, 1)
    wish = {"participant": match["away"]["id"], "key": "late"}
    late = asked(season.viewers[0], "POST", f"votes/{event}/cast", 409, **wish)
    assert late["code"] == "vote_over"


def settled(season: Season, match: dict[str, Any], start: list[int]) -> None:
    """See what everybody staked given to who was right, and the vote point in the table."""
    paid = [after - before for after, before in zip(season.balances(), start, strict=True)]
    assert sum(paid) == -VIEWERS * PRESSES * COST
    assert paid[:PLAYERS] == [0] * PLAYERS
    winners, stakes = STAKES["home"], sum(map(sum, STAKES.values()))
    # Largest remainder: 398 in the ratio of 70 to 31 is 275 and 122, and the last goes to 275.84.
    shares = [stakes * mine // sum(winners) for mine in winners]
    assert paid[PLAYERS] == shares[0] + 1 - winners[0] - PRESSES * COST
    assert paid[PLAYERS + 1] == shares[1] - winners[1] - PRESSES * COST
    rows = {row["player"]["id"]: row for row in season.seen("standings")["rows"]}
    assert rows[match["away"]["id"]]["bonus"] == 1
    assert rows[match["home"]["id"]]["total"] == 3


def knock_out(show: Show, season: Season) -> None:
    """Play the league phase, draw the bracket, and play on with a bet on a tie to the champion."""
    season.play("league")
    assert season.seen()["status"] == "KNOCKOUTS"
    season.of("POST", "run-bracket-draw")
    tie = season.matches("PLAYOFF")[0]
    before = season.balances()
    for person, side in zip(season.viewers, ("home", "away", "home"), strict=False):
        wish = {"side": side, "points_wagered": 25, "key": "tie"}
        asked(person, "POST", f"matches/{tie['id']}/predict", **wish)
    show.kill("celery")
    season.play("final")
    assert sum(season.balances()) == sum(before)
    over = season.seen()
    assert over["status"] == "COMPLETED"
    (champion,) = [
        player
        for pot in season.seen("participants")["pots"]
        for player in pot["players"]
        if player["status"] == "WINNER"
    ]
    assert champion["id"] == over["champion"]["id"]
