"""Which stream is for which watch."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from watcher.rules.matching import Match, Not, matches

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


@dataclass
class Watch:
    kind: str = "streamer"
    watched_id: str = "77"
    languages: list[str] = field(default_factory=list)
    title_includes: list[str] = field(default_factory=list)
    title_excludes: list[str] = field(default_factory=list)
    least_viewers: int = 0
    least_minutes: int = 0


@dataclass
class Stream:
    streamer_id: str = "77"
    game_id: str = "743"
    language: str = "en"
    title: str = "Chess at night"
    viewers: int = 12
    started_at: datetime = NOW - timedelta(minutes=2)


def verdict(stream: Stream | None = None, **asked: Any) -> str:
    found = matches(Watch(**asked), stream or Stream(), NOW)
    return found.why if isinstance(found, Not) else "yes"


def test_a_watch_without_filters_takes_every_stream_of_its_streamer() -> None:
    assert matches(Watch(), Stream(title="", game_id="", language=""), NOW) == Match()
    assert verdict(watched_id="78") == "other"


def test_a_game_is_watched_by_the_game_and_not_by_the_streamer() -> None:
    assert verdict(kind="game", watched_id="743") == "yes"
    assert verdict(kind="game", watched_id="77") == "other"
    assert verdict(kind="streamer", watched_id="743") == "other"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"languages": ["de", "EN"]}, "yes"),
        ({"languages": ["de"]}, "language"),
        ({"least_viewers": 12}, "yes"),
        ({"least_viewers": 13}, "viewers"),
        ({"least_minutes": 2}, "yes"),
        ({"least_minutes": 3}, "too_young"),
        ({"title_includes": ["poker", "CHESS"]}, "yes"),
        ({"title_includes": ["poker"]}, "title"),
        ({"title_excludes": ["night"]}, "title"),
        ({"title_includes": ["chess"], "title_excludes": ["at night"]}, "title"),
    ],
)
def test_each_filter_lets_pass_what_it_names(asked: dict[str, Any], expected: str) -> None:
    assert verdict(**asked) == expected


@pytest.mark.parametrize(
    ("title", "word", "is_there"),
    [
        ("The art of war", "art", True),
        ("Let's start!", "art", False),
        ("100% run", "100%", True),
        ("1000 subs", "100", False),
        ("#ad Coffee", "#ad", True),
        ("Gerät kaputt", "gerät", True),
        ("STRASSE", "straße", True),
        ("𝕊𝕡𝕖𝕖𝕕𝕣𝕦𝕟 any%", "speedrun", True),
        ("今日は火曜日", "火", True),
        ("a  b\tc", "a b c", True),
        ("C++ tonight", "c++", True),
        ("(live)", "live", True),
        ("[.*]+", ".*", True),
        ("anything", " ", False),
    ],
)
def test_words_are_found_as_people_mean_them(title: str, word: str, is_there: bool) -> None:
    assert (verdict(Stream(title=title), title_includes=[word]) == "yes") is is_there


def test_who_is_too_young_hears_when_it_will_not_be() -> None:
    found = matches(Watch(least_minutes=10), Stream(), NOW)
    assert found == Not("too_young", NOW + timedelta(minutes=8))


def test_another_filter_is_told_before_the_age() -> None:
    assert verdict(least_minutes=10, least_viewers=13) == "viewers"
