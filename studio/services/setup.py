"""Set-up: step by step from nothing to a show, each step proven by something that really worked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from overlay import services as overlay
from overlay.models import OverlayToken
from sagas.flow import Unsure, Wait
from spotify.client.oauth import NAME as SPOTIFY
from spotify.client.oauth import PLAYER
from spotify.services import SpotifyProblem, player
from studio import texts
from studio.models import Proof
from tokens import registry
from tokens import services as tokens
from twitch.client.errors import HelixError, Unreachable
from twitch.client.oauth import BOT, BROADCASTER
from twitch.models import Reward
from twitch.services import accounts, chat, rewards

TWITCH = "twitch"

# The rewards that Greenroom comes with, by their action.
REWARDS: Mapping[str, Mapping[str, Any]] = {
    "keyboard_raffle": {
        "title": "Keyboard Raffle",
        "prompt": "Roll from 1 to 10,000: hit the winning number and the keyboard is yours.",
        "cost": 500,
    },
    "song_request": {
        "title": "Song Request",
        "prompt": "Paste the Spotify link of a song: it plays after those that wait.",
        "cost": 1000,
        "needs_input": True,
    },
}


class NotProven(Exception):
    """It did not work; `code` is stable, the message says what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Step:
    """One step: `is_done` once it was seen to work, `is_open` once those that it needs are.

    `seen` is what was seen. `link` leads to where something has to be done by hand, `button` is
    what starts the round trip, `is_auto` whether the page may start it by itself.
    """

    name: str
    title: str
    about: str
    is_done: bool
    is_open: bool = True
    is_optional: bool = False
    seen: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""
    scopes: tuple[tuple[str, str], ...] = ()
    link: str = ""
    link_label: str = ""
    button: str = ""
    is_auto: bool = False


def steps(now: datetime) -> list[Step]:
    """Return every step as it stands."""
    proofs = {proof.step: proof.seen for proof in Proof.objects.all()}
    connections = {(c.provider, c.role): c for c in tokens.connections()}
    broadcaster = _account_step(BROADCASTER, connections, proofs)
    is_connected = tokens.is_connected(TWITCH, BROADCASTER)
    return [
        _mode(),
        broadcaster,
        _account_step(BOT, connections, proofs),
        Step(
            "chat",
            "Chat",
            "Greenroom says hello in your chat, so that you see it there.",
            is_done="chat" in proofs,
            is_open=is_connected,
            seen=proofs.get("chat", {}),
            button="Say hello again" if "chat" in proofs else "Say hello",
        ),
        _rewards(is_open=is_connected),
        _overlay(now),
        _player(connections, proofs),
    ]


def prove(name: str, now: datetime) -> str:
    """Make the round trip of a step, remember what was seen, and return what to say of it.

    Raises KeyError for a step without one, and NotProven.
    """
    trip = _TRIPS[name]
    try:
        seen, said = trip()
    except (tokens.TokenProblem, SpotifyProblem) as problem:
        raise NotProven(problem.code, problem.sentence) from problem
    except (chat.NotSent, rewards.NotOnTwitch) as problem:
        raise NotProven(problem.code, str(problem)) from problem
    except (Unsure, Wait, HelixError, Unreachable) as problem:
        raise NotProven("no_answer", f"Twitch gave no clear answer: {problem}") from problem
    Proof.objects.update_or_create(step=name, defaults={"seen": seen, "at": now})
    return said


def make_rewards() -> list[str]:
    """Make those of Greenroom's rewards that are not on Twitch yet; returns their titles.

    Raises as `rewards.create_on_twitch`.
    """
    rewards.lint()
    made = []
    for action, settings_of_it in REWARDS.items():
        if not Reward.objects.ours().filter(action=action).exists():
            reward = rewards.create_on_twitch(Reward(action=action, **settings_of_it))
            made.append(reward.title)
    return made


# --- The steps -------------------------------------------------------------------------------


def _mode() -> Step:
    if settings.REHEARSAL:
        about = (
            "You are rehearsing: Twitch and Spotify are played by a server on this computer, and"
            " nothing leaves it. To connect your own channel, put TWITCH_CLIENT_ID and"
            " TWITCH_CLIENT_SECRET into the file .env and start Greenroom again."
        )
        return Step("mode", "Rehearse or connect", about, is_done=True)
    about = (
        "Greenroom works with your own channel. Register the redirect URLs below with your"
        " applications at Twitch and Spotify. To rehearse instead, set REHEARSAL=on in .env."
    )
    is_set = bool(settings.TWITCH_CLIENT_ID and settings.TWITCH_CLIENT_SECRET)
    problem = "" if is_set else "TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET are not set yet."
    return Step("mode", "Rehearse or connect", about, is_set, problem=problem)


