"""Watches: adding, changing and removing them, within their owner's limits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypedDict

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from sagas.flow import Refused
from watcher.models import Target, Watch, WatchedStream
from watcher.rules import cards
from watcher.rules.languages import LANGUAGES
from watcher.services import deliveries, poller
from watcher.services.things import Thing

LONGEST_WORD = 50
MOST_WORDS = 20
MOST_VIEWERS = 1_000_000
MOST_MINUTES = 24 * 60
LONGEST_TEMPLATE = 500

_ROLE = re.compile(r"(?:<@&)?([0-9]{17,20})>?")
_FILTERS = ("languages", "title_includes", "title_excludes", "least_viewers", "least_minutes")


class Wish(TypedDict, total=False):
    """What can be chosen of a watch, by the columns' names; what is not given stays as it is."""

    languages: list[str]
    title_includes: list[str]
    title_excludes: list[str]
    least_viewers: int
    least_minutes: int
    mention: str
    role_id: str
    template: str
    end_action: str
    is_active: bool


class WatchRefused(Refused):
    """The watch was not added or changed: `code` says why, `field` what it is about, or ""."""

    def __init__(self, code: str, sentence: str, field: str = "") -> None:
        super().__init__(code, sentence)
        self.field = field


def draft(thing: Thing, wish: Wish) -> Watch:
    """Return a watch of this thing that is not stored, for a preview; raises as `add`."""
    watch = Watch(
        kind=thing.kind,
        watched_id=thing.id,
        watched_login=thing.login,
        watched_name=thing.name,
        image_url=thing.image_url,
    )
    return apply(watch, wish)


@transaction.atomic
def add(target: Target, thing: Thing, wish: Wish, now: datetime) -> Watch:
    """Watch the thing for the target, and look for it soon.

    Raises WatchRefused: too_many_watches, watched_already, or what is wrong with the wish:
    unknown_language, too_many_words, unknown_placeholder, no_role or not_a_role.
    """
    watch = draft(thing, wish)
    # One of a person's at a time, so that the limit is exact.
    get_user_model().objects.select_for_update().get(pk=target.owner_id)
    if target.watches.filter(kind=thing.kind, watched_id=thing.id).exists():
        sentence = f"{target.name} has {thing.name} already: change that instead."
        raise WatchRefused("watched_already", sentence, "watched")
    most = settings.WATCHER_MOST_WATCHES
    if Watch.objects.filter(target__owner=target.owner_id).count() >= most:
        sentence = f"You watch {most} streamers and games, and that is the most: remove one first."
        raise WatchRefused("too_many_watches", sentence)
    watch.target = target
    watch.active_since = now
    watch.save()
    poller.look_soon()
    return watch


@transaction.atomic
def change(watch: Watch, wish: Wish, now: datetime) -> Watch:
    """Change what is given; what was posted already stays. Raises WatchRefused as `add`.

    A watch that is switched on again, or has other filters, is held against what is on now.
    """
    watch = Watch.objects.select_for_update(of=("self",)).get(pk=watch.pk)
    before = _filters(watch)
    was_active = watch.is_active
    apply(watch, wish)
    if watch.is_active and not was_active:
        watch.active_since = now
        poller.look_soon()
    watch.save()
    if watch.is_active and was_active and _filters(watch) != before:
        _hold_against_what_is_on(watch, now)
    return watch


def remove(watch: Watch) -> None:
    """Watch it no more; what was posted stays in the log, and on Discord as it is."""
    watch.delete()


def apply(watch: Watch, wish: Wish) -> Watch:
    """Set what is wished for, without storing it; raises WatchRefused."""
    for name, value in _clean(wish).items():
        setattr(watch, name, value)
    if watch.mention != Watch.Mention.ROLE:
        watch.role_id = ""
    elif not watch.role_id:
        raise WatchRefused("no_role", "Give the id of the role to mention.", "role_id")
    return watch


def _filters(watch: Watch) -> list[Any]:
    return [getattr(watch, name) for name in _FILTERS]


def _hold_against_what_is_on(watch: Watch, now: datetime) -> None:
    """Post a streamer who would have been posted, had the filters been these from the beginning."""
    if watch.kind == Watch.Kind.STREAMER:
        live = WatchedStream.objects.live().filter(streamer_id=watch.watched_id)
        for stream_id in live.values_list("pk", flat=True):
            deliveries.catch_up(watch.pk, stream_id, now)


def _clean(wish: Wish) -> Mapping[str, Any]:
    clean: dict[str, Any] = dict(wish)
    if "languages" in wish:
        clean["languages"] = _languages(wish["languages"])
    if "title_includes" in wish:
        clean["title_includes"] = _words(wish["title_includes"], "title_includes")
    if "title_excludes" in wish:
        clean["title_excludes"] = _words(wish["title_excludes"], "title_excludes")
    if "role_id" in wish:
        clean["role_id"] = _role(wish["role_id"])
    if "template" in wish:
        clean["template"] = _template(wish["template"])
    return clean


def _languages(given: Iterable[str]) -> list[str]:
    codes = sorted({code.strip().lower() for code in given} - {""})
    for code in codes:
        if code not in LANGUAGES:
            sentence = f"Twitch knows no language “{code[:8]}”: use codes such as en or de."
            raise WatchRefused("unknown_language", sentence, "languages")
    return codes


def _words(given: Iterable[str], field: str) -> list[str]:
    words = list(dict.fromkeys(filter(None, (" ".join(word.split()) for word in given))))
    if len(words) > MOST_WORDS:
        raise WatchRefused("too_many_words", f"{MOST_WORDS} words are the most.", field)
    return words


def _role(given: str) -> str:
    found = _ROLE.fullmatch(given.strip())
    if given.strip() and found is None:
        sentence = "A role's id is a long number: on Discord right-click the role, Copy Role ID."
        raise WatchRefused("not_a_role", sentence, "role_id")
    return found[1] if found else ""


def _template(given: str) -> str:
    template = given.strip()
    if unknown := cards.unknown_placeholders(template):
        known = ", ".join(f"{{{name}}}" for name in cards.PLACEHOLDERS)
        sentence = f"{{{unknown[0][:30]}}} stands for nothing. What does: {known}."
        raise WatchRefused("unknown_placeholder", sentence, "template")
    return template
