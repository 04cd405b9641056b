"""What the overlay is told to show, and who may watch it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from achievements.events import Unlock
from overlay.models import Counter, Cue, OverlayToken
from pushes.services import hang_up, push_on_commit
from songqueue.services import board

GROUP = "overlay"
# A page that (re)connects later than this after a cue does not show it any more.
LASTS = timedelta(minutes=1)
NOT_ALLOWED = 4403
STARTER = "Made at the first start"

_TAKE_NUMBER = """
INSERT INTO overlay_counter (id, seq) VALUES (1, 1)
ON CONFLICT (id) DO UPDATE SET seq = overlay_counter.seq + 1 RETURNING seq
"""

# --- Cues ------------------------------------------------------------------------------------


def cue(kind: str, payload: dict[str, Any], *, now: datetime, lasts: timedelta = LASTS) -> Cue:
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
    """Show something that never happened, marked as a test: one of `sample_kinds`."""
    return cue(kind, {**_samples()[kind], "is_test": True}, now=now)


def sample_kinds() -> list[str]:
    """Return what `test_cue` can show."""
    return list(_samples())


def roll_payload(
    *, name: str, roll: int, winning_number: int, is_win: bool, is_record: bool
) -> dict[str, Any]:
    """Return what the page needs in order to play a roll."""
    return {
        "name": name,
        "roll": roll,
        "winning_number": winning_number,
        "distance": abs(roll - winning_number),
        "is_win": is_win,
        "is_record": is_record,
    }


def request_payload(
    *, name: str, title: str, artists: Sequence[str], cover_url: str
) -> dict[str, Any]:
    """Return what the page needs in order to tell of a requested song."""
    return {"name": name, "title": title, "artists": list(artists), "cover_url": cover_url}


def unlocks_payload(unlocks: Sequence[Unlock], total: int) -> dict[str, Any]:
    """Return what the page needs in order to show unlocked achievements, the first of `total`."""
    return {
        "unlocks": [
            {
                "name": unlock.viewer_name,
                "achievement": unlock.name,
                "description": unlock.description,
                "icon": unlock.icon,
            }
            for unlock in unlocks
        ],
        "total": total,
    }


def _samples() -> dict[str, dict[str, Any]]:
    return {
        "roll": roll_payload(
            name="Test Viewer", roll=4_203, winning_number=4_207, is_win=False, is_record=True
        ),
        "song_requested": request_payload(
            name="Test Viewer", title="Paper Lanterns", artists=["Low Tide Radio"], cover_url=""
        ),
        "achievement": unlocks_payload([_SAMPLE_UNLOCK], total=1),
    }


_SAMPLE_UNLOCK = Unlock(
    viewer_id="",
    viewer_name="Test Viewer",
    achievement="",
    name="Stream Opener",
    description="Make the first song request of a stream",
    icon="🌅",
)


def latest() -> int:
    """Return the number of the newest cue, 0 before the first."""
    return Counter.objects.values_list("seq", flat=True).first() or 0


def snapshot(now: datetime) -> dict[str, Any]:
    """Return what a page that comes now may still show, and the number that it then has seen.

    The board of the songs has a number of its own.
    """
    # The number first: a cue written in between is then in the list, and known to be newer.
    seq = latest()
    cues = [cue.as_message(now) for cue in Cue.objects.current(now)]
    return {"seq": seq, "cues": cues, "board": board.board(now), "version": version()}


@cache
def version() -> str:
    """Return a digest of the page's files: a page of another version loads itself again."""
    digest = sha256()
    for path in page_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def page_files() -> list[Path]:
    """Return the static files that the page is made of."""
    return sorted(Path(settings.ROOT, "static", "overlay").glob("*.*"))


# --- Tokens ----------------------------------------------------------------------------------


def token_of(token: OverlayToken) -> str:
    """Return the secret part of the overlay's address."""
    return f"{token.key}.{_signature(token.key)}"


def address(token: OverlayToken) -> str:
    """Return the address for OBS; whoever has it can watch the overlay until it is revoked."""
    return f"{settings.PUBLIC_URL}{reverse('overlay')}?{urlencode({'token': token_of(token)})}"


def check(text: str) -> OverlayToken | None:
    """Return the token if it is one of ours and not revoked; a forged one costs no query."""
    key, _, signature = text.partition(".")
    if not constant_time_compare(signature, _signature(key)):
        return None
    return OverlayToken.objects.valid().filter(key=key).first()


def starter() -> OverlayToken:
    """Return the token whose address is printed at each start, a new one if it was revoked."""
    token = OverlayToken.objects.valid().filter(name=STARTER).order_by("pk").first()
    return token or OverlayToken.objects.create(name=STARTER)


def revoke(token: OverlayToken, now: datetime) -> None:
    """End the right, for good, and close the sockets that were opened with it."""
    OverlayToken.objects.valid().filter(pk=token.pk).update(revoked_at=now, is_on_air=None)
    transaction.on_commit(lambda: hang_up(token.group, NOT_ALLOWED))


def touch(token: OverlayToken, now: datetime, *, is_on_air: bool | None = None) -> bool:
    """Note that a page is there, and whether it is on air if it said so; returns if it may stay."""
    seen: dict[str, Any] = {"last_seen_at": now}
    if is_on_air is not None:
        seen["is_on_air"] = is_on_air
    return bool(OverlayToken.objects.valid().filter(pk=token.pk).update(**seen))


def _signature(key: str) -> str:
    digest = salted_hmac("overlay.token", key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
