"""What a chat line may be."""

from __future__ import annotations

from collections.abc import Mapping

import regex

MOST_CHARACTERS = 500

# Chat programs take lines that begin so as commands: Twitch "/" and ".", bots "!".
_COMMAND = regex.compile(r"[/.!]")
_UNSEEN = "\N{ZERO WIDTH SPACE}"
_BREAKS = regex.compile(r"[\p{Cc}\p{Zl}\p{Zp}\s]+")
# What turns the direction of text would reach out of its value into the line around it.
_STRAY = regex.compile(r"[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+")
_RIGHT_TO_LEFT = regex.compile(r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}]")
_PLACEHOLDER = regex.compile(r"\{(\w+)\}")
_CHARACTER = regex.compile(r"\X")
_HALF_ADDRESS = regex.compile(r"(?<!\S)(https?://|www\.)\S*$")


def chat_line(text: str, more_at: str = "") -> str:
    """Return `text` as one line that Twitch accepts and that nothing takes for a command.

    At most 500 characters, by people's count and in UTF-16 units; a longer one ends in "…", and
    then in the address `more_at` when there is one. No character and no address is cut in two.
    """
    line = _BREAKS.sub(" ", text).strip()
    if _COMMAND.match(line):
        line = _UNSEEN + line
    if _fits(line):
        return line
    end = f"… {more_at}" if more_at else "…"
    kept, room = [], MOST_CHARACTERS - _units(end)
    for character in _CHARACTER.findall(line):
        room -= _units(character)
        if room < 0:
            break
        kept.append(character)
    return _HALF_ADDRESS.sub("", "".join(kept)).rstrip() + end


def fill(template: str, values: Mapping[str, object]) -> str:
    """Return the template with each {name} replaced by its value; unknown names stay as they are.

    A value cannot bring line breaks, control characters or further placeholders; one that is
    written from right to left leaves the order of the line around it alone.
    """

    def value_of(match: regex.Match[str]) -> str:
        name = match[1]
        if name not in values:
            return str(match[0])
        value = _STRAY.sub(" ", str(values[name])).strip()
        return f"\u2068{value}\u2069" if _RIGHT_TO_LEFT.search(value) else value

    return _PLACEHOLDER.sub(value_of, template)


def unknown_placeholders(template: str, known: tuple[str, ...]) -> list[str]:
    """Return the {names} in the template that nothing will be put in for."""
    return [name for name in _PLACEHOLDER.findall(template) if name not in known]


def name_in_chat(login: str, display_name: str) -> str:
    """Return the name that notifies after an @: a display name in another script does not."""
    return display_name if display_name.lower() == login.lower() else login


def _fits(line: str) -> bool:
    return _units(line) <= MOST_CHARACTERS


def _units(text: str) -> int:
    """Return the length in UTF-16 units; a character that people see has one or more."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
