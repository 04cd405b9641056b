"""What a person may give to name a thing that is to be blocked."""

from __future__ import annotations

import re

from songqueue.rules.words import fold

LONGEST_WORD = 200
_ID = r"[0-9A-Za-z]{22}"
_VIEWER = re.compile(r"[0-9]{1,32}")


def value_of(kind: str, text: str) -> str:
    """Return what a block of this kind is known by, "" when the text does not name one.

    A track or an artist is named by its id, link or URI; a viewer by Twitch's id.
    """
    text = text.strip()
    match kind:
        case "track" | "artist":
            found = re.search(rf"\b{kind}[/:]({_ID})(?![0-9A-Za-z])", text)
            return found[1] if found else text if re.fullmatch(_ID, text) else ""
        case "viewer":
            return text if _VIEWER.fullmatch(text) else ""
        case _:
            return " ".join(text.split()) if fold(text) and len(text) <= LONGEST_WORD else ""
