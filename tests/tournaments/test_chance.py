"""Chance: what a seed decides is the same everywhere, and fair."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tournaments.rules.chance import Chance, canonical, commitment, derived


def test_the_stream_is_the_counted_hashes_of_the_seed() -> None:
    first = sha256(b"seed" + bytes(8)).digest()
    second = sha256(b"seed" + bytes(7) + b"\x01").digest()
    words = [int.from_bytes((first + second)[i : i + 4], "big") for i in range(0, 64, 4)]

    chance = Chance(b"seed")

    assert [chance.below(2**32) for _ in words] == words


@given(st.binary(), st.integers(1, 2**32))
def test_a_number_is_below_its_bound(seed: bytes, n: int) -> None:
    assert 0 <= Chance(seed).below(n) < n


def test_words_that_would_favour_small_numbers_are_passed_over() -> None:
    # With this bound a third of all words is left out; without that, 0 would come too often.
    n = 2**31 + 2**30
    chance = Chance(b"seed")
    low = sum(chance.below(n) < n // 3 for _ in range(3_000))

    assert abs(low - 1_000) < 100


def test_every_order_is_as_likely() -> None:
    chance = Chance(b"orders")
    counts = Counter(tuple(chance.shuffled("abcd")) for _ in range(24_000))

    assert set(counts) == set(permutations("abcd"))
    # Chi-square with 23 degrees of freedom: above 50 once in a thousand.
    assert sum((count - 1_000) ** 2 / 1_000 for count in counts.values()) < 50


def test_a_sample_is_the_beginning_of_a_shuffle() -> None:
    assert Chance(b"s").sample("abcdefgh", 3) == Chance(b"s").shuffled("abcdefgh")[:3]


@pytest.mark.parametrize("n", [0, -1, 2**32 + 1])
def test_a_choice_among_nothing_or_too_much_is_an_error(n: int) -> None:
    with pytest.raises(ValueError, match="possibilities"):
        Chance(b"").below(n)


def test_a_sample_of_more_than_there_is_is_an_error() -> None:
    with pytest.raises(ValueError, match="fewer"):
        Chance(b"").sample("ab", 3)


def test_the_commitment_is_the_hash_of_the_secret() -> None:
    assert commitment(b"secret") == sha256(b"secret").hexdigest()


def test_facts_have_one_text_whatever_their_order() -> None:
    assert canonical({"b": [1, "ä"], "a": None}) == '{"a":null,"b":[1,"ä"]}'.encode()


def test_a_seed_depends_on_secret_purpose_and_facts() -> None:
    seeds = {
        derived(secret, purpose, facts)
        for secret in (b"one", b"two")
        for purpose in ("league", "lots")
        for facts in ({"players": ["a"]}, {"players": ["b"]})
    }
    assert len(seeds) == 8
    assert derived(b"one", "league", {"a": 1, "b": 2}) == derived(
        b"one", "league", {"b": 2, "a": 1}
    )
