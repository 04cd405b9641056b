"""What the clock asks of tokens: renew what ends soon, and see that each is still accepted."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from tokens import services


@shared_task(name="tokens.refresh_due")
def refresh_due() -> None:
    """Renew tokens before they end, whether the channel is live or not."""
    services.refresh_due(timezone.now())


@shared_task(name="tokens.validate")
def validate() -> None:
    """Ask each provider whether our tokens still hold; Twitch demands this every hour."""
    services.validate_all(timezone.now())
