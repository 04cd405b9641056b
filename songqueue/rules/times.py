"""Times as people say them."""

from __future__ import annotations

HOUR = 3600


def length(seconds: int) -> str:
    """Return a length as a player shows it: 3:07, or 1:02:03."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def about(seconds: int | None) -> str:
    """Return how long something takes, roughly: "~40 s", "~11 min"; "soon" when unknown."""
    if seconds is None:
        return "soon"
    if seconds < 60:
        return f"~{max(10, round(seconds, -1))} s"
    minutes = round(seconds / 60)
    return f"~{minutes} min" if minutes < 90 else f"~{seconds / HOUR:.1f} h"
