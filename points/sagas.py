"""The flow of a redemption that gives points."""

from __future__ import annotations

from points.models import Exchange
from points.services.exchange import (
    accept,
    fulfil,
    pay,
    refund,
    take_back,
    tell_chat,
    tell_refunded,
)
from sagas.flow import POINT_OF_NO_RETURN, Call, Saga, Step

exchange = Saga(
    "points.exchange",
    Exchange,
    Step(accept, undo=refund),
    Step(pay, undo=take_back),
    Call(fulfil, tries=8),
    POINT_OF_NO_RETURN,
    Call(tell_chat, best_effort=True, if_unsure="skip"),
    when_undone=tell_refunded,
)
