"""What the page needs in order to show something; all of it is text or numbers to the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from achievements.events import Unlock

Payload = dict[str, Any]


def roll_payload(
    *, name: str, roll: int, winning_number: int, is_win: bool, is_record: bool
) -> Payload:
    """Return a roll of the raffle."""
    return {
        "name": name,
        "roll": roll,
        "winning_number": winning_number,
        "distance": abs(roll - winning_number),
        "is_win": is_win,
        "is_record": is_record,
    }


def request_payload(*, name: str, title: str, artists: Sequence[str], cover_url: str) -> Payload:
    """Return a requested song."""
    return {"name": name, "title": title, "artists": list(artists), "cover_url": cover_url}


def unlocks_payload(unlocks: Sequence[Unlock], total: int) -> Payload:
    """Return unlocked achievements, the first of `total`."""
    return {
        "unlocks": [
            {
                "name": unlock.viewer_name,
                "achievement": unlock.name,
                "description": unlock.description,
                "icon": unlock.icon,
            }
            for unlock in unlocks
        ],
        "total": total,
    }


def raid_payload(*, name: str, viewers: int) -> Payload:
    """Return a raid: who sent how many viewers."""
    return {"name": name, "viewers": viewers}


def alert_payload(*, icon: str, text: str, name: str = "") -> Payload:
    """Return one line: an emoji, whom it is about, if anybody, and what there is to say."""
    return {"icon": icon, "name": name, "text": text}


def samples() -> dict[str, Payload]:
    """Return, for each kind of cue, something that never happened."""
    return {
        "roll": roll_payload(
            name="Test Viewer", roll=4_203, winning_number=4_207, is_win=False, is_record=True
        ),
        "song_requested": request_payload(
            name="Test Viewer", title="Paper Lanterns", artists=["Low Tide Radio"], cover_url=""
        ),
        "achievement": unlocks_payload([_UNLOCK], total=1),
        "raid": raid_payload(name="Test Raider", viewers=128),
        "alert": alert_payload(icon="📣", name="Test Viewer", text="is only here to try the line"),
    }


_UNLOCK = Unlock(
    viewer_id="",
    viewer_name="Test Viewer",
    achievement="",
    name="Stream Opener",
    description="Make the first song request of a stream",
    icon="🌅",
)
