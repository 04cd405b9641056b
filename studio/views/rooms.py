"""The control room's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from studio.services import roles, room
from studio.views.gate import needs, page


@require_safe
@needs(roles.LOOK)
def control_room(request: HttpRequest) -> HttpResponse:
    """Show how everything is; the socket keeps it true."""
    rights = roles.rights(request.user)
    context = {
        "place": "room",
        "panels": room.panels(room.look(timezone.now()), rights),
    }
    return page(request, "studio/room.html", context)
