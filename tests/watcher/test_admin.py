"""The watcher in the admin: staff see everything but the secret, and change nothing."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.watcher import posting
from tests.watcher.conftest import Hook
from watcher.models import Attempt, Delivery, Target

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("streamer"))
    return client


@pytest.fixture
def delivery(owner: User, hook: Hook) -> Delivery:
    posting.watch(posting.target(owner, hook))
    (delivery,) = posting.due(posting.stream())
    Attempt.objects.create(
        delivery=delivery,
        verb="post",
        at=timezone.now(),
        status=404,
        milliseconds=12,
        code=10015,
        message="Unknown Webhook",
    )
    return delivery


@pytest.mark.parametrize("table", ["delivery", "watch", "watchedstream"])
def test_every_list_and_row_is_shown(staff: Client, delivery: Delivery, table: str) -> None:
    rows = {
        "delivery": delivery.pk,
        "watch": delivery.watch_id,
        "watchedstream": delivery.stream_id,
    }
    listed = staff.get(reverse(f"admin:watcher_{table}_changelist"))
    row = staff.get(reverse(f"admin:watcher_{table}_change", args=[rows[table]]))
    assert (listed.status_code, row.status_code) == (200, 200)
    assert "S77" in listed.content.decode()


def test_a_delivery_is_shown_with_its_attempts(staff: Client, delivery: Delivery) -> None:
    page = staff.get(reverse("admin:watcher_delivery_change", args=[delivery.pk]))
    assert "Unknown Webhook" in page.content.decode()


def test_a_channel_is_shown_without_its_secret(
    staff: Client, delivery: Delivery, hook: Hook
) -> None:
    target = Target.objects.get()
    for page in (
        reverse("admin:watcher_target_changelist"),
        reverse("admin:watcher_target_change", args=[target.pk]),
    ):
        answer = staff.get(page)
        assert answer.status_code == 200
        assert hook.secret not in answer.content.decode()
