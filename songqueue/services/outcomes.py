"""How requests end: each once, whoever comes first."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, DateTimeField, Value, When
from django.db.models.functions import Coalesce

from sagas.flow import find
from sagas.reading import refusal_code
from sagas.services import publish, wake
from songqueue.events import SongPlayed
from songqueue.models import SongRequest
from songqueue.rules.snapshots import Outcome, outcome
from songqueue.services import door, snapshot

Status = SongRequest.Status

UNTIL_PLAYED = "songqueue.song_until_played"


@transaction.atomic
def end(request: SongRequest, status: str, code: str, now: datetime) -> bool:
    """End a request, and let its flow go on.

    The first end stands: returns whether it was this one.
    """
    going = SongRequest.objects.going().filter(pk=request.pk)
    if not going.update(status=status, code=code, ended_at=now):
        return False
    row = SongRequest.objects.get(pk=request.pk)
    if status == Status.PLAYED:
        publish(
            SongPlayed(row.pk, row.viewer_id, row.track_id or "", row.started_at or now, now),
            key=row.pk,
        )
    look_again(row)
    door.look_soon()
    return True


def was_heard(request: SongRequest, until: datetime) -> bool:
    """Tell whether so much of a request that is on was heard by then that it counts as played."""
    duration = timedelta(milliseconds=request.track.duration_ms if request.track else 0)
    return outcome(snapshot.heard(request, until), duration) is Outcome.PLAYED


def look_again(request: SongRequest) -> None:
    """Let a flow that waits for the song's end see how it stands."""
    wake(find(UNTIL_PLAYED), request)


@transaction.atomic
def give_up(request: SongRequest, now: datetime) -> str:
    """Take a request whose flow goes back out of the queue; returns why it goes back.

    One that plays, or has ended, stays so. What is in the player's queue cannot be taken out there:
    it is passed over when its turn comes.
    """
    code = refusal_code(request)[:40]
    row = SongRequest.objects.filter(pk=request.pk)
    row.filter(status__in=[Status.NEW, Status.LINED_UP], queued_at=None).update(
        status=Status.REFUSED, code=code, ended_at=now
    )
    row.filter(status__in=SongRequest.WAITING).update(
        status=Status.REMOVED, code=code, ended_at=now
    )
    door.look_soon()
    return code


def queued(request: SongRequest, now: datetime) -> None:
    """Note that the player has taken a request into its queue, even if it ended meanwhile."""
    SongRequest.objects.filter(pk=request.pk).update(
        queued_at=Coalesce("queued_at", now, output_field=DateTimeField()),
        status=Case(When(status=Status.LINED_UP, then=Value(Status.QUEUED)), default="status"),
    )
