"""Redemptions: taken in once, settled once, and always as Twitch has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from pydantic import ValidationError

from sagas.flow import Refused, Unsure, Wait
from sagas.services import publish
from tokens import services as tokens
from twitch import registry
from twitch.client import helix
from twitch.client.errors import Forbidden, HelixError, NotFound, Unreachable
from twitch.client.oauth import BROADCASTER
from twitch.client.payloads import RedemptionPayload
from twitch.events import RedemptionSettled
from twitch.models import Redemption, Reward
from twitch.services import viewers

log = structlog.get_logger(__name__)

Status = Redemption.Status
SETTLED = (Status.FULFILLED, Status.CANCELED)


class Malformed(Exception):
    """Twitch's words about a redemption cannot be understood; the message names the fields."""

    code = "malformed_redemption"


# --- Taking in -------------------------------------------------------------------------------


def receive(data: Mapping[str, Any], at: datetime) -> Redemption:
    """Store what Twitch says of a redemption, and start its reward's action unless that was done.

    `data` is an event or a row of Helix; `at` is when it was said. May come any number of times, in
    any order. Raises Malformed.
    """
    told = _understood(data)
    with transaction.atomic():
        viewers.remember(told.user_id, told.user_login, told.user_name, at)
        reward = Reward.objects.filter(twitch_id=told.reward.id).first()
        Redemption.objects.bulk_create([_row(told, reward, at)], ignore_conflicts=True)
        redemption = (
            Redemption.objects.select_for_update(of=("self",))
            .select_related("viewer", "reward")
            .get(pk=told.id)
        )
        if redemption.reward is None and reward is not None:
            # A viewer was quicker than our row of a reward that was being made.
            redemption.reward = reward
            redemption.save(update_fields=["reward"])
        if redemption.status not in SETTLED and redemption.status != told.status:
            _settled_elsewhere(redemption, told.status, at)
        _begin(redemption)
    return redemption


def mirror(data: Mapping[str, Any], at: datetime | None = None) -> Redemption:
    """Take in that a redemption was settled, by us or by a moderator."""
    return receive(data, at or timezone.now())


def _understood(data: Mapping[str, Any]) -> RedemptionPayload:
    try:
        return RedemptionPayload.model_validate(data)
    except ValidationError as error:
        # Not chained: the error would carry what the viewer typed.
        fields = ", ".join(sorted({".".join(map(str, e["loc"])) for e in error.errors()}))
        raise Malformed(f"A redemption came without, or with impossible: {fields}.") from None


def _row(told: RedemptionPayload, reward: Reward | None, at: datetime) -> Redemption:
    return Redemption(
        id=told.id,
        viewer_id=told.user_id,
        reward=reward,
        reward_twitch_id=told.reward.id,
        reward_title=told.reward.title[:100],
        cost=told.reward.cost,
        user_input=told.user_input,
        status=told.status,
        redeemed_at=told.redeemed_at,
        settled_at=at if told.status in SETTLED else None,
    )


def _begin(redemption: Redemption) -> None:
    if redemption.begun_at is not None:
        return
    reward = redemption.reward
    action = registry.actions().get(reward.action) if reward else None
    if reward is None or action is None:
        why_not = "no action" if reward else "unknown reward"
    elif not reward.made_by_us:
        why_not = "the reward was made elsewhere and could not be refunded"
    elif redemption.status != Status.UNFULFILLED:
        why_not = "it is settled already"
    else:
        with structlog.contextvars.bound_contextvars(redemption_id=redemption.pk):
            action.begin(redemption)
        redemption.begun_at = timezone.now()
        redemption.save(update_fields=["begun_at"])
        log.info("redemption.begun", redemption=redemption.pk, action=action.name)
        return
    log.info("redemption.not_begun", redemption=redemption.pk, why=why_not)


# --- Settling --------------------------------------------------------------------------------


def fulfil(redemption: Redemption) -> None:
    """Tell Twitch that the points are spent; may be repeated.

    Raises Refused ("already_canceled") when the viewer has them back already, Unsure when Twitch
    can't say what became of it, and anything else to be tried again.
    """
    _settle(redemption, Status.FULFILLED)


