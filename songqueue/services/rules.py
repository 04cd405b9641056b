"""The streamer's rules for song requests."""

from __future__ import annotations

from songqueue.models import SongRules


def current() -> SongRules:
    """Return the rules; as long as nobody has set any, those that Greenroom comes with."""
    return SongRules.objects.filter(pk=1).first() or SongRules()


def ensure() -> None:
    """Have a row of rules, as Greenroom comes with them unless somebody has set any."""
    SongRules.objects.bulk_create([SongRules()], ignore_conflicts=True)
