"""What the clock asks of accounts."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts.services import apps


@shared_task(name="accounts.prune")
def prune() -> None:
    """Delete what is over of client apps."""
    apps.sweep(now=timezone.now())
