"""Words as people mean them: without case, accents, width or what cannot be seen."""

from __future__ import annotations

import unicodedata

import regex

_UNSEEN = regex.compile(r"[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+")
# Scripts that put no space between words: there a word is found anywhere.
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_SPACES = regex.compile(r"\s+")
_CHARACTER = regex.compile(r"\X")


def fold(text: str) -> str:
    """Return what two spellings of the same words have in common."""
    bare = _UNSEEN.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", bare).casefold()).strip()


def has_word(text: str, word: str) -> bool:
    """Tell whether the text has this word, or these words in a row, and not as part of others."""
    wanted = fold(word)
    if not wanted:
        return False
    if _UNSPACED.search(wanted):
        return wanted in fold(text)
    return bool(regex.search(rf"(?<!\w){regex.escape(wanted)}(?!\w)", fold(text)))


def shorten(text: str, most: int) -> str:
    """Return at most so many of the characters that people see; a longer text ends in "…"."""
    characters = _CHARACTER.findall(text)
    return text if len(characters) <= most else "".join(characters[: most - 1]).rstrip() + "…"
