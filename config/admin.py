"""How the admin looks."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def environment(request: HttpRequest) -> list[str] | None:
    """Show on every admin page that this is a rehearsal."""
    return ["Rehearsal", "warning"] if settings.REHEARSAL else None
