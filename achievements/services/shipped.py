"""The achievements that come with Greenroom, brought once: what a person changes stays changed."""

from __future__ import annotations

from typing import Any

from django.apps import apps as current_apps
from django.utils import timezone

_SONG = {"fact": "songqueue.SongRequested", "category": "song_request"}
_ROLL = {"fact": "raffle.RollMade", "category": "raffle"}
_STREAK = _SONG | {"category": "engagement", "counter": "streak", "scope": "session"}
_MISS = {"is_win": False}

# Key, icon, name, description, and what differs from the model's defaults.
SHIPPED: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    ("first_request", "🎵", "First Timer", "Request your first song", _SONG),
    ("request_10", "🎶", "Regular", "Request 10 songs", _SONG | {"threshold": 10}),
    ("request_50", "🎧", "DJ in Training", "Request 50 songs", _SONG | {"threshold": 50}),
    ("request_100", "💿", "Certified DJ", "Request 100 songs", _SONG | {"threshold": 100}),
    (
        "stream_opener",
        "🌅",
        "Stream Opener",
        "Make the first song request of a stream",
        _SONG | {"category": "special", "counter": "first_of_session", "scope": "session"},
    ),
    ("first_roll", "🎲", "Feeling Lucky", "Enter your first raffle", _ROLL),
    ("roll_25", "🎰", "Persistent", "Enter 25 raffles", _ROLL | {"threshold": 25}),
    ("roll_100", "💪", "Never Give Up", "Enter 100 raffles", _ROLL | {"threshold": 100}),
    (
        "first_win",
        "🏆",
        "Winner Winner",
        "Win your first raffle",
        _ROLL | {"condition": {"is_win": True}},
    ),
    (
        "close_call",
        "😬",
        "So Close",
        "Miss the winning number by 100 or less",
        _ROLL | {"condition": _MISS | {"distance": {"at_most": 100}}},
    ),
    (
        "closest_ever",
        "💔",
        "Heartbreaker",
        "Hold the record for the closest roll that did not win",
        _ROLL
        | {
            "category": "special",
            "counter": "record",
            "measure": "distance",
            "lowest_is_best": True,
            "condition": _MISS,
        },
    ),
    ("streak_3", "🔥", "On a Roll", "3 song requests in a row", _STREAK | {"threshold": 3}),
    ("streak_5", "⚡", "Hot Streak", "5 song requests in a row", _STREAK | {"threshold": 5}),
)


def bring(apps: Any = current_apps, **_: object) -> None:
    """Add each definition that was never brought before, after every migrate.

    It counts at once where there is nothing to count yet; otherwise it waits for a person to look
    at who would earn it.
    """
    try:
        Definition = apps.get_model("achievements", "Definition")
    except LookupError:
        # The app's tables were just migrated away.
        return
    Brought = apps.get_model("achievements", "ShippedDefinition")  # noqa: N806
    HeardFact = apps.get_model("achievements", "HeardFact")
    brought = set(Brought.objects.values_list("key", flat=True))
    new = [
        Definition(
            key=key, icon=icon, name=name, description=description, position=place, **settings
        )
        for place, (key, icon, name, description, settings) in enumerate(SHIPPED, 1)
        if key not in brought
    ]
    if not new:
        return
    heard = set(HeardFact.objects.values_list("kind", flat=True).distinct())
    now = timezone.now()
    for definition in new:
        definition.applied_at = None if definition.fact in heard else now
    Definition.objects.bulk_create(new, ignore_conflicts=True)
    Brought.objects.bulk_create([Brought(key=definition.key) for definition in new])
