"""The stage that every test plays on: real servers, started before the settings are read."""

from __future__ import annotations

import os
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import django
import pytest

from config.embedded import Postgres, Valkey
from tests.stage import free_home, rehearsing, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)

_stage = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers, tell the settings of them, and have Django read these."""
    if config.option.help:
        return
    home = _stage.enter_context(free_home())
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        GREENROOM_HOME=str(home),
        REHEARSAL="on",
        REHEARSAL_PORT=str(_stage.enter_context(rehearsing(home / "rehearsal"))),
        TWITCH_CLIENT_ID="rehearsal",
        TWITCH_CLIENT_SECRET="rehearsal-secret",
    )
    if not os.environ.get("DATABASE_URL"):
        # Only a power cut could tell the difference, and no test survives one.
        postgres = Postgres(home / "postgres", fsync="off", full_page_writes="off")
        _stage.enter_context(serving(postgres))
        postgres.ensure_database("greenroom")
        os.environ["DATABASE_URL"] = postgres.url("greenroom")
    if not os.environ.get("REDIS_URL"):
        valkey = Valkey(home / "valkey")
        _stage.enter_context(serving(valkey))
        os.environ["REDIS_URL"] = valkey.url(0)
    django.setup()


def pytest_unconfigure() -> None:
    """Stop the servers."""
    _stage.close()


@pytest.fixture
def rehearsal_url() -> str:
    """The address of the rehearsal server, as if just started."""
    url = f"http://127.0.0.1:{os.environ['REHEARSAL_PORT']}"
    request = urllib.request.Request(f"{url}/control/reset", method="POST")  # noqa: S310
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        return url


@pytest.fixture
def process_env(transactional_db: None) -> dict[str, str]:
    """The environment in which a process of ours works on this test's database."""
    from django.db import connection

    address = urlsplit(os.environ["DATABASE_URL"])
    url = address._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    return {**os.environ, "DATABASE_URL": url, "PYTHONUNBUFFERED": "1"}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium, for sync tests: while it runs, its own event loop is in this thread."""
    from playwright.sync_api import sync_playwright

    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-sync",
        "--no-first-run",
    ]
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Django takes the browser's event loop for a view's, and would forbid the ORM.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=quiet, chromium_sandbox=os.geteuid() != 0
        )
        yield browser
        browser.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a browser where there is none."""
    if not CHROMIUM:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no Chromium on the PATH"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly that browser tests were skipped."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any("no Chromium" in str(report.longrepr) for report in skipped):
        terminalreporter.section("NO CHROMIUM: THE BROWSER TESTS DID NOT RUN", sep="!", red=True)
