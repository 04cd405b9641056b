from __future__ import annotations

import pytest

from songqueue.rules.alignment import align
from songqueue.rules.snapshots import Shown
from tests.songqueue.sim import item

LONG = "abcdefghijklmnopqrst"


def tracks(text: str) -> list[Shown]:
    return [item(letter) for letter in text]


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        ("", "", {}),
        ("AB", "AB", {0: 0, 1: 1}),
        ("AB", "AXB", {0: 0, 1: 2}),
        ("AX", "AXX", {0: 0, 1: 2}),
        ("XB", "B", {1: 0}),
        ("AB", "XY", {}),
        ("XYZ", "YZX", {1: 0, 2: 1}),
        (LONG, LONG, {number: number for number in range(20)}),
        (LONG, f"X{LONG[:19]}", {number: number + 1 for number in range(19)}),
        (f"X{LONG[:19]}", LONG, {number: number - 1 for number in range(1, 20)}),
        (LONG, LONG.upper(), {}),
    ],
)
def test_two_lists_are_laid_beside_each_other(old: str, new: str, pairs: dict[int, int]) -> None:
    assert align(tracks(old), tracks(new), has_moved=False).pairs == pairs


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        ("ABC", "BC", {1: 0, 2: 1}),
        ("ABC", "XBC", {1: 1, 2: 2}),
        (LONG, f"{LONG[15:]}ABCDEFGHIJKLMNO", {15: 0, 16: 1, 17: 2, 18: 3, 19: 4}),
        # A playlist that goes round: the shortest way is the true one.
        ("jjjABCDABCDABCDABCDA", "ABCDABCDABCDABCDABCDA", {n: n - 3 for n in range(3, 20)}),
    ],
)
def test_what_had_its_turn_is_left_behind(old: str, new: str, pairs: dict[int, int]) -> None:
    assert align(tracks(old), tracks(new), has_moved=True).pairs == pairs
