"""The rehearsal and a show, for tests of song requests."""

from __future__ import annotations

import pytest

from tests.backstage import Backstage
from tests.songqueue.show import Show


@pytest.fixture
def backstage(rehearsal_url: str) -> Backstage:
    """A fresh rehearsal, with everything working."""
    backstage = Backstage(rehearsal_url)
    backstage.control("faults", verb="DELETE")
    return backstage


@pytest.fixture
def show(transactional_db: None, backstage: Backstage) -> Show:
    """A live channel that takes song requests."""
    return Show(backstage)
