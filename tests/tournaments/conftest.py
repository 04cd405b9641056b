"""The rehearsal, for tests of tournaments."""

from __future__ import annotations

import pytest

from tests.backstage import Backstage


@pytest.fixture
def backstage(rehearsal_url: str) -> Backstage:
    """A fresh rehearsal, with everything working."""
    backstage = Backstage(rehearsal_url)
    backstage.control("faults", verb="DELETE")
    return backstage
