"""What may be said in chat, and what is wrong with a reward."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from twitch import rules

WELL = {
    "has_action": True,
    "is_known_action": True,
    "made_by_us": True,
    "skips_queue": False,
    "is_deleted": False,
    "is_enabled": True,
    "is_paused": False,
}


@pytest.mark.parametrize("text", ["/ban mo", ".me waves", "!song", "  /ban mo", "\n\t!song"])
def test_no_line_is_taken_for_a_command(text: str) -> None:
    line = rules.chat_line(text)
    assert line[0] not in "/.!"
    assert line[1:] == text.strip()


def test_lines_are_folded_into_one() -> None:
    assert rules.chat_line(" a\r\nb\u2028c\x00d ") == "a b c d"
    assert rules.chat_line(" \n ") == ""


def test_a_short_line_is_left_alone() -> None:
    assert rules.chat_line("x" * 500) == "x" * 500


def test_a_long_line_is_cut_between_characters_that_people_see() -> None:
    family = "👨‍👩‍👧‍👦"
    line = rules.chat_line(family * 100)
    assert line == family * 45 + "…"


@given(st.text(max_size=1200))
def test_every_line_fits_and_is_one_line(text: str) -> None:
    line = rules.chat_line(text)
    assert len(line.encode("utf-16-le", "surrogatepass")) // 2 <= 500
    assert len(regex.findall(r"\X", line)) <= 500
    assert not line or line[0] not in "/.!"
    assert not regex.search(r"[\p{Cc}\p{Zl}\p{Zp}]", line)


def test_variables_are_filled_in_and_unknown_ones_stay() -> None:
    assert rules.fill("{a} {b} {0.__class__} {", {"a": 1}) == "1 {b} {0.__class__} {"


def test_a_value_brings_no_line_breaks_no_direction_and_no_placeholders() -> None:
    values = {"a": "x\r\ny\u202e\x07z", "b": "{a}"}
    assert rules.fill("{a}|{b}", values) == "x y z|{a}"
    assert rules.fill("{a}", {"a": "👨‍👩‍👧"}) == "👨‍👩‍👧"


@pytest.mark.parametrize("title", ["אורות בנמל", "أضواء الميناء", "Live in תל אביב"])
def test_what_is_written_from_right_to_left_keeps_to_itself(title: str) -> None:
    assert rules.fill("{song} · #5", {"song": title}) == f"\u2068{title}\u2069 · #5"


def test_unknown_placeholders_are_named() -> None:
    assert rules.unknown_placeholders("{a} {b}", ("a",)) == ["b"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({}, ""),
        ({"is_deleted": True, "is_paused": True}, "deleted"),
        ({"is_known_action": False}, "action"),
        ({"made_by_us": False}, "cannot be refunded"),
        ({"skips_queue": True}, "cannot be refunded"),
        ({"is_enabled": False}, "switched off"),
        ({"is_paused": True}, "paused"),
    ],
)
def test_a_rewards_worst_problem_is_named(change: dict[str, bool], problem: str) -> None:
    found = rules.reward_problem(**{**WELL, **change})
    assert problem in found
    assert bool(found) == bool(problem)
    assert rules.reward_problem(**{**WELL, **change, "has_action": False}) == ""
