"""What the page needs in order to show something; all of it is text or numbers to the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from achievements.events import Unlock

Payload = dict[str, Any]

# What each kind of cue shows; there is a sample of each.
KINDS = {
    "roll": "a raffle roll",
    "song_requested": "a song request",
    "now": "a song that plays",
    "next": "what comes next",
    "achievement": "an achievement",
    "raid": "a raid",
    "alert": "an alert",
    "table": "a table",
    "bracket": "a bracket",
    "matches": "a match day",
}


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


def sheet_payload(title: str, document: Payload) -> Payload:
    """Return a table, a bracket or the matches of a day, to fill the screen for a while."""
    return {"title": title, **document}


def samples() -> dict[str, Payload]:
    """Return something that never happened for each of KINDS."""
    return {
        "roll": roll_payload(
            name="Test Viewer", roll=4_203, winning_number=4_207, is_win=False, is_record=True
        ),
        "song_requested": request_payload(
            name="Test Viewer", title="Paper Lanterns", artists=["Low Tide Radio"], cover_url=""
        ),
        "now": {**_song("Paper Lanterns", "Low Tide Radio"), "progress_ms": 64_000},
        "next": {
            "songs": [
                {**_song("Glass Harbour", "The Night Shift"), "starts_in_ms": 150_000},
                {**_song("Slow Ferry", "Low Tide Radio"), "starts_in_ms": 364_000},
            ]
        },
        "achievement": unlocks_payload([_UNLOCK], total=1),
        "raid": raid_payload(name="Test Raider", viewers=128),
        "alert": alert_payload(icon="📣", name="Test Viewer", text="is only here to try the line"),
        "table": sheet_payload("Test Cup", {"rows": [_line(n) for n in range(1, 9)]}),
        "bracket": sheet_payload(
            "Test Cup", {"rounds": [_round("semi-finals", 2), _round("final", 1)]}
        ),
        "matches": sheet_payload(
            "Test Cup", {"name": "Match day 3", "matches": [_match(n) for n in range(4)]}
        ),
    }


_UNLOCK = Unlock(
    viewer_id="",
    viewer_name="Test Viewer",
    achievement="",
    name="Stream Opener",
    description="Make the first song request of a stream",
    icon="🌅",
)


def _song(title: str, artist: str) -> Payload:
    return {
        "kind": "track",
        "title": title,
        "artists": [artist],
        "cover_url": None,
        "duration_ms": 214_000,
        "is_playing": True,
        "request": {"id": "", "viewer": "Test Viewer"},
    }


def _line(rank: int) -> Payload:
    return {
        "rank": rank,
        "zone": "direct" if rank < 3 else "playoff" if rank < 7 else "out",
        "player": {"name": f"Test Player {rank}"},
        "played": 3,
        "goal_difference": 5 - rank,
        "bonus": 0,
        "total": 10 - rank,
    }


def _round(name: str, ties: int) -> Payload:
    side: Payload = {"player": None, "label": "Test Player", "path_seed": None, "goals": None}
    side |= {"is_winner": False, "penalties": None}
    return {"name": name, "ties": [{"better": side, "other": side, "decided_by": ""}] * ties}


def _match(number: int) -> Payload:
    return {
        "home": {"name": f"Test Player {2 * number + 1}"},
        "away": {"name": f"Test Player {2 * number + 2}"},
        "status": "SCHEDULED",
        "outcome": "",
        "scheduled_at": None,
        "score": None,
    }
