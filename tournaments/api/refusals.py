"""How the endpoints of tournaments say no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ObjectDoesNotExist
from django.core.exceptions import ValidationError as Invalid
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, PermissionDenied, ValidationError

from rest.problems import NotNow, Problem
from sagas.flow import Refused
from tournaments.services.corrections import Unseen
from tournaments.services.impartiality import Banned, Partial
from tournaments.services.registrations import NotSubscribed
from tournaments.services.reports import NotYours
from tournaments.services.results import Senseless
from tournaments.services.subscribers import TryAgain

BAD_BODY = OpenApiResponse(
    Problem,
    "A field is unknown (`unknown_field`), missing or senseless; the code says why, as `level` or "
    "`never_level` of a score.",
)
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


class TwitchAway(APIException):
    """`wait` is what the answer's Retry-After says, in seconds."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE

    def __init__(self, error: TryAgain) -> None:
        super().__init__(str(error), error.code)
        self.wait = error.seconds


@contextmanager
def answered() -> Iterator[None]:
    """Turn what the services raise within into answers; Unseen has more to tell, and is left."""
    try:
        yield
    except ObjectDoesNotExist:
        raise NotFound("There is no such thing here.") from None
    except Unseen:
        raise
    except Senseless as refused:
        raise ValidationError(refused.sentence, refused.code) from refused
    except (NotSubscribed, NotYours, Partial, Banned) as refused:
        raise PermissionDenied(refused.sentence, refused.code) from refused
    except TryAgain as error:
        raise TwitchAway(error) from error
    except Refused as refused:
        raise NotNow(refused.sentence, refused.code) from refused
    except Invalid as invalid:
        raise ValidationError(invalid.message_dict) from invalid
