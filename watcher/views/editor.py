"""The page on which a watch is made or changed, beside the card as it will be."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import gate
from watcher.models import Target, Watch
from watcher.rules import cards
from watcher.rules.languages import LANGUAGES
from watcher.services import watches
from watcher.views.shared import context, person


@never_cache
@require_safe
@gate.signed_in
def add(request: HttpRequest, target_id: str) -> HttpResponse:
    """Offer to watch somebody for this channel."""
    target = get_object_or_404(Target, pk=target_id, owner=person(request))
    return _editor(request, target, Watch(target=target))


@never_cache
@require_safe
@gate.signed_in
def change(request: HttpRequest, watch_id: str) -> HttpResponse:
    """Offer to change how a watch is told."""
    mine = Watch.objects.select_related("target").filter(target__owner=person(request))
    watch = get_object_or_404(mine, pk=watch_id)
    return _editor(request, watch.target, watch)


def _editor(request: HttpRequest, target: Target, watch: Watch) -> HttpResponse:
    return render(
        request,
        "watcher/editor.html",
        context(
            target=target,
            watch=watch,
            is_new=watch._state.adding,
            languages=LANGUAGES.items(),
            placeholders=cards.PLACEHOLDERS.items(),
            usual=cards.USUAL,
            mentions=Watch.Mention.choices,
            end_actions=Watch.EndAction.choices,
            most_viewers=watches.MOST_VIEWERS,
            most_minutes=watches.MOST_MINUTES,
            longest_template=watches.LONGEST_TEMPLATE,
        ),
    )
