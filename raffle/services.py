"""What happens to a roll, step by step."""

from __future__ import annotations

import secrets

from django.db import connection
from django.utils import timezone

from raffle import rules, texts
from raffle.events import RollMade
from raffle.models import Roll
from sagas.flow import Refused
from sagas.services import publish
from twitch.services import chat, redemptions, viewers

# Held by the transaction that rolls, so that two rolls at once cannot both be "the" record.
_RECORD_LOCK = 0x526F6C6C


def accept(roll: Roll) -> None:
    """Take the redemption on: from here on it ends fulfilled or refunded."""


def refund(roll: Roll) -> None:
    """Give the viewer's points back."""
    redemptions.refund(roll.redemption)


def roll_and_record(roll: Roll) -> None:
    """Draw both numbers and judge them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_RECORD_LOCK])
    roll.winning_number = draw()
    roll.roll = draw()
    roll.distance = rules.distance(roll.roll, roll.winning_number)
    roll.is_win = roll.distance == 0
    roll.is_record = rules.is_record(roll.distance, Roll.objects.closest_miss())
    roll.rolled_at = timezone.now()


def draw() -> int:
    """Return a number that nobody can predict, each from 1 to 10,000 as likely as any other."""
    return rules.LEAST + secrets.randbelow(rules.MOST - rules.LEAST + 1)


def withdraw(roll: Roll) -> None:
    """Take the roll out of every statistic; the row stays and says what happened."""
    Roll.objects.filter(pk=roll.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())


def fulfil(roll: Roll) -> None:
    """Tell Twitch that the points are spent."""
    redemptions.fulfil(roll.redemption)


def tell_chat(roll: Roll) -> None:
    """Say the result in chat."""
    text = texts.WON if roll.is_win else texts.RECORD if roll.is_record else texts.LOST
    chat.say(
        chat.render(
            text,
            viewer=viewers.name_in_chat(roll.viewer),
            roll=roll.roll,
            winning_number=roll.winning_number,
            distance=roll.distance,
        )
    )


def announce(roll: Roll) -> None:
    """Let everyone above know that a roll was made."""
    numbers = (roll.roll, roll.winning_number, roll.distance)
    if None in numbers or roll.rolled_at is None:
        raise ValueError(f"{roll.pk} was never rolled.")
    publish(
        RollMade(
            roll_id=roll.pk,
            viewer_id=roll.viewer_id,
            viewer_name=roll.viewer.display_name,
            roll=roll.roll or 0,
            winning_number=roll.winning_number or 0,
            distance=roll.distance or 0,
            is_win=roll.is_win,
            is_record=roll.is_record,
            rolled_at=roll.rolled_at,
        ),
        key=roll.pk,
    )


def tell_refunded(roll: Roll, why: Refused) -> None:
    """Say in chat that the points are back, and why."""
    name = viewers.name_in_chat(roll.viewer)
    chat.say(chat.render(texts.REFUNDED, viewer=name, reason=why.sentence))
