"""Targets: adding a Discord channel, looking whether its webhook works, switching it off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Greatest

from accounts.models import User
from sagas.flow import Refused
from watcher.client import errors, oauth, webhooks
from watcher.client.answers import Webhook
from watcher.models import Target
from watcher.rules import addresses
from watcher.rules.addresses import Address
from watcher.rules.plain import line
from watcher.services import asking

log = structlog.get_logger(__name__)

LONGEST_NAME = 80
# Who guesses at webhooks makes Discord shut all of us out, so a person may ask so often a minute.
MOST_ASKS = 20

# What a look at a webhook tells of its target.
NOTED = ["guild_id", "channel_id", "checked_at", "disabled_at", "disabled_because"]

SENTENCES = {
    "webhook_gone": "Discord has no such webhook: it was deleted, or the address is incomplete.",
    "webhook_refused": "Discord does not accept this webhook's token: copy its address once more.",
    "not_incoming": "This webhook takes no posts: it follows another channel.",
    "discord_away": "Discord does not answer: try again in a moment.",
    "discord_busy": "Discord asks us to slow down: try again in a minute.",
    "too_many_asks": "That was often: try again in a minute.",
    "consent_used": "Discord does not know this consent any more: choose the channel once more.",
    "too_many_webhooks": "This channel has as many webhooks as Discord allows: delete one there.",
    "discord_refuses": "Discord does not want this. Try again; if it stays so, tell the streamer.",
}


class TargetRefused(Refused):
    """The channel was not added, or its webhook does not work; `code` says why."""

    def __init__(self, code: str, sentence: str = "") -> None:
        super().__init__(code, sentence or SENTENCES[code])


def add_pasted(owner: User, url: str, name: str, now: datetime) -> Target:
    """Add the webhook whose address was pasted, named or else called as it is on Discord.

    One that was added before, but does not work any more, works again with the new address.
    Raises TargetRefused: not_a_webhook, known_already, too_many_targets, too_many_asks,
    webhook_gone, webhook_refused, not_incoming, discord_away, discord_busy or discord_refuses.
    """
    try:
        address = addresses.parse(url)
    except addresses.NotAWebhook as error:
        raise TargetRefused("not_a_webhook", str(error)) from None
    _check_room(owner, address)
    webhook = _look(owner, address)
    return _keep(owner, address, webhook, name, Target.Source.PASTED, now)


def add_connected(owner: User, code: str, redirect_uri: str, name: str, now: datetime) -> Target:
    """Add the channel that was chosen on Discord; `code` is what Discord sent the person back with.

    Raises TargetRefused: too_many_targets, too_many_asks, consent_used, too_many_webhooks,
    discord_away, discord_busy or discord_refuses.
    """
    check_room(owner)
    _count_ask(owner)
    with _told():
        webhook = oauth.exchange(code, redirect_uri).webhook
    address = Address(webhook.id, webhook.token)
    try:
        return _keep(owner, address, webhook, name, Target.Source.CONNECTED, now)
    except Exception:
        # Nobody else knows of it.
        _delete_there(address)
        raise


def check(target: Target, now: datetime) -> Target:
    """Look whether the webhook works: one that does is switched on, one that is gone off.

    Raises TargetRefused as `add_pasted` does.
    """
    try:
        webhook = _look(target.owner, _address(target))
    except TargetRefused as refusal:
        if refusal.code in Target.Disabled:
            disable(target, Target.Disabled(refusal.code), now)
        raise
    _note(target, webhook, now)
    target.save(update_fields=NOTED)
    return target


def replace(target: Target, url: str, now: datetime) -> Target:
    """Post with another webhook from now on; what is watched for the channel stays.

    The one before is deleted on Discord if it was made for us. Raises TargetRefused as `add_pasted`
    does.
    """
    try:
        address = addresses.parse(url)
    except addresses.NotAWebhook as error:
        raise TargetRefused("not_a_webhook", str(error)) from None
    webhook = _look(target.owner, address)
    with transaction.atomic():
        get_user_model().objects.select_for_update().get(pk=target.owner_id)
        known = _known(target.owner, address)
        if known is not None and known.pk != target.pk:
            raise TargetRefused("known_already", f"You have this channel already: {known.name}.")
        before, is_another = _address(target), target.webhook_id != address.webhook_id
        is_left = is_another and _is_ours(target)
        target.webhook_id, target.thread_id = address.webhook_id, address.thread_id
        target.webhook_token = address.token
        if is_another:
            target.source = Target.Source.PASTED
        _note(target, webhook, now)
        moved = ["webhook_id", "thread_id", "webhook_token", "source"]
        target.save(update_fields=[*moved, *NOTED])
    if is_left:
        _delete_there(before)
    return target


def disable(target: Target, because: Target.Disabled, now: datetime) -> bool:
    """Switch a target off whose webhook does not work; tell whether it was still on.

    One that was found to work since `target` was read stays on.
    """
    changed = Target.objects.filter(
        pk=target.pk, disabled_at=None, checked_at=target.checked_at
    ).update(disabled_at=now, disabled_because=because)
    if changed:
        target.disabled_at, target.disabled_because = now, because
        log.warning("watcher.target_disabled", target=target.pk, because=str(because))
    return bool(changed)


def rest(target: Target, until: datetime) -> None:
    """Leave the webhook alone until then, as Discord asks; an earlier time changes nothing."""
    Target.objects.filter(pk=target.pk).update(rests_until=Greatest("rests_until", until))
    target.rests_until = max(until, target.rests_until or until)


def rename(target: Target, name: str) -> None:
    """Call a target otherwise; raises TargetRefused (no_name)."""
    target.name = _name(name)
    if not target.name:
        raise TargetRefused("no_name", "Give the channel a name.")
    target.save(update_fields=["name"])


def remove(target: Target) -> bool:
    """Forget a target, with its watches and its log.

    The webhook itself is deleted on Discord if it was made for us; tells whether it was.
    """
    address, is_ours = _address(target), _is_ours(target)
    target.delete()
    return is_ours and _delete_there(address)


def _address(target: Target) -> Address:
    return Address(target.webhook_id, target.webhook_token, target.thread_id)


def _is_ours(target: Target) -> bool:
    """Tell whether the webhook was made for us, and is still there."""
    return target.source == Target.Source.CONNECTED and not target.disabled_at


def check_room(owner: User) -> None:
    """Raise TargetRefused (too_many_targets) when this person has as many as one may have."""
    most = settings.WATCHER_MOST_TARGETS
    if Target.objects.filter(owner=owner).count() >= most:
        sentence = f"You have {most} channels, and that is the most: remove one first."
        raise TargetRefused("too_many_targets", sentence)


def _check_room(owner: User, address: Address) -> None:
    """Let a webhook in that is new and for which there is room, or one that was switched off."""
    known = _known(owner, address)
    if known is None:
        check_room(owner)
    elif known.disabled_at is None:
        raise TargetRefused("known_already", f"You have this channel already: {known.name}.")


def _known(owner: User, address: Address) -> Target | None:
    return Target.objects.filter(
        owner=owner, webhook_id=address.webhook_id, thread_id=address.thread_id
    ).first()


def _look(owner: User, address: Address) -> Webhook:
    """Ask Discord for the webhook, which must be one that takes posts."""
    _count_ask(owner)
    with _told():
        webhook = webhooks.get(address.webhook_id, address.token)
    if webhook.type != Webhook.INCOMING:
        raise TargetRefused("not_incoming")
    return webhook


@contextmanager
def _told() -> Iterator[None]:
    """Turn what goes wrong between Discord and us into what the person is told."""
    try:
        yield
    except errors.Gone:
        raise TargetRefused("webhook_gone") from None
    except errors.TokenRefused:
        raise TargetRefused("webhook_refused") from None
    except oauth.CodeRefused:
        raise TargetRefused("consent_used") from None
    except errors.Invalid as error:
        full = error.code == oauth.TOO_MANY_WEBHOOKS
        raise TargetRefused("too_many_webhooks" if full else "discord_refuses") from None
    except errors.RateLimited:
        raise TargetRefused("discord_busy") from None
    except (errors.DiscordProblem, errors.Unsure):
        raise TargetRefused("discord_away") from None


@transaction.atomic
def _keep(
    owner: User, address: Address, webhook: Webhook, name: str, source: Target.Source, now: datetime
) -> Target:
    """Write the target down, one of a person's at a time: only so the limit is exact."""
    get_user_model().objects.select_for_update().get(pk=owner.pk)
    _check_room(owner, address)
    target = _known(owner, address) or Target(
        owner=owner,
        webhook_id=address.webhook_id,
        thread_id=address.thread_id,
        source=source,
        name=_free_name(owner, _name(webhook.name) or "Discord"),
    )
    target.webhook_token = address.token
    target.name = _name(name) or target.name
    _note(target, webhook, now)
    # What the posts on their way write about it stays theirs.
    target.save(update_fields=None if target._state.adding else ["webhook_token", "name", *NOTED])
    return target


