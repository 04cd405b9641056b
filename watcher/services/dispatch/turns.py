"""Turns at a webhook: one delivery at a time may post, the one that was due first comes next.

Who waits needs no looking at: whoever has the turn hands it on. A turn that nobody ends lapses.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from sagas.flow import Wait, find
from sagas.services import wake
from watcher.models import Delivery, Target
from watcher.services.deliveries import SAGA

TURN = timedelta(seconds=90)
# When somebody in line looks for themselves, should nobody have handed on the turn.
PATIENCE = timedelta(minutes=2)


def take(delivery: Delivery) -> None:
    """Take the turn, in the caller's transaction; raises Wait while another delivery has it."""
    now, target = timezone.now(), _locked(delivery)
    if target.turn_of not in ("", delivery.pk):
        if target.turn_until and target.turn_until > now:
            raise Wait(now + PATIENCE, "Others are before it.")
        # Whoever let its turn lapse goes to the end of the line.
        Delivery.objects.filter(pk=target.turn_of).update(due_at=now)
    _give(target, delivery.pk, now)


def prolong(delivery: Delivery, until: datetime) -> None:
    """Keep the turn while Discord has us wait."""
    Target.objects.filter(pk=delivery.target_id, turn_of=delivery.pk).update(
        turn_until=until + TURN
    )


def hand_on(delivery: Delivery) -> None:
    """Give the turn to who was due first of those in line, in the caller's transaction."""
    target = _locked(delivery)
    if target.turn_of != delivery.pk:
        return
    line = Delivery.objects.filter(
        target=target, status=Delivery.Status.DUE, lined_up_at__isnull=False
    ).exclude(pk=delivery.pk)
    # Somebody sits before the screen and waits for a test.
    first = line.order_by("-is_test", "due_at", "pk").first()
    _give(target, first.pk if first else "", timezone.now())
    if first:
        wake(find(SAGA), first)


def _locked(delivery: Delivery) -> Target:
    return Target.objects.select_for_update(no_key=True).get(pk=delivery.target_id)


def _give(target: Target, delivery_id: str, now: datetime) -> None:
    target.turn_of, target.turn_until = delivery_id, now + TURN
    target.save(update_fields=["turn_of", "turn_until"])
