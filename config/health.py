"""Whether everything is well, for probes and the supervisor."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.services.health import report


@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """The web process answers."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when Greenroom can do its work, 503 when it can't; either way with every check."""
    now = report()
    response = JsonResponse(
        {
            "status": now.status,
            "checks": {name: asdict(check) for name, check in now.checks.items()},
        },
        status=503 if now.status == "not_ready" else 200,
    )
    # An answer that probes ask for every second is not an error of a request.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
