"""A real rehearsal server per test; needs neither Django nor a database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.client import BROADCASTER, Rehearsal


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """The server that most tests share, one after the other."""
    server = Rehearsal(tmp_path_factory.mktemp("rehearsal"))
    server.start()
    yield server
    assert server.stop() == 0


@pytest.fixture
def rehearsal(
    shared: Rehearsal, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Rehearsal]:
    """A server with a fresh state; parametrize indirectly with environment variables to change
    its settings, and it is a server of the test's own.
    """
    if not hasattr(request, "param"):
        shared.control("reset")
        yield shared
        return
    server = Rehearsal(tmp_path, request.param)
    server.start()
    yield server
    assert server.stop() == 0


@pytest.fixture
def manager(rehearsal: Rehearsal) -> str:
    """The broadcaster's access token, good for rewards and redemptions."""
    token: str = rehearsal.sign_in("greenroom", "channel:manage:redemptions")["access_token"]
    return token


@pytest.fixture
def reward(rehearsal: Rehearsal, manager: str) -> str:
    """The id of a reward of ours that costs 100 points."""
    answer = rehearsal.helix(
        "POST",
        f"channel_points/custom_rewards?broadcaster_id={BROADCASTER}",
        manager,
        json={"title": "Keyboard raffle", "cost": 100},
    )
    id: str = answer.json()["data"][0]["id"]
    return id
