"""Cues: what every overlay shows once, numbered in the order of their commits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from overlay.models import Counter, Cue
from overlay.services.assets import version
from overlay.services.payloads import Payload, samples
from pushes.services import push_on_commit
from songqueue.services import board
from tournaments.services.reading import on_now

GROUP = "overlay"
# A page that (re)connects later than this after a cue does not show it any more.
LASTS = timedelta(minutes=1)

_TAKE_NUMBER = """
INSERT INTO overlay_counter (id, seq) VALUES (1, 1)
ON CONFLICT (id) DO UPDATE SET seq = overlay_counter.seq + 1 RETURNING seq
"""


def cue(kind: str, payload: Payload, *, now: datetime, lasts: timedelta = LASTS) -> Cue:
    """Show something once on every overlay, as soon as the caller's transaction is committed."""
    with transaction.atomic():
        Cue.objects.filter(expires_at__lte=now).delete()
        with connection.cursor() as cursor:
            cursor.execute(_TAKE_NUMBER)
            (seq,) = cursor.fetchone()
        shown = Cue.objects.create(
            seq=seq, kind=kind, payload=payload, at=now, expires_at=now + lasts
        )
        push_on_commit(GROUP, {"type": "cue", **shown.as_message(now)})
    return shown


def test_cue(kind: str, now: datetime) -> Cue:
    """Show something that never happened, marked as a test: one of KINDS."""
    return cue(kind, {**samples()[kind], "is_test": True}, now=now)


def latest() -> int:
    """Return the number of the newest cue, 0 before the first."""
    return Counter.objects.values_list("seq", flat=True).first() or 0


def snapshot(now: datetime) -> dict[str, Any]:
    """Return what a page that comes now may still show, and the number that it then has seen.

    The board of the songs and what is on in tournaments have numbers of their own.
    """
    # The number first: a cue written in between is then in the list, and known to be newer.
    seq = latest()
    cues = [cue.as_message(now) for cue in Cue.objects.current(now)]
    return {
        "seq": seq,
        "cues": cues,
        "board": board.board(now),
        "air": on_now(),
        "version": version(),
    }
