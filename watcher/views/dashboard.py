"""The dashboard: channels, what is watched, what is live, and what became of each post."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import gate
from watcher.services import deliveries, looking
from watcher.views.shared import context, person

# Discord first: who posts there is there.
PROVIDERS = ("discord", "twitch")
LOG_LENGTH = 20


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show a person what is theirs, and a stranger what this is for."""
    if not request.user.is_authenticated:
        apps = settings.SIGN_IN_APPS
        providers = [(name, apps[name]["name"]) for name in PROVIDERS if name in apps]
        return render(request, "watcher/stranger.html", context(providers=providers))
    owner, now = person(request), timezone.now()
    targets = list(looking.targets_of(owner))
    before = request.GET.get("before", "")[:40].replace("\0", "")
    log = looking.log_of(owner, before)[: LOG_LENGTH + 1]
    connected = request.GET.get("connected", "")
    return render(
        request,
        "watcher/dashboard.html",
        context(
            targets=targets,
            added=next((it for it in targets if it.pk == connected), None),
            steps=looking.steps(owner),
            live=looking.live_board(owner, now),
            log=log[:LOG_LENGTH],
            is_first=not before,
            older=log[LOG_LENGTH - 1].pk if len(log) > LOG_LENGTH else "",
            poll=looking.how_it_polls(now),
            can_connect=bool(settings.DISCORD_CLIENT_ID and settings.DISCORD_CLIENT_SECRET),
        ),
    )


@never_cache
@require_safe
@gate.signed_in
def post(request: HttpRequest, delivery_id: str) -> HttpResponse:
    """Show one post: the card as Discord got it, and every attempt."""
    delivery = get_object_or_404(looking.deliveries_of(person(request)), pk=delivery_id)
    return render(
        request,
        "watcher/post.html",
        context(
            delivery=delivery,
            attempts=list(delivery.attempts.all()),
            can_resend=deliveries.can_be_sent_again(delivery),
        ),
    )
