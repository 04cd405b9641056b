"""What the song queue makes of the stream's end, and of what others settle on Twitch."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from sagas.registry import listen
from songqueue.models import SongRequest
from songqueue.services import door, outcomes, player
from twitch.events import RedemptionSettled, StreamEnded, StreamStarted
from twitch.models import Redemption
from twitch.services import streams

Status = SongRequest.Status


@listen(StreamStarted)
def open_the_door(fact: StreamStarted) -> None:
    """Let the reward be redeemed."""
    door.look_soon()


@listen(StreamStarted)
def read_the_player(fact: StreamStarted) -> None:
    """See what plays at once."""
    player.read_soon(timedelta(0))


@listen(StreamEnded)
def end_what_is_open(fact: StreamEnded) -> None:
    """End what was requested for that stream; a song that was heard for a while was played."""
    requests = SongRequest.objects.open()
    if (newer := streams.current()) is not None:
        requests = requests.filter(created_at__lt=newer.started_at)
    for request in requests.select_related("track"):
        if outcomes.was_heard(request, fact.ended_at):
            outcomes.end(request, Status.PLAYED, "", timezone.now())
        else:
            outcomes.end(request, Status.LOST, "stream_ended", timezone.now())
    door.look_soon()


@listen(RedemptionSettled)
def follow_twitch(fact: RedemptionSettled) -> None:
    """Take a song off the queue that was turned down on Twitch; spent points end the waiting."""
    request = SongRequest.objects.filter(redemption=fact.redemption_id).first()
    if request is None:
        return
    if fact.status == Redemption.Status.CANCELED:
        outcomes.end(request, Status.REMOVED, "rejected_on_twitch", timezone.now())
    outcomes.look_again(request)
