"""Calendars that every program reads, whatever names are in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tournaments.rules.calendars import Event, calendar

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def event(title: str = "Ada – Bo", **facts: object) -> Event:
    at = datetime(2026, 11, 3, 20, tzinfo=UTC)
    return Event("match_1@greenroom", at, timedelta(minutes=30), title, **facts)  # type: ignore[arg-type]


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_an_event_says_when_it_is_and_which_version_it_is() -> None:
    lines = unfolded(calendar("Cup", [event(revision=7)], now=NOW))
    for line in ("DTSTART:20261103T200000Z", "DTEND:20261103T203000Z", "DTSTAMP:20261101T120000Z"):
        assert line in lines
    assert "SEQUENCE:7" in lines
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]


def test_what_has_a_meaning_is_escaped() -> None:
    lines = unfolded(calendar("Cup", [event("a,b;c\\d\r\nBEGIN:VALARM\x00\x07")], now=NOW))
    assert "SUMMARY:a\\,b\\;c\\\\d\\nBEGIN:VALARM" in lines
    assert "BEGIN:VALARM" not in lines


@given(st.text(max_size=200))
def test_no_line_is_too_long_and_no_character_is_cut(title: str) -> None:
    text = calendar(title, [event(title)], now=NOW)
    pieces = text.encode("utf-8", "surrogatepass").split(b"\r\n")
    assert max(map(len, pieces)) <= 75
    assert b"\n" not in b"".join(pieces)
    for piece in pieces:
        piece.decode("utf-8", "surrogatepass")
