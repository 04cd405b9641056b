"""Who is on this Discord, and which servers, channels and roles they have there."""

from __future__ import annotations

from dataclasses import dataclass

TEXT, ANNOUNCEMENT, FORUM = 0, 5, 15


@dataclass(frozen=True)
class Person:
    """An account; `name` is what is displayed."""

    id: str
    username: str
    name: str
    note: str


@dataclass(frozen=True)
class Channel:
    """A channel of a server."""

    id: str
    guild_id: str
    name: str
    type: int = TEXT


@dataclass(frozen=True)
class Guild:
    """A server, and who of the people may add webhooks there."""

    id: str
    name: str
    managers: tuple[str, ...]
    roles: dict[str, str]


_PEOPLE = (
    Person("80351110224678912", "greenroom", "Greenroom", "the streamer, owns Backstage"),
    Person("80351110224678913", "nelly", "Nelly", "owns Fan Club, helps in Backstage"),
    Person("80351110224678914", "otto", "Otto <b>&amp;</b>", "has no server of their own"),
)
PEOPLE = {person.id: person for person in _PEOPLE}

_GUILDS = (
    Guild(
        "41771983423143937",
        "Backstage",
        ("80351110224678912", "80351110224678913"),
        {"165511591545143296": "Live pings", "165511591545143297": "Moderators"},
    ),
    Guild(
        "41771983423143938",
        "Fan Club",
        ("80351110224678913",),
        {"165511591545143298": "Night owls"},
    ),
)
STAGE = _GUILDS[0]
GUILDS = {guild.id: guild for guild in _GUILDS}

_CHANNELS = (
    Channel("381870553235193857", "41771983423143937", "live"),
    Channel("381870553235193858", "41771983423143937", "announcements", ANNOUNCEMENT),
    Channel("381870553235193859", "41771983423143937", "streams-forum", FORUM),
    Channel("381870553235193860", "41771983423143938", "who-is-live"),
    Channel("381870553235193861", "41771983423143938", "chatter"),
)
CHANNELS = {channel.id: channel for channel in _CHANNELS}
ROLES = {id: name for guild in _GUILDS for id, name in guild.roles.items()}


def person(who: str) -> Person | None:
    """The account with this id or username."""
    return next((it for it in _PEOPLE if who in (it.id, it.username)), None)


def channels_of(user_id: str) -> list[Channel]:
    """The channels in which somebody may make webhooks."""
    return [it for it in _CHANNELS if user_id in GUILDS[it.guild_id].managers]