def refund(redemption: Redemption) -> None:
    """Tell Twitch to give the points back; may be repeated.

    Raises Refused ("already_fulfilled") when they are spent for good, Unsure when Twitch can't say
    what became of it, and anything else to be tried again.
    """
    _settle(redemption, Status.CANCELED)


def _settle(redemption: Redemption, wanted: Status) -> None:
    if redemption.status == wanted:
        return
    broadcaster = tokens.account_id("twitch", BROADCASTER)
    try:
        told = helix.settle_redemption(
            broadcaster, redemption.reward_twitch_id, redemption.pk, wanted
        )
        actual = told.status
    except (NotFound, Unsure):
        # Settled before, or just now with a lost answer: only Twitch knows.
        actual = _look_up(broadcaster, redemption)
    except Forbidden as error:
        raise Refused("not_ours", "This reward cannot be refunded by Greenroom.") from error
    if actual != Status.UNFULFILLED:
        _mirror(redemption, actual, timezone.now())
    if actual == wanted:
        log.info("redemption.settled", redemption=redemption.pk, status=actual)
        return
    if actual == Status.CANCELED:
        raise Refused("already_canceled", "The points were already given back.")
    if actual == Status.FULFILLED:
        raise Refused("already_fulfilled", "The points were already spent.")
    if actual == Status.UNKNOWN:
        raise Unsure("Twitch no longer knows this redemption.")
    raise Unreachable("The redemption is still open.")


def _look_up(broadcaster: str, redemption: Redemption) -> str:
    """Return the status at Twitch, UNKNOWN when it has forgotten the redemption; raises Unsure."""
    try:
        found = helix.redemptions(broadcaster, redemption.reward_twitch_id, [redemption.pk])
    except Wait:
        raise
    except (HelixError, Unreachable) as error:
        raise Unsure(f"It is not known whether it is settled: {error}") from error
    return found[0].status if found else Status.UNKNOWN


def _mirror(redemption: Redemption, status: str, at: datetime) -> None:
    redemption.status = status
    redemption.settled_at = at if status in SETTLED else None
    redemption.save(update_fields=["status", "settled_at"])


@transaction.atomic
def _settled_elsewhere(redemption: Redemption, status: str, at: datetime) -> None:
    """Take in what somebody did in Twitch's own queue; our own may echo here."""
    _mirror(redemption, status, at)
    if redemption.begun_at is not None and status in SETTLED:
        publish(RedemptionSettled(redemption.pk, status, at), key=redemption.pk)


# --- Reconciling -----------------------------------------------------------------------------


def reconcile() -> int:
    """Take in what we missed: redemptions of our rewards that were made, and that were settled.

    Returns how many are open at Twitch. One that cannot be taken in does not hold up the others.
    Raises as `helix.call` when Twitch cannot be asked.
    """
    broadcaster = tokens.account_id("twitch", BROADCASTER)
    began_at = timezone.now()
    open_ids = set()
    for twitch_id in Reward.objects.ours().values_list("twitch_id", flat=True):
        try:
            for data in helix.open_redemptions(broadcaster, twitch_id):
                open_ids.add(str(data.get("id")))
                _receive_safely(data, timezone.now())
        except (NotFound, Forbidden) as error:
            log.warning("redemptions.not_listed", reward=twitch_id, status=error.status)
    ours = Redemption.objects.open().filter(received_at__lt=began_at, reward__made_by_us=True)
    _check_vanished(broadcaster, ours.exclude(pk__in=open_ids))
    return len(open_ids)


def _receive_safely(data: Mapping[str, Any], at: datetime) -> None:
    try:
        receive(data, at)
    except Exception:
        log.exception("redemption.not_received", redemption=str(data.get("id")))


def _check_vanished(broadcaster: str, redemptions: Iterable[Redemption]) -> None:
    """Ask what became of redemptions that we hold open and Twitch does not."""
    by_reward: defaultdict[str, dict[str, Redemption]] = defaultdict(dict)
    for redemption in redemptions:
        by_reward[redemption.reward_twitch_id][redemption.pk] = redemption
    for twitch_id, rows in by_reward.items():
        for told in helix.redemptions(broadcaster, twitch_id, list(rows)):
            if told.status != Status.UNFULFILLED and told.id in rows:
                _settled_elsewhere(rows[told.id], told.status, timezone.now())
