"""Five hundred viewers press at the end of a vote, while the workers die."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.models import User
from points.models import Account
from points.services import audit, ledger
from points.services.ledger import Cause, Credit
from tests.overlay.conftest import Site, _site, site  # noqa: F401 (the fixtures)
from tests.sagas.workers import kill_all, sweep, wait_for, workers
from tests.tournaments import stage
from tests.tournaments.betting import begin, live_match
from tournaments.models import Vote, VoteEvent
from tournaments.services.votes import starting
from twitch.models import Viewer

pytestmark = pytest.mark.chaos

VOTERS = 500
POINTS, COST = 100, 10
TOKEN = "t" * 32
BUSY = 503
# They press in the last seconds of the vote, and some after.
BEFORE, AFTER = 2.5, 1.0


@pytest.fixture
def two_sites(site: Site) -> Iterator[list[Site]]:  # noqa: F811
    """Two web processes on one database."""
    other = Site()
    other.start()
    yield [site, other]
    other.stop()


def sign_in_voters() -> dict[str, str]:
    """Make viewers with points who are signed in; returns the session of each by viewer."""
    ids = [str(300_000 + n) for n in range(VOTERS)]
    Viewer.objects.bulk_create(Viewer(id=pk, login=f"v{pk}", display_name=f"V{pk}") for pk in ids)
    cause = Cause("test", "1", "A test")
    ledger.credit_many(Credit(pk, POINTS, cause, f"start:{pk}") for pk in ids)
    users = User.objects.bulk_create(User(username=f"u{pk}", viewer_id=pk) for pk in ids)
    store = import_module(settings.SESSION_ENGINE).SessionStore
    sessions = {}
    for user in users:
        session = store()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        sessions[str(user.viewer_id)] = session.session_key
    return sessions


async def press(
    client: aiohttp.ClientSession, address: str, session: str, player: str, at: float
) -> tuple[int, str]:
    """Press once at that time, and at once again as a nervous finger does; returns the answers."""
    await asyncio.sleep(at - time.monotonic())
    headers = {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
    }

    async def send() -> tuple[int, str]:
        body = {"participant": player, "key": "press"}
        while True:
            async with client.post(address, json=body, headers=headers) as answer:
                said = await answer.json()
                # The machine may have more to do than it can: then it is pressed again.
                if answer.status != BUSY:
                    return answer.status, said.get("code", "")

    first, again = await asyncio.gather(send(), send())
    # In time for the one may be too late for the other; what counts is what was told at best.
    return min(first, again)


async def storm(
    sites: list[Site], event: VoteEvent, sessions: dict[str, str], ends: float
) -> dict[str, tuple[int, str]]:
    """Let everybody press around that moment; returns what each was told."""
    players = [event.match.home_id, event.match.away_id]
    spread = (BEFORE + AFTER) / len(sessions)
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as client:
        answers = await asyncio.gather(
            *(
                press(
                    client,
                    f"{sites[n % len(sites)].origin}/api/votes/{event.pk}/cast",
                    session,
                    players[n % 3 // 2],
                    ends - BEFORE + n * spread,
                )
                for n, session in enumerate(sessions.values())
            )
        )
    return dict(zip(sessions, answers, strict=True))


def test_no_vote_is_late_lost_or_double_whatever_dies(
    two_sites: list[Site], tmp_path: Path
) -> None:
    made = stage.tournament(8)
    sessions = sign_in_voters()
    match = live_match(made)
    log = tmp_path / "workers.log"
    with workers(log, processes=1, name="first") as first:
        event = begin(match, cost_per_vote=COST, duration=starting.SHORTEST)
        ends = time.monotonic() + starting.SHORTEST.total_seconds()
        told = asyncio.run(_with_a_death(two_sites, event, sessions, ends, first))
    with workers(log, processes=1, name="second"):
        sweep()
        wait_for(lambda: _is_over(event), "the vote to end", log=log)
    check(event, told)


async def _with_a_death(
    sites: list[Site], event: VoteEvent, sessions: dict[str, str], ends: float, worker: Any
) -> dict[str, tuple[int, str]]:
    """Kill the worker a moment before the end."""
    asyncio.get_running_loop().call_later(ends - time.monotonic() - 0.2, kill_all, worker)
    return await storm(sites, event, sessions, ends)


def _is_over(event: VoteEvent) -> bool:
    return VoteEvent.objects.filter(pk=event.pk, status=VoteEvent.Status.COMPLETED).exists()


def check(event: VoteEvent, told: dict[str, tuple[int, str]]) -> None:
    """Whoever was told that their vote counts has voted once and in time, and nobody else has."""
    event = VoteEvent.objects.get(pk=event.pk)
    counted = {viewer for viewer, (status, _) in told.items() if status == 200}
    assert {answer for answer in told.values() if answer[0] != 200} <= {(409, "vote_over")}
    cast = list(Vote.objects.filter(event=event))
    assert len(cast) == len(counted) == (event.home_votes or 0) + (event.away_votes or 0)
    assert {vote.viewer_id for vote in cast} == counted
    assert all(vote.at < event.ends_at for vote in cast)
    assert 0 < len(counted) < VOTERS, "the storm was not across the end"
    # The first player has two of three presses.
    assert event.home_award == 1
    balances = dict(Account.objects.filter(pk__in=told).values_list("pk", "balance"))
    assert balances == {pk: POINTS - COST * (pk in counted) for pk in told}
    assert audit.check() == []
