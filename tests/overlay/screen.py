"""The overlay's page in a real Chromium, whose clock the test may turn forward."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils import timezone

from overlay import services
from overlay.models import OverlayToken

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.overlay.conftest import Site

# Remembers whose rolls were played, however short they were.
REMEMBER = """
played = [];
new MutationObserver(() => {
  const name = document.querySelector("[data-part=name]")?.textContent;
  if (name && name !== played.at(-1)) played.push(name);
}).observe(document, { childList: true, subtree: true });
"""


class Screen:
    """Opens pages at an address; what they say is wrong fails the test at its end."""

    def __init__(self, browser: Browser, site: Site, token: OverlayToken) -> None:
        self.site, self.token, self.warnings = site, token, list[str]()
        self.context = browser.new_context(viewport={"width": 1280, "height": 720})
        self.context.add_init_script(REMEMBER)
        self.errors: list[str] = []

    def blank(self, size: tuple[int, int] = (1280, 720)) -> Page:
        """Return a page that is nowhere yet."""
        page = self.context.new_page()
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self._hear(said.text))
        return page

    def load(self, query: str = "", size: tuple[int, int] = (1280, 720)) -> Page:
        """Return the overlay's page, whatever becomes of its socket."""
        page = self.blank(size)
        page.clock.install()
        page.goto(f"{self.site.page(self.token)}{query}")
        return page

    def open(self, query: str = "", size: tuple[int, int] = (1280, 720)) -> Page:
        """Return the overlay's page when it has its snapshot."""
        page = self.blank(size)
        page.clock.install()
        with page.expect_websocket() as opening:
            page.goto(f"{self.site.page(self.token)}{query}")
        socket = opening.value
        if not socket.is_closed():
            # The page has its snapshot when it says that it has seen it.
            socket.wait_for_event("framesent")
        return page

    def _hear(self, text: str) -> None:
        if "Greenroom" in text:
            self.warnings.append(text)
        elif "Security" in text:
            self.errors.append(text)


def until(page: Page, condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait, with the page at work."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        page.wait_for_timeout(10)


def pause(page: Page) -> None:
    """Let the page's time go on only when the test turns its clock."""
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)


def seen() -> list[services.Page]:
    return services.presence(timezone.now())


def is_transparent(page: Page) -> bool:
    """Tell whether no pixel has any colour or opacity."""
    png = page.screenshot(omit_background=True)
    (depth, colours), data, at = struct.unpack(">BB", png[24:26]), b"", 8
    assert (depth, colours) == (8, 6)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    # Whatever filters its rows have: they are all zero exactly if the picture is.
    width = struct.unpack(">I", png[16:20])[0]
    rows = zlib.decompress(data)
    return not any(any(rows[n + 1 : n + 1 + 4 * width]) for n in range(0, len(rows), 1 + 4 * width))
