"""Refusing a request: in our words, with its own reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone

from sagas.flow import RateLimited, Refused
from songqueue import texts
from songqueue.models import SongRequest
from spotify.services import BudgetSpent, QuotaExhausted, SpotifyProblem, Unavailable, links
from spotify.services import RateLimited as SlowDown
from twitch.services import chat

# A viewer waits so long for Spotify, and is refunded after that.
PATIENCE = timedelta(seconds=20)
MOST_PATIENCE = timedelta(minutes=2)


def refuse(code: str, **values: str) -> Refused:
    """Return the refusal of that code, in the streamer's words or ours.

    A code of which nothing is said here is our fault.
    """
    reason = texts.REASONS.get(code) or texts.REASONS["unavailable"]
    return Refused(code, chat.render(reason.text, **values))


@contextmanager
def spotify_refusals(request: SongRequest) -> Iterator[None]:
    """Turn what Spotify's part cannot do now into waiting, trying again, or a refusal."""
    try:
        yield
    except links.NotATrack as error:
        raise refuse(error.code) from error
    except Unavailable as error:
        error.refusal = refuse("spotify_unavailable")
        raise
    except (SlowDown, QuotaExhausted, BudgetSpent) as error:
        if _is_worth_waiting(request, error.retry_at, timezone.now()):
            raise RateLimited(error.retry_at, f"Spotify's part says {error.code}.") from error
        raise refuse(error.code) from error
    except SpotifyProblem as error:
        raise refuse(error.code) from error


def _is_worth_waiting(request: SongRequest, until: datetime, now: datetime) -> bool:
    return until - now <= PATIENCE and until - request.created_at <= MOST_PATIENCE
