"""How the endpoints of registration and curation say no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError as Invalid
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, ValidationError

from rest.problems import Problem
from sagas.flow import Refused
from tournaments.models import Participant, Registration, Tournament
from tournaments.services.registrations import NotSubscribed
from tournaments.services.subscribers import TryAgain

BAD_BODY = OpenApiResponse(Problem, "A field is unknown (`unknown_field`), missing or senseless.")
NOT_HERE = OpenApiResponse(Problem, "There is no such thing here (`not_found`).")
NOT_NOW = OpenApiResponse(Problem, "It is not in a state for that; the code says why.")
NOT_SIGNED_IN = OpenApiResponse(Problem, "Nobody is signed in (`not_signed_in`).")
TRY_AGAIN = OpenApiResponse(
    Problem,
    "Twitch cannot be asked who subscribes (`try_again`): nothing was decided. `Retry-After` says "
    "when to come back.",
)
RETRY_AFTER = OpenApiParameter(
    "Retry-After", int, OpenApiParameter.HEADER, response=[503], description="Seconds."
)


class NotNow(APIException):
    status_code = status.HTTP_409_CONFLICT


class NotAllowed(APIException):
    status_code = status.HTTP_403_FORBIDDEN


class TwitchAway(APIException):
    """`wait` is what the answer's Retry-After says, in seconds."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE

    def __init__(self, error: TryAgain) -> None:
        super().__init__(str(error), error.code)
        self.wait = error.seconds


@contextmanager
def answered() -> Iterator[None]:
    """Turn what the services raise within into answers."""
    try:
        yield
    except (Tournament.DoesNotExist, Registration.DoesNotExist, Participant.DoesNotExist):
        raise NotFound("There is no such thing here.") from None
    except NotSubscribed as refused:
        raise NotAllowed(refused.sentence, refused.code) from refused
    except TryAgain as error:
        raise TwitchAway(error) from error
    except Refused as refused:
        raise NotNow(refused.sentence, refused.code) from refused
    except Invalid as invalid:
        raise ValidationError(invalid.message_dict) from invalid