def _note(target: Target, webhook: Webhook, now: datetime) -> None:
    """Set what a webhook that works says of its target."""
    target.guild_id, target.channel_id = webhook.guild_id, webhook.channel_id
    target.checked_at = now
    target.disabled_at, target.disabled_because = None, ""


def _free_name(owner: User, name: str) -> str:
    """Return the name, numbered when this person has a target that is called so."""
    taken = set(
        Target.objects.filter(Q(owner=owner), name__startswith=name).values_list("name", flat=True)
    )
    numbered = (f"{name[: LONGEST_NAME - 6]} {number}" for number in range(2, len(taken) + 3))
    return next(it for it in (name, *numbered) if it not in taken)


def _name(given: str) -> str:
    return line(given)[:LONGEST_NAME].strip()


def _delete_there(address: Address) -> bool:
    try:
        webhooks.remove(address.webhook_id, address.token)
    except (errors.DiscordProblem, errors.Unsure, errors.RateLimited) as error:
        log.warning("watcher.webhook_left", webhook=address.webhook_id, why=type(error).__name__)
        return False
    return True


def _count_ask(owner: User) -> None:
    """Count one question to Discord."""
    if asking.is_too_much(owner, "asks", MOST_ASKS):
        raise TargetRefused("too_many_asks")
