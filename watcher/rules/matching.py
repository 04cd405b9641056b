"""Whether a stream is what a watch is about, and passes its filters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

GAME = "game"

Why = Literal["other", "language", "title", "viewers", "too_young"]
# More viewers and minutes come by themselves.
FOR_GOOD: tuple[Why, ...] = ("other", "language", "title")


class Watch(Protocol):
    """What is asked for: a streamer or a game by Twitch's id; empty filters let everything pass."""

    @property
    def kind(self) -> str: ...
    @property
    def watched_id(self) -> str: ...
    @property
    def languages(self) -> Sequence[str]: ...
    @property
    def title_includes(self) -> Sequence[str]: ...
    @property
    def title_excludes(self) -> Sequence[str]: ...
    @property
    def least_viewers(self) -> int: ...
    @property
    def least_minutes(self) -> int: ...


class Stream(Protocol):
    """What Twitch says of a stream."""

    @property
    def streamer_id(self) -> str: ...
    @property
    def game_id(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def viewers(self) -> int: ...
    @property
    def started_at(self) -> datetime: ...


@dataclass(frozen=True)
class Match:
    """It is to be posted now."""


@dataclass(frozen=True)
class Not:
    """It is not to be posted now; `again_at` is when time alone will have changed that."""

    why: Why
    again_at: datetime | None = None


def matches(watch: Watch, stream: Stream, now: datetime) -> Match | Not:
    """Tell whether the stream passes all filters; being too young is told only if nothing else is
    in the way.
    """
    if watch.watched_id != (stream.game_id if watch.kind == GAME else stream.streamer_id):
        return Not("other")
    languages = [language.lower() for language in watch.languages]
    if languages and stream.language.lower() not in languages:
        return Not("language")
    if not _passes(stream.title, watch.title_includes, watch.title_excludes):
        return Not("title")
    if stream.viewers < watch.least_viewers:
        return Not("viewers")
    old_enough_at = stream.started_at + timedelta(minutes=watch.least_minutes)
    return Not("too_young", old_enough_at) if now < old_enough_at else Match()


def _passes(title: str, includes: Sequence[str], excludes: Sequence[str]) -> bool:
    text = _folded(title)
    return (not includes or any(_has(text, word) for word in includes)) and not any(
        _has(text, word) for word in excludes
    )


def _has(text: str, given: str) -> bool:
    """Tell whether the words stand in the text: "art" is not in "start", but "火" is in "火曜日".

    Only letters and digits of the Latin alphabet end where a word ends.
    """
    word = _folded(given)
    before = r"(?<![a-z0-9])" if _is_latin(word[:1]) else ""
    behind = r"(?![a-z0-9])" if _is_latin(word[-1:]) else ""
    return bool(word) and bool(re.search(f"{before}{re.escape(word)}{behind}", text))


def _folded(text: str) -> str:
    """Make letters in fancy dress equal to plain ones, and any space one blank."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
