"""The socket of a balance: what it tells, to whom, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.db import transaction
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from accounts.models import User
from points.services import ledger
from points.services.ledger import Credit, telling
from points.services.ledger.telling import Balance
from pushes.consumers import NOT_ALLOWED, NOT_SIGNED_IN
from pushes.services import push_soon
from tests.overlay.conftest import Site, _site, hear, say, site  # noqa: F401 (the fixtures)
from tests.points.conftest import CAUSE, give
from twitch.models import Viewer

Listening = Callable[[Client | None], ClientConnection]


def signed_in(viewer: Viewer | None, name: str = "someone") -> Client:
    client = Client()
    client.force_login(User.objects.create_user(name, viewer=viewer))
    return client


@pytest.fixture
def listening(site: Site) -> Iterator[Listening]:  # noqa: F811
    """Open sockets, as a page of ours with somebody's cookies."""
    with ExitStack() as stack:

        def listen(client: Client | None) -> ClientConnection:
            headers = {"Origin": site.origin}
            if client:
                headers["Cookie"] = f"sessionid={client.cookies['sessionid'].value}"
            address = f"ws://localhost:{site.port}/api/user/connect"
            return stack.enter_context(connect(address, additional_headers=headers, proxy=None))

        yield listen


@contextmanager
def closes(socket: ClientConnection, code: int) -> Iterator[None]:
    with pytest.raises(ConnectionClosed) as caught:
        yield
    assert caught.value.rcvd
    assert caught.value.rcvd.code == code


def test_a_viewer_hears_at_once_and_after_each_change(listening: Listening, ann: Viewer) -> None:
    give(ann, 100)
    person = signed_in(ann)
    both = [listening(person), listening(person)]
    first = {"type": "POINTS_UPDATE", "balance": 100, "available": 100, "seq": 1}
    assert [hear(socket) for socket in both] == [first, first]
    ledger.debit(ann.pk, 30, CAUSE, key="a")
    held = ledger.hold(ann.pk, 20, CAUSE, key="b")
    ledger.capture(held.pk)
    entry = ledger.credit(ann.pk, 5, CAUSE, key="c")
    ledger.reverse(entry.pk, CAUSE)
    for socket in both:
        told = [hear(socket) for _ in range(5)]
        assert [(each["balance"], each["available"], each["seq"]) for each in told] == [
            (70, 70, 2),
            (70, 50, 3),
            (50, 50, 4),
            (55, 55, 5),
            (50, 50, 6),
        ]


def test_who_never_had_points_has_none_yet(listening: Listening, ann: Viewer) -> None:
    socket = listening(signed_in(ann))
    assert hear(socket) == {"type": "POINTS_UPDATE", "balance": 0, "available": 0, "seq": 0}
    give(ann, 7)
    assert hear(socket) == {"type": "POINTS_UPDATE", "balance": 7, "available": 7, "seq": 1}


def test_viewers_hear_of_their_own_points_only(
    listening: Listening, ann: Viewer, bob: Viewer
) -> None:
    anns, bobs = listening(signed_in(ann, "a")), listening(signed_in(bob, "b"))
    hear(anns), hear(bobs)
    give(ann, 10)
    give(bob, 20)
    credits = [Credit(each.pk, 1, CAUSE, f"both:{each.pk}") for each in (ann, bob)]
    ledger.credit_many(credits)
    assert [hear(anns)["balance"] for _ in range(2)] == [10, 11]
    assert [hear(bobs)["balance"] for _ in range(2)] == [20, 21]


def test_nothing_is_told_of_what_is_rolled_back(listening: Listening, ann: Viewer) -> None:
    socket = listening(signed_in(ann))
    hear(socket)
    with transaction.atomic():
        give(ann, 10)
        transaction.set_rollback(True)
    give(ann, 5)
    assert hear(socket)["balance"] == 5


def test_a_late_push_never_overwrites_a_newer_balance(listening: Listening, ann: Viewer) -> None:
    socket = listening(signed_in(ann))
    hear(socket)
    give(ann, 10)
    give(ann, 10, key="more")
    push_soon([(telling.group(ann.pk), Balance(ann.pk, 10, 0, 1).message())])
    give(ann, 10, key="still more")
    assert [hear(socket)["balance"] for _ in range(3)] == [10, 20, 30]
    say(socket, type="snapshot?")
    assert hear(socket)["balance"] == 30


def test_strangers_and_who_is_no_viewer_are_told_why_they_hear_nothing(
    listening: Listening, transactional_db: None
) -> None:
    socket = listening(None)
    with closes(socket, NOT_SIGNED_IN):
        socket.recv(timeout=10)
    socket = listening(signed_in(None))
    with closes(socket, NOT_ALLOWED):
        socket.recv(timeout=10)


def test_a_banned_viewer_may_still_look(listening: Listening, ann: Viewer) -> None:
    person = signed_in(ann)
    User.objects.update(is_banned=True)
    assert hear(listening(person))["balance"] == 0


def test_who_has_signed_out_hears_no_more(listening: Listening, ann: Viewer) -> None:
    person = signed_in(ann)
    socket = listening(person)
    hear(socket)
    person.logout()
    say(socket, type="seen")
    with closes(socket, NOT_SIGNED_IN):
        socket.recv(timeout=10)
