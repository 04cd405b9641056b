"""Text that people typed, as Discord shows it to the letter."""

from __future__ import annotations

import re
import unicodedata

# Unseen, and keeps what it stands in from meaning anything.
NOTHING = "\u200b"
JOINER = "\u200d"
MORE = "…"

_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_FORMATTING = frozenset("\\*_~`|<>[]()#")
# An address becomes a link, an invitation a card, and what follows an @ may be pinged.
_MEANING = re.compile(r"(?<=:)(?=//)|(?<=@)(?=\S)|(?<=discord\.)(?=gg)", re.IGNORECASE)


def line(text: str) -> str:
    """Return one line, without what cannot be seen or turns the direction of writing."""
    seen = "".join(" " if _is_unseen(character) else character for character in text)
    return " ".join(seen.split())


def plain(text: str, most: int = 1000) -> str:
    """Return one line that is shown to the letter, of at most so many units of Discord's."""
    pieces = [
        f"\\{character}" if character in _FORMATTING else character
        for character in _MEANING.sub(NOTHING, line(text))
    ]
    room = most
    for index, piece in enumerate(pieces):
        room -= units(piece)
        if room < (0 if index == len(pieces) - 1 else units(MORE)):
            return "".join(pieces[:index]) + MORE
    return "".join(pieces)


def fit(text: str, most: int) -> str:
    """Return the text, or as much of it as has at most so many units."""
    if units(text) <= most:
        return text
    cut = text.encode("utf-16-le")[: 2 * (most - units(MORE))]
    return cut.decode("utf-16-le", "ignore") + MORE


def units(text: str) -> int:
    """Return the length as Discord counts it: characters beyond the first plane are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _is_unseen(character: str) -> bool:
    # Faces of several parts are held together by a joiner.
    return character != JOINER and unicodedata.category(character) in _UNSEEN
