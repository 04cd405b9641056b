"""Viewers with points, and a ledger that is proved after every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from points.services import audit, ledger
from points.services.ledger import Cause
from tests.backstage import Backstage
from twitch.models import Viewer

CAUSE = Cause("test", "1", "A test")


def give(viewer: Viewer, amount: int, key: str = "start", batch: str = "") -> None:
    ledger.credit(viewer.pk, amount, CAUSE, key=f"{key}:{viewer.pk}", batch=batch)


@pytest.fixture
def ann(db: None) -> Viewer:
    return Viewer.objects.create(id="2001", login="ann", display_name="Ann")


@pytest.fixture
def bob(db: None) -> Viewer:
    return Viewer.objects.create(id="2002", login="bob", display_name="Bob")


@pytest.fixture
def backstage(rehearsal_url: str) -> Backstage:
    """A fresh rehearsal, with everything working."""
    backstage = Backstage(rehearsal_url)
    backstage.control("faults", verb="DELETE")
    return backstage


@pytest.fixture
def sound_ledger(db: None) -> Iterator[None]:
    """Nothing is wrong in the ledger when the test is over."""
    yield
    assert audit.check() == []
