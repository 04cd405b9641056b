"""The outside world of the sample sagas, left when their tests are over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sagas.sample import outside


@pytest.fixture(autouse=True)
def _outside_world() -> Iterator[None]:
    yield
    outside.leave()
