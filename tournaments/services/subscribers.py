"""Who subscribes to the channel, asked from Twitch: never guessed, and never in a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog

from sagas.flow import NotDone, Wait
from tournaments.models import Registration
from twitch.client.errors import HelixError
from twitch.services import standing

log = structlog.get_logger(__name__)

SOON_SECONDS, LATE_SECONDS = 10, 300


@dataclass(frozen=True)
class Evidence:
    """What Twitch said of a viewer's subscription, and when: tier "" is none."""

    tier: str
    is_gift: bool
    at: datetime

    def write(self, registration: Registration) -> None:
        """Set the columns of a registration; the caller saves them."""
        registration.tier, registration.is_gift = self.tier, self.is_gift
        registration.subscription_seen_at = self.at


COLUMNS = ("tier", "is_gift", "subscription_seen_at")


class TryAgain(Exception):
    """Twitch cannot be asked now, so nobody is turned down: come back in a moment."""

    code = "try_again"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "Twitch does not tell us at the moment who subscribes: try again in a moment."
        )
        self.seconds = seconds


def evidence(viewer_ids: Iterable[str], now: datetime) -> dict[str, Evidence]:
    """Ask Twitch about all these viewers; raises TryAgain when it gives no answer."""
    asked = list(viewer_ids)
    try:
        found = standing.subscriptions(asked)
    except Wait as wait:
        _warn(wait)
        left = round((wait.until - now).total_seconds())
        raise TryAgain(min(max(left, SOON_SECONDS), LATE_SECONDS)) from wait
    except (NotDone, HelixError) as error:
        _warn(error)
        raise TryAgain(SOON_SECONDS) from error
    none = standing.Subscription("", is_gift=False)
    return {
        viewer_id: Evidence(it.tier, it.is_gift, now)
        for viewer_id in asked
        for it in [found.get(viewer_id, none)]
    }


def _warn(error: Exception) -> None:
    log.warning("tournaments.subscribers_unknown", error=type(error).__name__)
