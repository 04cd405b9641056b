"""What has to be so before going live, and how it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from songqueue.services import door
from studio.services.lights import Light
from tokens import services as tokens
from twitch.client.oauth import BROADCASTER
from twitch.models import Reward

# What ends by going live.
OFFLINE = "offline"


@dataclass(frozen=True)
class Item:
    """One thing to have ready; `words` say what is missing while it is not `done`."""

    label: str
    done: bool
    words: str
    link: str


def checklist(lights: Sequence[Light], now: datetime) -> list[Item]:
    """Return what a show needs, in the order in which a streamer would look at it."""
    by_name = {light.name: light for light in lights}
    return [
        _broadcaster(),
        _light("Events and chat come in", by_name["eventsub"], by_name["chat"]),
        _rewards(),
        _light("The overlay is shown", by_name["overlays"]),
        _songs(by_name["spotify"], now),
        _light("The machine works", by_name["worker"], by_name["beat"]),
        _light("Nothing waits for you", by_name["stuck"]),
    ]


def _light(label: str, *lights: Light) -> Item:
    wrong = next((light for light in lights if not light.is_fine), None)
    return Item(label, wrong is None, wrong.words if wrong else "", (wrong or lights[0]).link)


def _broadcaster() -> Item:
    link = reverse("tokens:connect", args=["twitch", BROADCASTER])
    missing = tokens.missing_scopes("twitch", BROADCASTER)
    is_done = tokens.is_connected("twitch", BROADCASTER) and not missing
    words = "" if is_done else "Connect the broadcaster."
    return Item("Your channel is connected", is_done, words, link)


def _rewards() -> Item:
    label, link = "Viewers can redeem", reverse("admin:twitch_reward_changelist")
    ours = list(Reward.objects.ours().exclude(action=""))
    if not ours:
        return Item(label, False, "No reward does anything yet.", reverse("studio:setup"))
    wrong = next((reward for reward in ours if reward.problem), None)
    return Item(label, wrong is None, f"{wrong}: {wrong.problem}" if wrong else "", link)


def _songs(spotify: Light, now: datetime) -> Item:
    label = "Songs can be requested once you are live"
    if spotify.tone == "off":
        return Item("Song requests are not used", True, "", spotify.link)
    why = [sentence for code, sentence in door.closed(now) if code != OFFLINE]
    return Item(label, not why, " ".join(why), spotify.link)
