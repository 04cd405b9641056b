"""Each kind of fact that achievements are made of is heard, and says what they need to know."""

from __future__ import annotations

from datetime import datetime
from typing import get_type_hints

import pytest

from achievements.registry import COUNTED, SOURCES, Source, told, withdrawing
from sagas.registry import listeners
from tests.achievements.conftest import at, song
from twitch.models import Viewer


@pytest.mark.parametrize("source", SOURCES.values(), ids=str)
def test_a_source_names_fields_that_its_facts_have(source: Source) -> None:
    hints = get_type_hints(source.fact)
    assert hints[source.key] is str
    assert hints[source.at] is datetime
    assert not source.viewer or hints[source.viewer] is str


@pytest.mark.parametrize("kind", SOURCES)
def test_every_source_is_heard(kind: str) -> None:
    assert any(saga.name.startswith("achievements.listeners.") for saga in listeners(kind))


def test_only_facts_about_viewers_that_take_nothing_back_can_be_counted() -> None:
    assert set(COUNTED) == {"songqueue.SongRequested", "songqueue.SongPlayed", "raffle.RollMade"}
    assert withdrawing("songqueue.SongRequested") == ["songqueue.SongRefunded"]


def test_a_fact_says_the_same_whatever_its_kind() -> None:
    said = told(song(Viewer(id="7", display_name="Seven"), 1, "song_1"))
    assert (said.key, said.viewer_id, said.at) == ("song_1", "7", at(1))
    assert said.fields["artists"] == ["Rick Astley"]
