"""The addresses that OBS loads: each holds a right to watch, which can be revoked."""

from __future__ import annotations

import base64
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from overlay.models import OverlayToken
from pushes.services import hang_up

NOT_ALLOWED = 4403
STARTER = "Made at the first start"


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


def _signature(key: str) -> str:
    digest = salted_hmac("overlay.token", key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
