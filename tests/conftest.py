"""What every test may ask for: the rehearsal, processes of ours, a browser."""

from __future__ import annotations

import os
import shutil
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from hypothesis import settings as hypothesis_settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# How long an example takes is up to what else the machine has to do.
hypothesis_settings.register_profile("greenroom", hypothesis_settings.default, deadline=None)
hypothesis_settings.load_profile("greenroom")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The migrated database, which every test leaves as it was."""
    from tests.database import keep_what_is_there

    with django_db_blocker.unblock():
        keep_what_is_there()


@pytest.fixture
def rehearsal_url() -> str:
    """The address of the rehearsal server, as if just started."""
    url = f"http://127.0.0.1:{os.environ['REHEARSAL_PORT']}"
    request = urllib.request.Request(f"{url}/control/reset", method="POST")
    with urllib.request.urlopen(request, timeout=10):
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
