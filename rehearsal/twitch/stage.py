"""The parts of this Twitch, put together once and reached from every request."""

from __future__ import annotations

from aiohttp import web

from rehearsal.faults import Fault, Faults, Kind
from rehearsal.feed import Feed
from rehearsal.settings import Settings
from rehearsal.twitch.catalogue import CATALOGUE
from rehearsal.twitch.channel import Happenings
from rehearsal.twitch.crowd import Crowd
from rehearsal.twitch.eventsub import EventSub
from rehearsal.twitch.payloads import who
from rehearsal.twitch.points import ChannelPoints
from rehearsal.twitch.signins import SignIns
from rehearsal.twitch.state import State


class Twitch:
    """State, sign-ins, EventSub and the channel's happenings of one rehearsal."""

    def __init__(self, settings: Settings, state: State, feed: Feed, faults: Faults) -> None:
        self.settings = settings
        self.faults = faults
        self.state = state
        self.signins = SignIns(self.state)
        self.eventsub = EventSub(self.state, feed, faults, retry_seconds=settings.retry_seconds)
        self.channel = Happenings(self.state, feed, self.eventsub.publish)
        self.crowd = Crowd(state)
        self.points = ChannelPoints(self.state, feed, self.eventsub.publish, self.channel)
        faults.kinds.update(
            {
                "chat_dropped": Kind("Chat refused", "Messages answer 200 with is_sent false."),
                "stream_unlisted": Kind(
                    "Stream not listed", "Streams that are live are not listed."
                ),
                "duplicate_delivery": Kind("Events twice", "Every event is delivered twice."),
                "out_of_order": Kind("Events shuffled", "Events are held, then sent newest first."),
                "webhook_slow": Kind("Slow webhooks", "Every webhook waits before it is sent."),
                "silence": Kind("Silent sockets", "Sockets stay open but nothing arrives on them."),
                "websocket_drop": Kind(
                    "Cut sockets", "Every socket loses its connection.", self._cut
                ),
                "websocket_reconnect": Kind(
                    "Move sockets", "Every socket is asked to reconnect.", self._move
                ),
                "revoke_tokens": Kind(
                    "Revoke tokens", "A user (or everyone) disconnects the app.", self._revoke
                ),
            }
        )

    def disconnect(self, user_id: str) -> None:
        """A user disconnects the app: tokens die and their subscriptions are revoked."""
        user = self.channel.person(user_id)
        self.signins.disconnect(user.id)
        for subscription in self.state.subscriptions:
            type = CATALOGUE[subscription.type, subscription.version]
            if type.scopes and subscription.condition.get(type.grantor) == user.id:
                self.eventsub.end(subscription, "authorization_revoked")
        client_id = self.settings.client_id
        self.eventsub.publish(
            "user.authorization.revoke",
            {"client_id": client_id},
            {"client_id": client_id, **who(user)},
        )

    def _cut(self, _fault: Fault) -> None:
        self.eventsub.sockets.drop()

    def _move(self, _fault: Fault) -> None:
        self.eventsub.sockets.ask_to_reconnect()

    def _revoke(self, fault: Fault) -> None:
        if fault.login:
            self.disconnect(fault.login)
            return
        for user_id in {consent.user_id for consent in self.state.consents}:
            self.disconnect(user_id)


TWITCH = web.AppKey("twitch", Twitch)
