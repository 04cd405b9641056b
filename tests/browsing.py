"""Pages in a real Chromium, each in a browser of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.test import Client

from accounts.models import User

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

Opening = Callable[..., "Page"]


@contextmanager
def browsing(chromium: Browser, origin: str, timeout_ms: float = 30_000) -> Iterator[Opening]:
    """Give what opens a path, as somebody or nobody; what a page says is wrong fails at the end."""
    errors: list[str] = []
    contexts = []

    def opened(path: str, user: User | None = None, width: int = 1280, **options: Any) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        context.set_default_timeout(timeout_ms)
        contexts.append(context)
        if user is not None:
            sign_in(context, user, origin)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console", lambda said: errors.append(said.text) if "Security" in said.text else None
        )
        page.goto(f"{origin}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


def sign_in(context: BrowserContext, user: User, origin: str) -> None:
    """Give a browser the session of somebody."""
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": origin}])
