"""What happens when a moderator skips the song that plays, step by step."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.utils import timezone

from sagas.flow import RateLimited, Refused
from songqueue import texts
from songqueue.models import Decision, Play, SongRequest
from songqueue.services import outcomes, player
from songqueue.services.moderation import SKIPPED_WITHIN
from spotify.services import BudgetSpent, QuotaExhausted, SpotifyProblem
from spotify.services import RateLimited as SlowDown
from spotify.services import player as spotify_player
from twitch.services import chat

log = structlog.get_logger(__name__)

Status = SongRequest.Status

READ_WITHIN = timedelta(seconds=2)


def skip_in_player(decision: Decision) -> None:
    """Have the player go on to its next song, unless this one is over."""
    request = decision.request
    is_over = request is not None and request.status != Status.PLAYING
    if is_over or timezone.now() - decision.at > SKIPPED_WITHIN:
        raise Refused("late", chat.render(texts.SKIP_LATE))
    try:
        spotify_player.skip()
    except (SlowDown, QuotaExhausted, BudgetSpent) as error:
        if error.retry_at - decision.at <= SKIPPED_WITHIN:
            raise RateLimited(error.retry_at, f"Spotify's part says {error.code}.") from error
        raise _refusal(error) from error
    except SpotifyProblem as error:
        if error.code != "unavailable":
            raise _refusal(error) from error
        error.refusal = _refusal(error)
        raise


def _refusal(error: SpotifyProblem) -> Refused:
    return Refused(error.code, chat.render(texts.SPOTIFY_AWAY, code=texts.label(error.code)))


def end_skipped(decision: Decision) -> None:
    """End the request that was playing, as played if enough of it was heard.

    Otherwise what is not spent yet is refunded.
    """
    request = decision.request
    if request is None:
        return
    if outcomes.was_heard(request, decision.at):
        outcomes.end(request, Status.PLAYED, "", timezone.now())
    else:
        outcomes.end(request, Status.SKIPPED, "skipped_by_hand", timezone.now())


def answer_skipped(decision: Decision) -> None:
    """Answer the moderator, and look at what plays now."""
    player.read_soon(READ_WITHIN)
    _answer(decision, chat.render(texts.SKIPPED, song=decision.what))


def answer_not_skipped(decision: Decision, why: Refused) -> None:
    """Tell the moderator why the song goes on, and let it be tried again."""
    Play.objects.filter(ended_at=None, request=decision.request).update(told_to_skip_at=None)
    player.read_soon(READ_WITHIN)
    _answer(decision, chat.render(texts.NOT_SKIPPED, song=decision.what, reason=why.sentence))


def _answer(decision: Decision, text: str) -> None:
    if decision.message_id:
        chat.say(text, reply_to=decision.message_id)
