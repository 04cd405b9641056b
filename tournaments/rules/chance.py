"""Chance that anybody can replay: numbers from a seed, and the promise that was made about it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")

_WORD = 4
_RANGE = 1 << (8 * _WORD)


class Chance:
    """An endless stream of fair choices that a seed decides, on every machine alike.

    Block i of the stream is SHA-256(seed ‖ i), with i as eight bytes, big-endian, from 0. The
    blocks in a row are read as words of four bytes, big-endian.
    """

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._block = 0
        self._words: list[int] = []

    def below(self, n: int) -> int:
        """Return a whole number from 0 to n - 1, each exactly as likely.

        Words at or above the largest multiple of n are passed over; of the first other one the
        remainder is taken. Raises ValueError unless 1 <= n <= 2³².
        """
        if not 1 <= n <= _RANGE:
            raise ValueError("A choice needs between 1 and 2**32 possibilities.")
        fair = _RANGE - _RANGE % n
        while True:
            word = self._next()
            if word < fair:
                return word % n

    def shuffled(self, items: Sequence[_T]) -> list[_T]:
        """Return the items in a new order, each order as likely (Fisher-Yates from the end)."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order

    def sample(self, items: Sequence[_T], k: int) -> list[_T]:
        """Return k different items, the first k of a shuffle; ValueError if there are fewer."""
        if not 0 <= k <= len(items):
            raise ValueError("There are fewer items than were asked for.")
        return self.shuffled(items)[:k]

    def _next(self) -> int:
        if not self._words:
            block = hashlib.sha256(self._seed + self._block.to_bytes(8, "big")).digest()
            self._block += 1
            starts = range(len(block) - _WORD, -1, -_WORD)
            self._words = [int.from_bytes(block[start : start + _WORD], "big") for start in starts]
        return self._words.pop()


def commitment(secret: bytes) -> str:
    """Return what is published before: the SHA-256 of the secret, in hex."""
    return hashlib.sha256(secret).hexdigest()


def canonical(facts: object) -> bytes:
    """Return the one JSON text of these facts: sorted keys, no spaces, UTF-8."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def derived(secret: bytes, purpose: str, facts: object) -> bytes:
    """Return the seed for one purpose: HMAC-SHA-256 under the secret of [purpose, facts] as JSON.

    The facts (a roster, its pots) are in it so that neither they nor the secret can be chosen to
    suit the other once both are published.
    """
    return hmac.digest(secret, canonical([purpose, facts]), "sha256")
