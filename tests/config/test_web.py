"""The web process as a process: how it ends."""

from __future__ import annotations

import signal
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

import pytest

from tests.overlay.conftest import Site

CROWD = 20


@pytest.mark.django_db(transaction=True)
def test_it_ends_at_once_while_people_ask_for_pages() -> None:
    site, is_over, seen = Site(), Event(), Event()
    site.start()

    def ask() -> None:
        while not is_over.is_set():
            with suppress(OSError), urllib.request.urlopen(site.origin, timeout=10) as answer:
                answer.read()
                seen.set()

    with ThreadPoolExecutor(CROWD) as crowd:
        try:
            for _ in range(CROWD):
                crowd.submit(ask)
            assert seen.wait(30)
            site.process.send_signal(signal.SIGTERM)
            assert site.process.wait(20) == 0
        finally:
            is_over.set()
            site.process.kill()
            site.process.wait()
