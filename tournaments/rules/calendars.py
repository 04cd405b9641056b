"""Calendars as RFC 5545 writes them: lines of 75 octets at most, texts escaped, times in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LONGEST = 75
PRODUCT = "-//Greenroom//Tournaments//EN"


@dataclass(frozen=True)
class Event:
    """Something at a time; a higher `revision` of the same `uid` replaces what is known of it."""

    uid: str
    starts_at: datetime
    lasts: timedelta
    title: str
    description: str = ""
    url: str = ""
    revision: int = 0
    is_cancelled: bool = False


def calendar(name: str, events: Iterable[Event], *, now: datetime) -> str:
    """Return the calendar's text, as it stands `now`."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        *(line for event in events for line in _event(event, now)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _fold(line))


def _event(event: Event, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{_time(now)}"
    yield f"DTSTART:{_time(event.starts_at)}"
    yield f"DTEND:{_time(event.starts_at + event.lasts)}"
    yield f"SEQUENCE:{event.revision}"
    yield f"SUMMARY:{_text(event.title)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    if event.url:
        yield f"URL:{event.url}"
    yield f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}"
    yield "END:VEVENT"


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    printable = ("".join(c for c in line if c >= " " and c != "\x7f") for line in lines)
    escaped = (
        line.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,") for line in printable
    )
    return "\\n".join(escaped)


def _fold(line: str) -> Iterator[str]:
    """Yield the line in pieces; the later ones begin with a space, and no character is cut."""
    piece, size = "", 0
    for char in line:
        octets = len(char.encode())
        if size + octets > LONGEST:
            yield piece
            piece, size = " ", 1
        piece += char
        size += octets
    yield piece
