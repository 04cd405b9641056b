"""Replay: what the feed tells of is shown on the overlay once more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from achievements.events import Unlock
from achievements.models import Standing
from overlay import services as overlay
from overlay.services import Payload
from points.services import people
from raffle.models import Roll
from songqueue.models import SongRequest
from twitch.models import Raid, Redemption


def replay(scene: str, subject: str, now: datetime) -> bool:
    """Show the scene of a subject, as entries of the feed name them, on every overlay again.

    Returns False for what is not there, or not any more.
    """
    found = _PAYLOADS[scene](subject) if scene in _PAYLOADS else None
    if found is None:
        return False
    overlay.cue(scene, found, now=now)
    return True


def _roll(subject: str) -> Payload | None:
    final = Roll.objects.made().filter(redemption__status=Redemption.Status.FULFILLED)
    roll = final.select_related("viewer").filter(pk=subject).first()
    if roll is None or roll.roll is None or roll.winning_number is None:
        return None
    return overlay.roll_payload(
        name=str(roll.viewer),
        roll=roll.roll,
        winning_number=roll.winning_number,
        is_win=roll.is_win,
        is_record=roll.is_record,
    )


def _request(subject: str) -> Payload | None:
    kept = SongRequest.objects.exclude(redemption__status=Redemption.Status.CANCELED)
    queued = kept.filter(queued_at__isnull=False).select_related("viewer", "track")
    request = queued.filter(pk=subject).first()
    if request is None or request.track is None:
        return None
    track = request.track
    return overlay.request_payload(
        name=str(request.viewer),
        title=track.name,
        artists=track.artists,
        cover_url=track.cover_url,
    )


def _raid(subject: str) -> Payload | None:
    raid = Raid.objects.select_related("raider").filter(pk=subject).first()
    return overlay.raid_payload(name=str(raid.raider), viewers=raid.viewers) if raid else None


def _unlock(subject: str) -> Payload | None:
    shown = people.shown(Standing.objects.held()).select_related("definition", "viewer")
    standing = shown.filter(pk=subject).first() if subject.isdecimal() else None
    if standing is None:
        return None
    definition, viewer = standing.definition, standing.viewer
    unlock = Unlock(
        viewer_id=viewer.pk,
        viewer_name=str(viewer),
        achievement=definition.key,
        name=definition.name,
        description=definition.description,
        icon=definition.icon,
    )
    return overlay.unlocks_payload([unlock], total=1)


_PAYLOADS: dict[str, Callable[[str], Payload | None]] = {
    "roll": _roll,
    "song_requested": _request,
    "raid": _raid,
    "achievement": _unlock,
}
