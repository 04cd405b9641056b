"""What EventSub's messages do in Twitch's own part; upper apps have a file of this name as well."""

from __future__ import annotations

from sagas.services import start
from twitch.models import Message
from twitch.registry import REVOCATION, on_event
from twitch.sagas import command_reply, raid_welcome
from twitch.services import raids, redemptions, streams, subscriptions, support
from twitch.services.commands import hearing

REDEMPTION = "channel.channel_points_custom_reward_redemption"


@on_event(f"{REDEMPTION}.add")
def redeemed(message: Message) -> None:
    redemptions.receive(message.event, message.sent_at)


@on_event(f"{REDEMPTION}.update")
def redemption_settled(message: Message) -> None:
    redemptions.mirror(message.event, message.sent_at)


@on_event("stream.online")
def went_online(message: Message) -> None:
    streams.went_online(message.event, message.sent_at)


@on_event("stream.offline")
def went_offline(message: Message) -> None:
    streams.went_offline(message.event, message.sent_at)


@on_event("channel.update")
def was_described(message: Message) -> None:
    streams.was_described(message.event, message.sent_at)


@on_event("channel.chat.message", only=hearing.may_be_command)
def said(message: Message) -> None:
    use = hearing.hear(message.event, message.sent_at)
    if use is not None:
        start(command_reply, use)


@on_event("channel.raid")
def raided(message: Message) -> None:
    received = raids.receive(message.event, message.message_id, message.sent_at)
    if received is not None:
        start(raid_welcome, received)


@on_event("channel.subscribe")
def subscribed(message: Message) -> None:
    support.subscribed(message.event, message.message_id, message.sent_at)


@on_event("channel.subscription.message")
def subscribed_again(message: Message) -> None:
    support.subscribed(message.event, message.message_id, message.sent_at)


@on_event("channel.subscription.gift")
def gave_subscriptions(message: Message) -> None:
    support.gifted(message.event, message.message_id, message.sent_at)


@on_event("channel.cheer")
def cheered(message: Message) -> None:
    support.cheered(message.event, message.message_id, message.sent_at)


@on_event(REVOCATION)
def subscription_ended(message: Message) -> None:
    subscriptions.end(message.payload["subscription"], message.sent_at)
