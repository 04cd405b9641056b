"""Set-up: the page of all steps, and the button that proves one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from studio.services import roles, setup
from studio.services.setup import NotProven
from studio.views.gate import needs, page
from tokens import registry
from tokens.registry import UnusableAddress
from tokens.views import redirect_uri


@require_safe
@needs(roles.SET_UP)
def wizard(request: HttpRequest) -> HttpResponse:
    """Show every step, what is done already, and what comes next."""
    steps = setup.steps(timezone.now())
    due = [step for step in steps if not step.is_done and not step.is_optional]
    context = {
        "place": "setup",
        "steps": steps,
        "next": due[0] if due else None,
        "done": sum(step.is_done for step in steps),
        "redirects": [(p.name, p.label, *_redirect(p.name)) for p in registry.every()],
    }
    return page(request, "studio/setup.html", context)


@require_POST
@needs(roles.SET_UP)
def prove(request: HttpRequest, step: str) -> JsonResponse:
    """Make the round trip of a step."""
    try:
        said = setup.prove(step, timezone.now())
    except KeyError:
        return JsonResponse({"code": "not_found", "detail": "There is no such step."}, status=404)
    except NotProven as why:
        return JsonResponse({"code": why.code, "detail": str(why)}, status=409)
    return JsonResponse({"detail": said})


def _redirect(provider: str) -> tuple[str, str]:
    """Return the redirect URL to register, or why there is none."""
    try:
        return redirect_uri(provider), ""
    except UnusableAddress as error:
        return "", str(error)
