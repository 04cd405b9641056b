"""What can go wrong between Twitch and us, beside the flows' own words (RateLimited, Unsure)."""

from __future__ import annotations

from sagas.flow import NotDone


class Unreachable(NotDone):
    """Nothing was changed: the request was not sent, or was one that only reads."""


class HelixError(Exception):
    """Twitch answered with an error: its status and its own words for it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"Twitch answered {status}: {message}")
        self.status = status
        self.message = message


class Unauthorized(HelixError):
    """401: the token is not, or no longer, accepted."""


class Forbidden(HelixError):
    """403: the account may not do this; of a reward, that another application made it."""


class NotFound(HelixError):
    """404: unknown; of a redemption to resolve, also one that is resolved already."""


class Conflict(HelixError):
    """409: exists already."""


def of(status: int, message: str) -> HelixError:
    """Return the error for an answer that was not a success."""
    return _BY_STATUS.get(status, HelixError)(status, message)


_BY_STATUS: dict[int, type[HelixError]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
}
