"""A real rehearsal server per test; needs neither Django nor a database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.client import BROADCASTER, Rehearsal


@pytest.fixture
def rehearsal(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Rehearsal]:
    """A fresh server; parametrize indirectly with environment variables to change its settings."""
    server = Rehearsal(tmp_path, getattr(request, "param", {}))
    server.start()
    yield server
    if server.process:
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
