"""The web process on the test's database, for browsers and sockets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone
from websockets.sync.client import ClientConnection, connect

from config.embedded import free_port
from config.home import ROOT
from overlay import services
from overlay.models import OverlayToken
from tests.overlay.screen import Screen

if TYPE_CHECKING:
    from playwright.sync_api import Browser


class Site:
    """A web process that can be stopped and started again at the same address."""

    def __init__(self) -> None:
        address = urlsplit(os.environ["DATABASE_URL"])
        self.port = free_port()
        self.origin = f"http://localhost:{self.port}"
        self.env = {
            **os.environ,
            "DATABASE_URL": address._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
            "PUBLIC_URL": self.origin,
        }

    def start(self) -> None:
        arguments = ["-v", "0", "-b", "127.0.0.1", "-p", str(self.port), "config.asgi:application"]
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "daphne", *arguments],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while not self._answers():
            assert time.monotonic() < deadline
            assert self.process.poll() is None
            time.sleep(0.02)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def page(self, token: OverlayToken) -> str:
        return f"{self.origin}/overlay/?token={services.token_of(token)}"

    def socket(self, token: str) -> ClientConnection:
        return connect(f"ws://localhost:{self.port}/ws/overlay/?token={token}", proxy=None)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.origin}/health", timeout=5):
                return True
        except OSError:
            return False


@pytest.fixture(scope="session")
def _site(django_db_setup: None) -> Iterator[Site]:
    site = Site()
    site.start()
    yield site
    site.stop()


@pytest.fixture
def site(_site: Site, transactional_db: None) -> Iterator[Site]:
    """A running web process; a test that stops it finds it started again."""
    yield _site
    if _site.process.poll() is not None:
        _site.start()


@pytest.fixture
def token(db: None) -> OverlayToken:
    return OverlayToken.objects.create(name="Main scene")


@pytest.fixture
def screen(chromium: Browser, site: Site, token: OverlayToken) -> Iterator[Screen]:
    screen = Screen(chromium, site, token)
    yield screen
    screen.context.close()
    assert screen.errors == []


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def hear(client: ClientConnection) -> dict[str, Any]:
    """Return the next message that is no heartbeat."""
    while True:
        message: dict[str, Any] = json.loads(client.recv(timeout=15))
        if message["type"] != "beat":
            return message


def say(client: ClientConnection, **message: Any) -> None:
    client.send(json.dumps(message))
