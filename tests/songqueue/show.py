"""A show that takes song requests: a live channel, a reward, a player, and viewers who redeem."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from sagas.models import Run
from songqueue.models import SongRequest, SongRules
from songqueue.services.door import ACTION
from tests.backstage import Backstage, live
from tests.sagas.driving import lead, lead_on
from twitch.models import Reward
from twitch.services import redemptions, rewards

TITLE = "Song Request"
VERDICTS = ("queued: ", "refunded: ")


class Show:
    """What happens on stage, and what became of it."""

    def __init__(self, backstage: Backstage) -> None:
        self.backstage = backstage
        backstage.connect()
        backstage.connect_spotify()
        self.session = live()
        self.reward = rewards.create_on_twitch(
            Reward(title=TITLE, cost=50, action=ACTION, needs_input=True)
        )

    def rules(self, **columns: Any) -> SongRules:
        rules, _ = SongRules.objects.update_or_create(pk=1, defaults=columns)
        return rules

    def link(self, title: str) -> str:
        return str(self.backstage.track(title)["url"])

    def redeem(self, title: str = "Paper", viewer: str = "ada", text: str | None = None) -> str:
        """Redeem with the link of a song, or with that text; returns the redemption's id."""
        typed = self.link(title) if text is None else text
        redemption = self.backstage.redeem(TITLE, viewer, user_input=typed)
        self.deliver(redemption)
        return redemption

    def deliver(self, redemption: str) -> None:
        """Take the redemption in as Twitch has it now."""
        redemptions.receive(self.backstage.redemption(redemption), timezone.now())

    def request(self, title: str = "Paper", viewer: str = "ada", **more: Any) -> SongRequest:
        """Redeem and lead the flow as far as it goes now."""
        redemption = self.redeem(title, viewer, **more)
        lead()
        return self.of(redemption)

    def see_through(self, title: str = "Paper", viewer: str = "ada", **more: Any) -> SongRequest:
        """Redeem and lead the flow to its end, as if every wait were over at once."""
        redemption = self.redeem(title, viewer, **more)
        lead_on()
        return self.of(redemption)

    def of(self, redemption: str) -> SongRequest:
        return SongRequest.objects.get(redemption=redemption)

    def run(self, request: SongRequest) -> Run:
        return Run.objects.get(subject_id=request.pk)

    def status(self, request: SongRequest) -> str:
        """Return the redemption's status at Twitch."""
        return self.backstage.status(request.redemption_id)

    def said(self) -> list[str]:
        """Return our lines in chat about requests."""
        lines = [effect["detail"]["text"] for effect in self.backstage.effects("chat_sent")]
        return [line for line in lines if line.partition(" ")[2].startswith(VERDICTS)]

    def queued(self) -> list[str]:
        """Return the ids of the tracks that Spotify took into its queue, as often as it did."""
        return [effect["id"] for effect in self.backstage.effects("song_queued")]

    def settlings(self, request: SongRequest) -> list[str]:
        """Return how Twitch settled the redemption, as often as it did."""
        kinds = ("redemption_fulfilled", "redemption_canceled")
        return [
            kind
            for kind in kinds
            for effect in self.backstage.effects(kind)
            if effect["id"] == request.redemption_id
        ]
