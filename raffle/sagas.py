"""The flow of a keyboard raffle redemption."""

from __future__ import annotations

from raffle.models import Roll
from raffle.services import (
    accept,
    announce,
    fulfil,
    refund,
    roll_and_record,
    tell_chat,
    tell_refunded,
    withdraw,
)
from sagas.flow import POINT_OF_NO_RETURN, Call, Saga, Step

keyboard_raffle = Saga(
    "raffle.keyboard_raffle",
    Roll,
    Step(accept, undo=refund),
    Step(roll_and_record, undo=withdraw),
    Call(fulfil, tries=8),
    POINT_OF_NO_RETURN,
    Call(tell_chat, best_effort=True, if_unsure="skip"),
    Step(announce),
    when_undone=tell_refunded,
)
