"""Votes and predictions for client apps: who may, what is answered, and every no."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from tests.tournaments import stage
from tests.tournaments.betting import balance, begin, live_match, rich, time_is_over
from tournaments.models import Match, Tournament, Vote, VoteEvent
from twitch.models import Viewer

KEY = "open sesame"
NOBODY = "0" * 26


@pytest.fixture
def made(db: None, settings: LazySettings) -> Tournament:
    settings.ADMIN_KEY = KEY
    return stage.tournament(8)


@pytest.fixture
def match(made: Tournament) -> Match:
    return live_match(made)


@pytest.fixture
def scheduled(made: Tournament) -> Match:
    return made.matches.league().filter(matchday=1).order_by("pk")[0]


@pytest.fixture
def viewer(db: None) -> Viewer:
    return rich(100)


@pytest.fixture
def app(client: Client, viewer: Viewer) -> Client:
    """A client in which the viewer is signed in."""
    client.force_login(User.objects.create(username="viewer", viewer=viewer))
    return client


def post(client: Client, address: str, **body: Any) -> tuple[int, Any]:
    answer = client.post(f"/api/{address}", json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def by_key(client: Client, address: str, **body: Any) -> tuple[int, Any]:
    client.defaults["HTTP_X_ADMIN_KEY"] = KEY
    try:
        return post(client, address, **body)
    finally:
        del client.defaults["HTTP_X_ADMIN_KEY"]


def test_a_vote_is_started_cast_and_seen(app: Client, match: Match, viewer: Viewer) -> None:
    status, vote = by_key(
        app,
        f"admin/matches/{match.pk}/start-vote",
        points_award=1,
        cost_per_vote=10,
        duration=60,
        most_per_viewer=2,
    )
    assert status == 201
    assert 40 < vote["ends_in"] <= 60
    assert VoteEvent.objects.get().started_by == "admin key"
    press = {"participant": match.home.viewer_id, "key": "press-1"}
    for _ in range(2):
        status, cast = post(app, f"votes/{vote['id']}/cast", **press)
        assert (status, cast["player_id"], cast["number"]) == (200, match.home_id, 1)
    assert balance(viewer) == 90
    seen = app.get(f"/api/votes/{vote['id']}").json()
    assert seen["you"] == {"home": 1, "away": 0, "left": 1}
    assert seen["home"]["votes"] == 1
    assert Client().get(f"/api/votes/{vote['id']}").json()["you"] is None
    status, called_off = by_key(app, f"admin/votes/{vote['id']}/cancel", reason="Wrong match")
    assert (status, called_off["status"], called_off["is_refunded"]) == (200, "CANCELLED", True)
    assert balance(viewer) == 100


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"points_award": 1, "cost_per_vote": 0}, "required"),
        ({"points_award": 1, "cost_per_vote": 0, "duration": 9}, "min_value"),
        ({"points_award": -1, "cost_per_vote": 0, "duration": 60}, "min_value"),
        ({"points_award": 1, "cost_per_vote": 0, "duration": 60, "x": 1}, "unknown_field"),
        (
            {"points_award": 1, "cost_per_vote": 0, "duration": 60, "tie_rule": "x"},
            "invalid_choice",
        ),
    ],
)
def test_a_vote_of_senseless_terms_is_refused(
    client: Client, match: Match, body: dict[str, Any], code: str
) -> None:
    status, problem = by_key(client, f"admin/matches/{match.pk}/start-vote", **body)
    assert (status, problem["code"]) == (400, code)


def test_starting_asks_for_the_right_and_a_live_match(
    client: Client, scheduled: Match, viewer: Viewer
) -> None:
    address = f"admin/matches/{scheduled.pk}/start-vote"
    terms = {"points_award": 1, "cost_per_vote": 0, "duration": 60}
    assert post(client, address, **terms)[0] == 401
    user = User.objects.create(username="moderator", viewer=viewer)
    client.force_login(user)
    assert post(client, address, **terms)[1]["code"] == "no_right"
    user.user_permissions.add(Permission.objects.get(codename="run_votes"))
    status, problem = post(client, address, **terms)
    assert (status, problem["code"]) == (409, "match_not_live")
    assert by_key(client, f"admin/matches/match_{NOBODY}/start-vote", **terms)[0] == 404
    assert by_key(client, f"admin/votes/vote_{NOBODY}/cancel")[0] == 404


def test_casting_says_no_with_a_reason(app: Client, match: Match, viewer: Viewer) -> None:
    event = begin(match, cost_per_vote=60)
    address = f"votes/{event.pk}/cast"
    press = {"participant": match.home_id, "key": "one"}

    def refused(status: int, code: str, **body: Any) -> None:
        answer, problem = post(app, address, **press | body)
        assert (answer, problem["code"]) == (status, code)

    refused(400, "invalid", key="two words")
    refused(400, "blank", participant="")
    refused(400, "max_length", participant="x" * 41)
    refused(400, "unknown_field", points=1)
    refused(409, "not_in_this_match", participant="player_404")
    assert post(app, address, **press)[0] == 200
    refused(409, "key_reused", participant=match.away_id)
    refused(409, "no_votes_left", key="two")
    VoteEvent.objects.update(most_per_viewer=2)
    refused(409, "not_enough_points", key="two")
    time_is_over(event)
    refused(409, "vote_over", key="two")
    assert post(app, f"votes/vote_{NOBODY}/cast", **press)[0] == 404
    assert Vote.objects.count() == 1


def test_who_may_not_act_neither_votes_nor_bets(
    client: Client, made: Tournament, viewer: Viewer
) -> None:
    scheduled = made.matches.league().filter(matchday=2)[0]
    event = begin(live_match(made))

    def codes() -> set[str]:
        addresses = {
            f"votes/{event.pk}/cast": {"participant": event.match.home_id},
            f"matches/{scheduled.pk}/predict": {"side": "home", "points_wagered": 10},
        }
        return {post(client, to, key="one", **body)[1]["code"] for to, body in addresses.items()}

    assert codes() == {"not_signed_in"}
    user = User.objects.create(username="somebody")
    client.force_login(user)
    assert codes() == {"no_viewer"}
    user.viewer, user.is_banned = viewer, True
    user.save()
    assert codes() == {"banned"}
    user.is_banned, user.is_superuser = False, True
    user.save()
    assert codes() == {"runs_it"}
    assert balance(viewer) == 100


def test_points_are_staked_and_the_market_moves(
    app: Client, scheduled: Match, viewer: Viewer
) -> None:
    address = f"matches/{scheduled.pk}"
    status, market = post(app, f"{address}/predict", side="home", points_wagered=40, key="one")
    assert status == 200
    assert market["total"] == 40
    assert market["you"]["points_wagered"] == 40
    status, market = post(
        app,
        f"{address}/predict",
        participant=scheduled.home.viewer_id,
        points_wagered=20,
        key="two",
    )
    assert (status, market["you"]["points_wagered"], balance(viewer)) == (200, 60, 40)
    assert [side["side"] for side in market["sides"]] == ["home", "draw", "away"]
    seen = app.get(f"/api/{address}/predictions?points=60").json()
    # Of 120 on two sides of 60 each: what is on the same side only comes back.
    assert [side["projected"] for side in seen["sides"]] == [120, 120, 120]
    assert Client().get(f"/api/{address}/predictions").json()["you"] is None
    mine = app.get(f"/api/tournaments/{scheduled.tournament_id}/my-predictions").json()
    assert (len(mine["predictions"]), mine["staked"]) == (1, 60)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"points_wagered": 10, "key": "a"}, 400, "side_or_participant"),
        ({"side": "home", "participant": "1", "points_wagered": 1, "key": "a"}, 400, None),
        ({"side": "left", "points_wagered": 10, "key": "a"}, 400, "invalid_choice"),
        ({"side": "home", "points_wagered": 0, "key": "a"}, 400, "min_value"),
        ({"side": "home", "points_wagered": 10**12, "key": "a"}, 400, "max_value"),
        ({"side": "home", "points_wagered": 1.5, "key": "a"}, 400, "invalid"),
        ({"side": "home", "points_wagered": 10, "key": "é"}, 400, "invalid"),
        ({"side": "home", "points_wagered": 10, "key": "a" * 61}, 400, "invalid"),
        ({"side": "home", "points_wagered": 101, "key": "a"}, 409, "not_enough_points"),
        ({"side": "home", "points_wagered": 1001, "key": "a"}, 409, "too_much"),
        ({"participant": "404", "points_wagered": 1, "key": "a"}, 409, "not_in_this_match"),
    ],
)
def test_a_stake_that_makes_no_sense_is_refused(
    app: Client, scheduled: Match, body: dict[str, Any], status: int, code: str | None
) -> None:
    answer, problem = post(app, f"matches/{scheduled.pk}/predict", **body)
    assert (answer, problem["code"]) == (status, code or "side_or_participant")


def test_predictions_of_a_live_match_are_locked(app: Client, match: Match) -> None:
    status, problem = post(
        app, f"matches/{match.pk}/predict", side="home", points_wagered=10, key="one"
    )
    assert (status, problem["code"]) == (409, "locked")
    assert app.get(f"/api/matches/{match.pk}/predictions").json()["is_open"] is False


def test_what_is_not_there_is_not_found(app: Client, scheduled: Match) -> None:
    scheduled.tournament.drawings.update(revealed_at=None)
    for address in (
        f"matches/{scheduled.pk}/predictions",
        f"matches/match_{NOBODY}/predictions",
        f"votes/vote_{NOBODY}",
        f"tournaments/tour_{NOBODY}/my-predictions",
    ):
        assert app.get(f"/api/{address}").json()["code"] == "not_found"
    assert app.get(f"/api/matches/{scheduled.pk}/predictions?x=1").json()["code"] == "unknown_key"


def test_a_vote_that_is_long_over_says_so(client: Client, match: Match) -> None:
    event = begin(match, duration=timedelta(seconds=10))
    time_is_over(event)
    assert client.get(f"/api/votes/{event.pk}").json()["ends_in"] == 0
