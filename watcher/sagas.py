"""The flow of one delivery, in a lane of its own: Discord may be slow, and nobody else waits."""

from __future__ import annotations

from sagas.flow import Call, Saga, Step
from watcher.models import Delivery
from watcher.services.deliveries import SAGA
from watcher.services.dispatch.following import close, follow
from watcher.services.dispatch.pace import LANE
from watcher.services.dispatch.posting import await_moment, hand_on, post, take_turn

# Longer than the longest answer of Discord's, and the nap before it.
TIMEOUT = 45.0

delivery = Saga(
    SAGA,
    Delivery,
    Step(await_moment),
    Step(take_turn),
    Call(post, tries=8, timeout=TIMEOUT),
    Step(hand_on),
    Call(follow, tries=8, timeout=TIMEOUT),
    Call(close, tries=8, timeout=TIMEOUT),
    lane=LANE,
    may_vanish=True,
)
