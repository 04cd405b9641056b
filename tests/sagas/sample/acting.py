"""What the steps of the sample sagas do: what the parcel's script says, and else succeed.

A script is `{"<step>": ["fail", "ok"], "undo_<step>": [...]}`: what the step shall do at its first
try, its second, and so on; behind the last word it succeeds. Words that begin with `late_` come
when the effect has happened already.
"""

from __future__ import annotations

import time
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from sagas.flow import NotDone, RateLimited, Refused, Unsure, Wait
from tests.sagas.sample import outside
from tests.sagas.sample.models import Mark, Parcel
from tests.sagas.sample.saboteur import reached

NO = Refused("no_room", "There is no room.")


def act(parcel: Parcel, step: str) -> None:
    """Play one try of one step."""
    reached(parcel, step, "before")
    words = parcel.script.get(step, [])
    number = outside.times(parcel.pk, f"tried {step}")
    outside.happen(parcel.pk, f"tried {step}")
    word = words[min(number, len(words) - 1)] if words else "ok"
    if number >= len(words) and not parcel.script.get("for_ever"):
        word = "ok"
    if not word.startswith("late_"):
        _say(word)
    if connection.in_atomic_block:
        Mark.objects.create(parcel_id=parcel.pk, what=step)
    outside.happen(parcel.pk, step)
    reached(parcel, step, "inside")
    _say(word.removeprefix("late_"))


def _say(word: str) -> None:
    match word:
        case "fail":
            raise ConnectionError("It rains.")
        case "bug":
            raise KeyError("answer")
        case "not_done":
            raise NotDone("The post office is closed.")
        case "refuse":
            raise NO
        case "unsure":
            raise Unsure("No answer came.")
        case "wait":
            raise Wait(timezone.now() + timedelta(milliseconds=1), "later")
        case "wait_long":
            raise Wait(timezone.now() + timedelta(hours=1), "much later")
        case "rate_limited":
            raise RateLimited(timezone.now() + timedelta(hours=5), "slowly")
        case "sleep":
            time.sleep(30)
        case "sleep_in_database":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(30)")
        case "cut":
            connection.ensure_connection()
            outside.cut(connection.connection.info.backend_pid)
        case "orphan":
            # A deferred constraint finds it when the transaction is committed, and not before.
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO auth_permission (name, content_type_id, codename)"
                    " VALUES ('orphan', -1, 'orphan')"
                )
        case "bad_sql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
