"""The files that the page is made of, and which version of it they are."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings


@cache
def version() -> str:
    """Return a digest of the page's files: a page of another version loads itself again."""
    digest = sha256()
    for path in page_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def page_files() -> list[Path]:
    """Return the static files that the page is made of."""
    return sorted(Path(settings.ROOT, "static", "overlay").glob("*.*"))
