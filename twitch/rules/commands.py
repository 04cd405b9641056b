"""Chat commands: how one is typed, and what its text may hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

import regex

# What chat programs add to a line that is sent twice, so that Twitch does not take it for a repeat.
_PADDING = "\N{COMBINING GRAPHEME JOINER}\N{ZERO WIDTH SPACE}\N{BRAILLE PATTERN BLANK}\U000e0000"
_TYPED = regex.compile(r"!(?P<name>[A-Za-z0-9-]{1,50})(?P<argument>\s.*)?", regex.DOTALL)
_RANDOM = regex.compile(r"\{random:((?:[^{}]|\{\w+\})*)\}")
_BRACED = regex.compile(r"\{[^{}]*\}")


class Typed(NamedTuple):
    """A command as typed: its name in lower case, and the rest of the line with its case kept."""

    name: str
    argument: str


def typed(text: str) -> Typed | None:
    """Return the command that a chat line is, or None for ordinary chat."""
    match = _TYPED.fullmatch(text.lstrip().rstrip(f" \t\r\n{_PADDING}"))
    if match is None:
        return None
    return Typed(match["name"].lower(), " ".join((match["argument"] or "").split()))


def draw(template: str, choose: Callable[[Sequence[str]], str]) -> str:
    """Return the template with each {random:a|b|c} replaced by what `choose` takes of its options.

    An option may hold placeholders, which are filled in later; a value never gets here.
    """
    return _RANDOM.sub(lambda match: choose([o.strip() for o in match[1].split("|")]), template)


def placeholder_problem(template: str, known: Sequence[str]) -> str:
    """Return what is wrong with the braces of a template, as a sentence; "" when nothing is."""
    plain = draw(template, " ".join)
    can_be = ", ".join([*(f"{{{name}}}" for name in known), "{random:a|b|c}"])
    for found in _BRACED.findall(plain):
        if found[1:-1] not in known:
            return f"{found} is not known here. What can be filled in: {can_be}."
    return ""


def duration(length: timedelta) -> str:
    """Return a length of time as people say it, in days, hours and minutes: "2 h 5 min"."""
    minutes = max(0, int(length.total_seconds())) // 60
    parts = [(minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "less than 1 min"
