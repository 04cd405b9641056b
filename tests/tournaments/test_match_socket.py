"""The socket of a match: what everybody sees of a score, a vote and the stakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from accounts.models import User
from pushes.consumers import NOT_ALLOWED
from tests.overlay.conftest import Site, _site, hear, say, site  # noqa: F401 (the fixtures)
from tests.tournaments import stage
from tests.tournaments.betting import begin, cast, live_match, rich, stake
from tournaments.models import Match, Tournament
from tournaments.services import coalescing, matches, predictions, votes
from twitch.models import Viewer

Following = Callable[..., ClientConnection]


@pytest.fixture
def made(transactional_db: None) -> Tournament:
    return stage.tournament(8)


@pytest.fixture
def match(made: Tournament) -> Match:
    return live_match(made)


@pytest.fixture
def following(site: Site) -> Iterator[Following]:  # noqa: F811
    """Open sockets of matches, as a page of ours with somebody's cookies."""
    with ExitStack() as stack:

        def follow(match_id: str, client: Client | None = None) -> ClientConnection:
            headers = {"Origin": site.origin}
            if client:
                headers["Cookie"] = f"sessionid={client.cookies['sessionid'].value}"
            address = f"ws://localhost:{site.port}/ws/match/{match_id}"
            return stack.enter_context(connect(address, additional_headers=headers, proxy=None))

        yield follow


def signed_in(viewer: Viewer, **columns: bool) -> Client:
    client = Client()
    client.force_login(User.objects.create_user(viewer.login, viewer=viewer, **columns))
    return client


def test_who_joins_sees_everything_at_once(match: Match, following: Following) -> None:
    event, viewer = begin(match, most_per_viewer=3), rich()
    cast(event, viewer)
    match.refresh_from_db()
    seen = hear(following(match.pk, signed_in(viewer, is_banned=True)))
    assert (seen["type"], seen["seq"]) == ("snapshot", match.seq)
    assert seen["match"]["id"] == match.pk
    assert seen["score"]["status"] == "LIVE"
    assert 0 < seen["vote"]["ends_in"] <= 60
    assert (seen["vote"]["home"]["votes"], seen["vote"]["away"]["votes"]) == (1, 0)
    assert seen["you"] == {
        "viewer_id": viewer.pk,
        "votes": {"home": 1, "away": 0, "left": 2},
    }
    assert seen["market"]["is_open"] is False
    assert hear(following(match.pk))["you"] is None


def test_what_happens_is_told_in_its_order(match: Match, following: Following) -> None:
    first, other = following(match.pk), following(match.pk)
    seq = hear(first)["seq"]
    hear(other)
    matches.score(match.pk, 1, 0)
    event = begin(match)
    votes.finish(event.pk, now=timezone.now())
    for socket in (first, other):
        told = [hear(socket) for _ in range(3)]
        assert [message["type"] for message in told] == [
            "SCORE_UPDATE",
            "VOTE_STARTED",
            "VOTE_ENDED",
        ]
        assert [message["seq"] for message in told] == [seq + 1, seq + 2, seq + 3]
        assert told[0]["home_goals"] == 1
        assert told[1]["vote"]["id"] == event.pk
        assert told[2]["vote"]["no_award_because"] == "no_votes"
    say(first, type="snapshot?")
    assert hear(first)["seq"] == seq + 3


def test_the_bars_are_told_without_a_number(match: Match, following: Following) -> None:
    event = begin(match)
    socket = following(match.pk)
    hear(socket)
    cast(event, rich())
    cast(event, rich(), "away")
    votes.tell_tally(event.pk)
    assert hear(socket) == {
        "type": "VOTE_TALLY",
        "vote_id": event.pk,
        "home_votes": 1,
        "away_votes": 1,
    }
    votes.finish(event.pk, now=timezone.now())
    votes.tell_tally(event.pk)
    assert hear(socket)["type"] == "VOTE_ENDED"


def test_stakes_move_the_market_of_who_looks(made: Tournament, following: Following) -> None:
    match = made.matches.league().filter(matchday=2)[0]
    socket = following(match.pk)
    assert hear(socket)["market"]["is_open"] is True
    stake(match, rich(), "draw", 60)
    predictions.tell_pools(match.pk)
    told = hear(socket)
    assert told["type"] == "POOLS"
    assert [side["points"] for side in told["pools"]] == [0, 60, 0]


def test_many_changes_ask_for_one_telling(match: Match, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        coalescing.current_app, "send_task", lambda task, *_, **__: asked.append(task)
    )
    event = begin(match, cost_per_vote=0)
    asked.clear()
    for _ in range(3):
        cast(event, rich(0))
    assert asked == [votes.TELL_TALLY]
    votes.tell_tally(event.pk)
    cast(event, rich(0))
    assert asked == [votes.TELL_TALLY] * 2
    cache.clear()


def test_a_match_that_is_not_shown_has_no_socket(made: Tournament, following: Following) -> None:
    match = made.matches.league()[0]
    made.drawings.update(revealed_at=None)
    for match_id in (match.pk, f"match_{'0' * 26}"):
        with pytest.raises(ConnectionClosed) as caught:
            hear(following(match_id))
        assert caught.value.rcvd
        assert caught.value.rcvd.code == NOT_ALLOWED
