"""The database's clock: the one by which a vote ends, for everybody and every process."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import FloatField, Func


class SecondsUntil(Func):
    """The seconds from now to a time; below zero once it is past."""

    template = "extract(epoch FROM %(expressions)s - clock_timestamp())::float8"
    output_field = FloatField()


def time() -> datetime:
    """Return what the database's clock shows, also in the middle of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (shown,) = cursor.fetchone()
    assert isinstance(shown, datetime)  # noqa: S101 (narrows the driver's Any)
    return shown
