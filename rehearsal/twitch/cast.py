"""The people and categories a fresh rehearsal opens with."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.twitch.records import Account, Channel

BROADCASTER_ID = "1000"
BOT_ID = "1001"

CATEGORIES = {
    "509658": "Just Chatting",
    "26936": "Music",
    "509660": "Art",
    "1469308723": "Software and Game Development",
    "743": "Chess",
    "33214": "Fortnite",
    "27471": "Minecraft",
    "1745202732": "FC 26",
}


@dataclass(frozen=True)
class _Part:
    login: str
    display_name: str
    color: str
    points: int
    roles: tuple[str, ...] = ()
    tier: str = ""
    broadcaster_type: str = ""


_PARTS = (
    _Part("greenroom", "Greenroom", "#3DDC97", 0, ("broadcaster",), broadcaster_type="affiliate"),
    _Part("greenroom_bot", "Greenroom_Bot", "#8A8F98", 0, ("moderator",)),
    _Part("mo", "Mo", "#5CB8FF", 120_000, ("moderator",), "1000"),
    _Part("vera", "Vera", "#FF7AC6", 90_000, ("vip",)),
    _Part("ada", "Ada", "#FFB454", 250_000, (), "1000"),
    _Part("bo", "Bo", "#FFD866", 60_000, (), "2000"),
    _Part("cleo", "Cleo", "#C3A6FF", 75_000, (), "3000"),
    _Part("dario", "Dario", "#7AE7C7", 42_000),
    _Part("esme", "Esme", "#FF8E72", 15_000),
    _Part("finn", "Finn", "#9AD1FF", 8_000),
    _Part("gus", "Gus", "#B8E986", 500),
    _Part("hana", "はなちゃん", "#F9A8D4", 33_000),
    _Part("ivo", "Ivo\u202e&amp;", "#FDE68A", 20_000),
    _Part("jo", "Jo", "#A5B4FC", 11_000),
    _Part("raider", "Raider", "#F87171", 5_000, broadcaster_type="partner"),
    _Part("broke", "Broke", "#94A3B8", 0),
)


def accounts() -> list[Account]:
    """Fresh accounts, numbered from the broadcaster's id upward."""
    return [
        Account(
            id=str(int(BROADCASTER_ID) + place),
            login=part.login,
            display_name=part.display_name,
            color=part.color,
            points=part.points,
            roles=list(part.roles),
            tier=part.tier,
            broadcaster_type=part.broadcaster_type,
        )
        for place, part in enumerate(_PARTS)
    ]


def channels() -> list[Channel]:
    """What the broadcaster's channel says before the first stream."""
    return [Channel(BROADCASTER_ID, "Rehearsing backstage", "509658", CATEGORIES["509658"])]
