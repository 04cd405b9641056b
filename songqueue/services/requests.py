"""What happens to a song request, step by step."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from sagas.flow import Refused, Wait
from sagas.reading import is_published
from sagas.services import publish
from songqueue import texts
from songqueue.events import SongRefunded, SongRequested
from songqueue.models import SongRequest
from songqueue.rules.times import about
from songqueue.services import door, eligibility, outcomes, player, queue
from songqueue.services.naming import song_in_chat
from songqueue.services.refusals import refuse, spotify_refusals
from spotify.models import Track
from spotify.services import BudgetSpent, QuotaExhausted, Unavailable, links, tracks
from spotify.services import RateLimited as SlowDown
from spotify.services import player as spotify_player
from twitch.models import Redemption
from twitch.services import chat, redemptions, viewers

Status = SongRequest.Status

# A song's end wakes its flow; this only is how often it looks by itself.
LOOK_AGAIN = timedelta(hours=1)
READ_WITHIN = timedelta(seconds=3)
# A song whose answer was lost is looked for so long, and so often, before a person has to.
LOOKED_FOR = timedelta(minutes=15)
LOOKED_FOR_EVERY = timedelta(seconds=30)


# --- On the way ------------------------------------------------------------------------------


def accept(request: SongRequest) -> None:
    """Take the redemption on: from here on it ends fulfilled or refunded."""


def refund(request: SongRequest) -> None:
    """Give the viewer's points back."""
    outcomes.give_up(request, timezone.now())
    redemptions.refund(request.redemption)


def find_track(request: SongRequest) -> None:
    """Find out which song the viewer means."""
    with spotify_refusals(request):
        request.track = tracks.find(links.track_id(request.redemption.user_input))


def check_rules(request: SongRequest) -> None:
    """Judge it by everything but the other requests."""
    eligibility.check(request, timezone.now())


def line_up(request: SongRequest) -> None:
    """Judge it by the other requests, and give it its place behind them."""
    _check_wanted(request)
    eligibility.check_place(request, timezone.now())
    request.status = Status.LINED_UP
    request.lined_up_at = timezone.now()
    door.look_soon()


def withdraw(request: SongRequest) -> None:
    """Take it out of the queue."""
    outcomes.give_up(request, timezone.now())


def queue_in_player(request: SongRequest) -> None:
    """Put the song into the player's queue."""
    _check_wanted(request)
    try:
        with spotify_refusals(request):
            spotify_player.add(track_of(request).pk)
    finally:
        # Whatever became of it, the player shows it: the song, or that there is no device.
        player.read_soon(READ_WITHIN)
    outcomes.queued(request, timezone.now())
    _check_wanted(request)


def found_in_player(request: SongRequest) -> bool | None:
    """Look whether the player took the song although its answer was lost.

    Raises Wait while Spotify does not answer that either.
    """
    try:
        found = queue.found_in_player(request)
    except (Unavailable, SlowDown, QuotaExhausted, BudgetSpent) as problem:
        now = timezone.now()
        again = getattr(problem, "retry_at", now + LOOKED_FOR_EVERY)
        if again - (request.lined_up_at or now) > LOOKED_FOR:
            raise
        raise Wait(again, "The player's queue cannot be seen.") from problem
    if found:
        outcomes.queued(request, timezone.now())
        player.read_soon(READ_WITHIN)
    return found


def fulfil(request: SongRequest) -> None:
    """Tell Twitch that the points are spent."""
    try:
        _check_wanted(request)
    except Refused:
        if _is_too_late_to_refund(request):
            # An earlier try has spent them, though its answer was lost.
            return
        raise
    try:
        redemptions.fulfil(request.redemption)
    except Refused as refused:
        if refused.code == "already_canceled":
            raise refuse("rejected_on_twitch") from refused
        raise


def confirm_in_chat(request: SongRequest) -> None:
    """Tell the viewer which place the song has, and when it plays."""
    place, seconds = queue.place(request)
    is_open = request.redemption.status == Redemption.Status.UNFULFILLED
    chat.say(
        chat.render(
            texts.QUEUED_UNTIL_PLAYED if is_open else texts.QUEUED,
            viewer=viewers.name_in_chat(request.viewer),
            song=song_in_chat(request),
            place=max(place, 1),
            when=about(seconds) if place else "now",
        )
    )
    request.place_told, request.seconds_told = place, seconds


def announce(request: SongRequest) -> None:
    """Let everyone above know that a song was requested, and is in the player's queue."""
    # Also when a person said so, because the player did not.
    outcomes.queued(request, timezone.now())
    track = track_of(request)
    publish(
        SongRequested(
            song_id=request.pk,
            redemption_id=request.redemption_id,
            viewer_id=request.viewer_id,
            viewer_name=request.viewer.display_name,
            track_id=track.pk,
            title=track.name,
            artists=tuple(track.artists),
            cover_url=track.cover_url,
            duration_ms=track.duration_ms,
            requested_at=request.redemption.redeemed_at,
        ),
        key=request.pk,
    )


def retract(request: SongRequest) -> None:
    """Let everyone know that what was announced is given up."""
    now = timezone.now()
    why = outcomes.give_up(request, now)
    if is_published(SongRequested, request.pk):
        publish(SongRefunded(request.pk, request.viewer_id, why, now), key=request.pk)


def await_end(request: SongRequest) -> None:
    """Wait until the song was played; refused when it ends in another way."""
    newest = SongRequest.objects.select_related("redemption").get(pk=request.pk)
    if newest.redemption.status == Redemption.Status.FULFILLED:
        return
    if newest.status in SongRequest.OPEN:
        raise Wait(timezone.now() + LOOK_AGAIN, "The song has not been played yet.")
    _check_wanted(request)


def tell_refunded(request: SongRequest, why: Refused) -> None:
    """Say in chat that the points are back, and why."""
    if not why.sentence:
        return
    name = viewers.name_in_chat(request.viewer)
    chat.say(chat.render(texts.REFUNDED, viewer=name, reason=why.sentence))


# --- What the steps share --------------------------------------------------------------------


def track_of(request: SongRequest) -> Track:
    """Return the track that was found; raises ValueError before that."""
    if request.track is None:
        raise ValueError(f"{request.pk} has no track yet.")
    return request.track


def _check_wanted(request: SongRequest) -> None:
    """Refuse what was taken out of the queue meanwhile, here or on Twitch."""
    newest = SongRequest.objects.select_related("redemption").get(pk=request.pk)
    if newest.status in SongRequest.ENDS and newest.status != Status.PLAYED:
        raise refuse(newest.code, song=song_in_chat(request))
    if newest.redemption.status == Redemption.Status.CANCELED:
        raise refuse("rejected_on_twitch")


def _is_too_late_to_refund(request: SongRequest) -> bool:
    """Give the points back, unless Twitch says that they are spent."""
    try:
        redemptions.refund(request.redemption)
    except Refused as refused:
        if refused.code == "already_fulfilled":
            return True
        raise
    return False
