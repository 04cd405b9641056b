"""The rehearsal, and a server that is no Spotify, for tests of Spotify's part."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from tests.backstage import Backstage


@pytest.fixture
def backstage(rehearsal_url: str) -> Backstage:
    """A fresh rehearsal, with everything working."""
    backstage = Backstage(rehearsal_url)
    backstage.control("faults", verb="DELETE")
    return backstage


@pytest.fixture
def connected(transactional_db: None, backstage: Backstage) -> Backstage:
    """A fresh rehearsal whose player is connected."""
    backstage.connect_spotify()
    return backstage


def _request(caller: socket.socket) -> bytes:
    """Return a whole request: its body may come after its head."""
    text = b""
    while piece := caller.recv(65536):
        text += piece
        head, end, body = text.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        if end and len(body) >= (int(length[1]) if length else 0):
            break
    return text


@contextmanager
def answering(*pieces: bytes, hangs_up: bool = True) -> Iterator[tuple[str, list[bytes]]]:
    """A server that sends these to each caller; yields its host and port, and what it heard."""
    heard: list[bytes] = []

    def serve() -> None:
        with suppress(OSError), ExitStack() as held:
            while True:
                caller = held.enter_context(listening.accept()[0])
                with suppress(OSError):
                    heard.append(_request(caller))
                    for piece in pieces:
                        caller.sendall(piece)
                if hangs_up:
                    caller.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}", heard
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(10)
