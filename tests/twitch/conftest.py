"""The rehearsal, for tests of Twitch's part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.backstage import Backstage


@pytest.fixture
def backstage(rehearsal_url: str) -> Backstage:
    """A fresh rehearsal, with everything working."""
    # The settings cannot be read yet when pytest reads this file.
    from tests.backstage import Backstage

    backstage = Backstage(rehearsal_url)
    backstage.control("faults", verb="DELETE")
    return backstage