def _account_step(
    role: str, connections: Mapping[tuple[str, str], tokens.Connection], proofs: Mapping[str, Any]
) -> Step:
    connection, rights = connections[TWITCH, role], registry.find(TWITCH).roles[role]
    seen = proofs.get(role, {})
    is_connected = connection.state == "connected"
    is_same = is_connected and seen.get("id") == tokens.account_id(TWITCH, role)
    titles = {BROADCASTER: "Your channel", BOT: "A bot"}
    return Step(
        role,
        titles[role],
        rights.about,
        is_done=is_same,
        is_optional=rights.is_optional,
        seen=seen if is_same else {},
        problem=connection.sentence if connection.account_name else "",
        scopes=_scopes(rights),
        link=reverse("tokens:connect", args=[TWITCH, role]),
        link_label="Connect again" if connection.account_name else f"Connect the {role}",
        button="Look again" if is_connected else "",
        is_auto=is_connected and not is_same,
    )


def _scopes(role: registry.Role) -> tuple[tuple[str, str], ...]:
    return tuple((why, scope) for scope, why in role.scopes.items())


def _rewards(*, is_open: bool) -> Step:
    there = {reward.action: reward for reward in Reward.objects.ours().exclude(action="")}
    missing = [action for action in REWARDS if action not in there]
    return Step(
        "rewards",
        "Rewards",
        "Greenroom makes its rewards itself: Twitch lets only their maker give points back.",
        is_done=not missing,
        is_open=is_open,
        seen={"names": sorted(reward.title for reward in there.values())},
        problem=" ".join(f"{r.title}: {r.problem}" for r in there.values() if r.problem),
        link=reverse("admin:twitch_reward_changelist"),
        link_label="See the rewards",
        button="Make the rewards" if missing else "",
    )


def _overlay(now: datetime) -> Step:
    addresses = list(OverlayToken.objects.valid().order_by("pk"))
    seen = [token for token in addresses if token.last_seen_at]
    is_there = bool(overlay.presence(now))
    words = "It is shown now" if is_there else "It was seen" if seen else ""
    first = seen[0] if seen else addresses[0] if addresses else None
    return Step(
        "overlay",
        "The overlay",
        "Add a browser source in OBS, 1920 × 1080, with this address. Who has it can watch.",
        is_done=bool(seen),
        seen={"address": overlay.address(first) if first else "", "name": words},
        link=reverse("admin:overlay_overlaytoken_changelist"),
        link_label="More addresses",
        button="" if first else "Make an address",
    )


def _player(
    connections: Mapping[tuple[str, str], tokens.Connection], proofs: Mapping[str, Any]
) -> Step:
    connection, role = connections[SPOTIFY, PLAYER], registry.find(SPOTIFY).roles[PLAYER]
    is_connected = connection.state == "connected"
    seen = proofs.get("player", {}) if is_connected else {}
    is_same = bool(seen) and seen.get("id") == tokens.account_id(SPOTIFY, PLAYER)
    return Step(
        "player",
        "The player",
        role.about,
        is_done=is_same,
        is_optional=True,
        seen=seen if is_same else {},
        problem=connection.sentence if connection.account_name else "",
        scopes=_scopes(role),
        link=reverse("tokens:connect", args=[SPOTIFY, PLAYER]),
        link_label="Connect again" if connection.account_name else "Connect the player",
        button="Read the player" if is_connected else "",
    )


# --- The round trips -------------------------------------------------------------------------

Trip = Callable[[], tuple[dict[str, Any], str]]


def _look_at(role: str) -> Trip:
    def look() -> tuple[dict[str, Any], str]:
        found = accounts.account(role)
        seen = {"id": found.id, "name": found.name, "login": found.login}
        return {**seen, "picture": found.picture_url}, f"{found.name} is connected."

    return look


def _say_hello() -> tuple[dict[str, Any], str]:
    line = chat.render(texts.HELLO)
    message_id = chat.say(line)
    return {"name": line, "message_id": message_id}, "It was said: look at your chat."


def _make_address() -> tuple[dict[str, Any], str]:
    token = overlay.starter()
    return {"name": token.name}, "Give the address to OBS."


def _make_rewards() -> tuple[dict[str, Any], str]:
    made = make_rewards()
    said = f"Made on Twitch: {', '.join(made)}." if made else "They are there already."
    return {"names": made}, said


def _read_player() -> tuple[dict[str, Any], str]:
    playback = player.read(urgent=True)
    if not playback.is_active_device:
        raise NotProven(
            "no_active_device",
            "Spotify answers, but plays on no device: press play there, and read it again.",
        )
    title = playback.item.title if playback.item else ""
    playing = f"{playback.device_name}: {title}" if title else playback.device_name
    seen = {"id": tokens.account_id(SPOTIFY, PLAYER), "name": playing}
    return seen, f"The player was read. {playing}"


_TRIPS: Mapping[str, Trip] = {
    BROADCASTER: _look_at(BROADCASTER),
    BOT: _look_at(BOT),
    "chat": _say_hello,
    "rewards": _make_rewards,
    "overlay": _make_address,
    "player": _read_player,
}
