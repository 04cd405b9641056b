"""What a post says: one renderer for posts, edits, ends, previews and tests.

Whatever people typed is only ever text: it pings nobody, links nowhere and formats nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from watcher.rules.plain import fit, line, plain

# What a template may name, and what it stands for.
PLACEHOLDERS = {
    "streamer": "who streams",
    "title": "the stream's title",
    "game": "the game or category",
    "viewers": "how many watch",
    "url": "the stream's address",
    "started": "since when, as “5 minutes ago”",
    "mention": "whom the post pings; else it stands at the beginning",
}
USUAL = "**{streamer}** is live on Twitch!"
OVER = "**{streamer}** was live on Twitch."

# Discord's limits, and colours.
LONGEST_CONTENT = 2000
LONGEST_TITLE = 256
LONGEST_AUTHOR = 256
LONGEST_FIELD = 200
LONGEST_URL = 2048
PURPLE, GREY = 0x9146FF, 0x6E6E7A
PICTURE = ("1280", "720")

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
# Also what somebody may have meant for one.
_NAME = re.compile(r"\{(\w+)\}", re.ASCII)

Payload = dict[str, Any]


class Watch(Protocol):
    """What of a watch a card shows."""

    @property
    def kind(self) -> str: ...
    @property
    def watched_login(self) -> str: ...
    @property
    def watched_name(self) -> str: ...
    @property
    def image_url(self) -> str: ...
    @property
    def mention(self) -> str: ...
    @property
    def role_id(self) -> str: ...
    @property
    def template(self) -> str: ...


class Stream(Protocol):
    """What of a stream a card shows; `seen_at` is when it was so."""

    @property
    def streamer_login(self) -> str: ...
    @property
    def streamer_name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def game_name(self) -> str: ...
    @property
    def thumbnail_url(self) -> str: ...
    @property
    def viewers(self) -> int: ...
    @property
    def peak_viewers(self) -> int: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def seen_at(self) -> datetime: ...


@dataclass(frozen=True)
class Sample:
    """A stream that is none, for previews and tests while nothing is on."""

    streamer_login: str
    streamer_name: str
    game_name: str
    started_at: datetime
    seen_at: datetime
    title: str = "This is what the title will look like"
    thumbnail_url: str = ""
    viewers: int = 123
    peak_viewers: int = 123


def sample(watch: Watch, now: datetime) -> Sample:
    """Return a stream as the watch might find one."""
    started_at = now - timedelta(minutes=5)
    if watch.kind == "game":
        return Sample("twitch", "A streamer", watch.watched_name, started_at, now)
    login, name = watch.watched_login, watch.watched_name
    return Sample(login, name, "Just Chatting", started_at, now)


def card(watch: Watch, stream: Stream, *, is_test: bool, ended: datetime | None = None) -> Payload:
    """Return what Discord is sent; with `ended` what the post becomes when the stream is over.

    A test shows everything and pings nobody.
    """
    is_quiet = is_test or ended is not None
    return {
        "content": _content(watch, stream, is_test=is_test, is_over=ended is not None),
        "embeds": [_over(watch, stream, ended) if ended else _live(watch, stream, is_test)],
        "allowed_mentions": {"parse": []} if is_quiet else _pings(watch),
    }


def unknown_placeholders(template: str) -> list[str]:
    """Return the names in braces that stand for nothing."""
    return [name for name in _NAME.findall(template) if name not in PLACEHOLDERS]


def _content(watch: Watch, stream: Stream, *, is_test: bool, is_over: bool) -> str:
    words = {
        "streamer": plain(stream.streamer_name),
        "title": plain(stream.title),
        "game": plain(stream.game_name),
        "viewers": f"{stream.viewers:,}",
        "url": _url(stream),
        "started": f"<t:{int(stream.started_at.timestamp())}:R>",
        "mention": "" if is_over else _mention(watch),
    }
    if is_over:
        text = _filled(OVER, words)
    elif "{mention}" in watch.template:
        text = _filled(_harmless(watch.template), words)
    else:
        said = _filled(_harmless(watch.template or USUAL), words)
        text = f"{words['mention']} {said}".strip()
    return fit(f"**TEST** · {text}" if is_test else text, LONGEST_CONTENT)


def _filled(template: str, words: Mapping[str, str]) -> str:
    """Put the words in; what stands for nothing stays as it is."""
    return _PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), template)


def _harmless(template: str) -> str:
    """Leave its owner all formatting, but no ping: that is chosen, and never typed.

    Nor may a streamer who is called everyone make one of an @ before the placeholder.
    """
    return re.sub(r"@(?=everyone|here|\{)", "@\u200b", template)


def _mention(watch: Watch) -> str:
    if watch.mention == "role":
        return f"<@&{watch.role_id}>"
    return f"@{watch.mention}" if watch.mention in ("here", "everyone") else ""


def _pings(watch: Watch) -> Payload:
    if watch.mention == "role":
        return {"parse": [], "roles": [watch.role_id]}
    return {"parse": ["everyone"] if watch.mention in ("here", "everyone") else []}


def _live(watch: Watch, stream: Stream, is_test: bool) -> Payload:
    embed: Payload = {
        **_head(watch, stream, "is live on Twitch"),
        "color": PURPLE,
        "fields": [
            *_field("Game", plain(stream.game_name, LONGEST_FIELD)),
            *_field("Viewers", f"{stream.viewers:,}"),
        ],
        "footer": {"text": "A test: nobody was pinged" if is_test else "Live since"},
        "timestamp": stream.started_at.isoformat(),
    }
    picture = _picture(stream)
    return {**embed, "image": {"url": picture}} if picture else embed


def _over(watch: Watch, stream: Stream, ended: datetime) -> Payload:
    # No picture: when a stream is over, its picture is one that says so.
    return {
        **_head(watch, stream, "was live on Twitch"),
        "color": GREY,
        "fields": [
            *_field("Game", plain(stream.game_name, LONGEST_FIELD)),
            *_field("Duration", duration(ended - stream.started_at)),
            *_field("Most viewers", f"{stream.peak_viewers:,}"),
        ],
        "footer": {"text": "Ended"},
        "timestamp": ended.isoformat(),
    }


def _head(watch: Watch, stream: Stream, what: str) -> Payload:
    author: Payload = {
        "name": fit(f"{line(stream.streamer_name)} {what}", LONGEST_AUTHOR),
        "url": _url(stream),
    }
    head: Payload = {
        "author": author,
        "title": plain(stream.title, LONGEST_TITLE) or "No title",
        "url": _url(stream),
    }
    image = _shown(watch.image_url)
    if image and watch.kind == "game":
        head["thumbnail"] = {"url": image}
    elif image:
        author["icon_url"] = image
    return head


def _field(name: str, value: str) -> list[Payload]:
    return [{"name": name, "value": value, "inline": True}] if value else []


def duration(time: timedelta) -> str:
    """Return "3 h 12 min", "12 min" or "under a minute"."""
    hours, minutes = divmod(max(0, int(time.total_seconds())) // 60, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else "under a minute"


def _url(stream: Stream) -> str:
    return f"https://www.twitch.tv/{quote(stream.streamer_login, safe='')}"


def _picture(stream: Stream) -> str:
    """Return the address of the picture as it is now: Discord shows what it fetched once for ever,
    if the address stays the same.
    """
    width, height = PICTURE
    address = stream.thumbnail_url.replace("{width}", width).replace("{height}", height)
    mark = "&" if "?" in address else "?"
    return _shown(f"{address}{mark}t={int(stream.seen_at.timestamp())}") if address else ""


def _shown(address: str) -> str:
    """Return the address of a picture if Discord will take it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    is_good = parts.scheme in ("https", "http") and bool(parts.hostname)
    return address if is_good and len(address) <= LONGEST_URL else ""
