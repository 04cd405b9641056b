"""The parts of this Discord, put together once and reached from every request."""

from __future__ import annotations

import secrets

from aiohttp import web

from rehearsal.discord import world
from rehearsal.discord.errors import TOO_MANY_WEBHOOKS, ApiError
from rehearsal.discord.limits import Meter
from rehearsal.discord.records import DiscordThread, DiscordWebhook
from rehearsal.discord.signins import SignIns
from rehearsal.discord.state import State
from rehearsal.faults import Faults, Kind
from rehearsal.feed import Feed
from rehearsal.settings import Settings

MOST_WEBHOOKS = 15
KINDS = {
    "discord_429": Kind("Rate limited", "A webhook is asked to come back later."),
    "discord_429_all": Kind("Rate limited, all", "The limit is the global one."),
    "discord_wall": Kind(
        "Shut out", "The wall before Discord answers 429 with a page, no JSON.", retry_after=30
    ),
    "discord_500": Kind("Server errors", "Calls answer 500 and have no effect."),
    "discord_502_after": Kind("502 after the deed", "Calls take effect, then answer 502."),
    "discord_hang_up": Kind("Lost answer", "Calls take effect, then the connection closes."),
    "discord_slow": Kind("Slow answers", "Every call takes two seconds longer."),
    "discord_gone": Kind("Unknown webhook", "Calls answer 404, as if the webhook were deleted."),
    "discord_token": Kind("Invalid token", "Calls answer 401, as if the token were wrong."),
    "discord_no_message": Kind("Unknown message", "Edits answer 404, as if the post were deleted."),
    "discord_text": Kind("Text for JSON", "Good answers have a body that is not JSON."),
}


class Discord:
    """State, sign-ins and limits of one rehearsal."""

    def __init__(self, settings: Settings, state: State, feed: Feed, faults: Faults) -> None:
        self.settings = settings
        self.faults = faults
        self.state = state
        self.signins = SignIns(state)
        self.meter = Meter()
        self.invalid_calls = 0
        self._feed = feed
        faults.kinds.update(KINDS)

    def make_webhook(
        self, channel_id: str, name: str, application_id: str | None
    ) -> DiscordWebhook:
        """A new webhook of a channel; raises ApiError when it has as many as it may have."""
        in_channel = [it for it in self.state.webhooks if it.channel_id == channel_id]
        if len(in_channel) >= MOST_WEBHOOKS:
            raise ApiError(TOO_MANY_WEBHOOKS)
        webhook = self.webhook_in(channel_id, name, application_id)
        self.state.effect("webhook_made", webhook.id, channel=channel_id)
        self.changed()
        return webhook

    def webhook_in(self, channel_id: str, name: str, application_id: str | None) -> DiscordWebhook:
        """A new webhook of any channel, however many there are."""
        return self.state.webhooks.save(
            DiscordWebhook(
                id=self.state.snowflake(),
                token=secrets.token_urlsafe(51),
                channel_id=channel_id,
                guild_id=self.state.channel(channel_id).guild_id or world.STAGE.id,
                name=name,
                application_id=application_id,
            )
        )

    def delete_webhook(self, webhook: DiscordWebhook) -> None:
        """Somebody deletes the webhook; what it has posted stays."""
        self.state.webhooks.remove(webhook)
        self.state.effect("webhook_deleted", webhook.id)
        self.changed()

    def renew_webhook(self, webhook: DiscordWebhook) -> None:
        """The webhook gets another token: whoever has the old one can do nothing with it."""
        webhook.token = secrets.token_urlsafe(51)
        self.state.webhooks.save(webhook)
        self.changed()

    def make_thread(self, channel_id: str, name: str) -> DiscordThread:
        """A new thread of a channel."""
        thread = DiscordThread(self.state.snowflake(), channel_id, name)
        self.changed()
        return self.state.threads.save(thread)

    def reset(self) -> None:
        """A fresh Discord."""
        self.state.reset()
        self.meter.clear()
        self.invalid_calls = 0

    def changed(self) -> None:
        """Show the channels anew."""
        self._feed.touch("discord")


DISCORD = web.AppKey("discord", Discord)
