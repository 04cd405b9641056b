"""What is pushed soon: all of it, in order, without anybody waiting."""

from __future__ import annotations

import multiprocessing
from threading import Event
from typing import Any

import pytest
from redis import RedisError

from pushes import outbox, services
from pushes.outbox import Message, Outbox


def messages(first: int, last: int) -> list[Message]:
    return [("group", str(number)) for number in range(first, last)]


def test_everything_is_sent_in_its_order() -> None:
    sent: list[Message] = []
    is_done = Event()

    def send(batch: list[Message]) -> None:
        sent.extend(batch)
        if len(sent) == 200:
            is_done.set()

    box = Outbox(send)
    for number in range(0, 200, 10):
        box.put(messages(number, number + 10))
    assert is_done.wait(10)
    assert sent == messages(0, 200)


def test_who_pushes_does_not_wait_and_many_go_at_once() -> None:
    batches: list[int] = []
    begun, may_go_on, is_done = Event(), Event(), Event()

    def send(batch: list[Message]) -> None:
        batches.append(len(batch))
        begun.set()
        may_go_on.wait(10)
        if len(batches) == 2:
            is_done.set()

    box = Outbox(send)
    box.put(messages(0, 1))
    assert begun.wait(10)
    for number in range(500):
        box.put(messages(number, number + 1))
    may_go_on.set()
    assert is_done.wait(10)
    assert batches == [1, 500]


def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Message] = []
    box = Outbox(sent.extend)
    monkeypatch.setattr(box, "_start", lambda: None)
    box.put(messages(0, outbox.MOST + 5))
    box.flush()
    assert sent == messages(5, outbox.MOST + 5)


def _sends_in(box: Outbox, results: Any) -> None:
    box.flush()
    results.put("flushed")


# Newer Pythons warn of forks beside threads; Celery's workers are such forks.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_sends_nothing_of_its_parents(monkeypatch: pytest.MonkeyPatch) -> None:
    fork = multiprocessing.get_context("fork")
    results = fork.Queue()
    box = Outbox(lambda batch: results.put(f"sent {len(batch)}"))
    monkeypatch.setattr(box, "_start", lambda: None)
    box.put(messages(0, 3))
    child = fork.Process(target=_sends_in, args=(box, results))
    child.start()
    assert results.get(timeout=10) == "flushed"
    child.join(10)
    box.flush()
    assert results.get(timeout=10) == "sent 3"


def test_a_redis_that_is_away_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Any:
        raise RedisError

    monkeypatch.setattr(services, "_redis", nowhere)
    services._publish_all(messages(0, 1))
