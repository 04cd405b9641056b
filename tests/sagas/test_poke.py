"""Pokes: after the commit, held while a worker is at its loop, and no matter when lost."""

from __future__ import annotations

import pytest
from celery import current_app
from django.db import transaction
from structlog.testing import capture_logs

from sagas import poke, tasks
from sagas.services import start
from tests.sagas.sample.models import Parcel
from tests.sagas.sample.sagas import letter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The messages that went to the broker."""
    poke.hear()
    names: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **_: names.append(name))
    return names


def test_a_worker_is_woken_after_the_commit_and_not_before(sent: list[str]) -> None:
    with transaction.atomic():
        start(letter, Parcel.objects.create())
        assert sent == []
    assert sent == ["sagas.advance"]


def test_nobody_is_woken_for_what_was_rolled_back(sent: list[str]) -> None:
    with transaction.atomic():
        start(letter, Parcel.objects.create())
        transaction.set_rollback(True)
    assert sent == []


def test_a_held_poke_is_let_go_once_before_something_that_may_take_long(sent: list[str]) -> None:
    with poke.pokes_held():
        poke.let_go()
        assert sent == []
        start(letter, Parcel.objects.create())
        start(letter, Parcel.objects.create())
        poke.let_go()
        poke.let_go()
    assert sent == ["sagas.advance"]


def test_while_a_poke_is_unheard_another_is_not_needed(sent: list[str]) -> None:
    for _ in range(3):
        start(letter, Parcel.objects.create())
    assert sent == ["sagas.advance"]
    tasks.advance()
    start(letter, Parcel.objects.create())
    assert sent == ["sagas.advance"] * 2


def test_a_broker_that_is_away_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionError("redis://:password@host is away")

    poke.hear()
    monkeypatch.setattr(current_app, "send_task", refuse)
    with capture_logs() as lines:
        start(letter, Parcel.objects.create())
    assert [(line["event"], line["error"]) for line in lines] == [
        ("saga.poke_failed", "ConnectionError")
    ]
    assert "password" not in str(lines)
