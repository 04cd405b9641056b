"""Reading a track out of what a viewer typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

# Twitch's own limit for what comes with a redemption or a chat message is 500.
LONGEST_TEXT = 500
HOSTS = ("open.spotify.com", "play.spotify.com")
# Addresses that Spotify gave out once, and that lead nowhere now.
DEAD_HOSTS = ("link.tospotify.com",)

SENTENCES = {
    "empty": "There was no link: paste a Spotify track's link.",
    "too_long_text": "That text is too long: paste just the link of a Spotify track.",
    "not_a_link": "That is not a Spotify link: paste one like open.spotify.com/track/…",
    "album": "That link is an album: paste the link of one of its tracks.",
    "playlist": "That link is a playlist: paste the link of one of its tracks.",
    "episode": "That link is a podcast episode: only tracks can be requested.",
    "show": "That link is a podcast: only tracks can be requested.",
    "artist": "That link is an artist: paste the link of one of their tracks.",
    "other_kind": "That Spotify link is not a track: use Share and Copy Song Link.",
    "other_host": "That link is not from Spotify: only tracks on Spotify can be requested.",
    "look_alike_host": "That address is not quite Spotify's: copy the link in Spotify again.",
    "bad_track_id": "That track link is not complete: copy it in Spotify again.",
    "short_link_dead": "That short link leads nowhere: copy the track's link in Spotify again.",
}
KINDS = {
    "album": "album",
    "playlist": "playlist",
    "episode": "episode",
    "show": "show",
    "artist": "artist",
}

_ID = re.compile(r"[0-9A-Za-z]{22}")
# What was typed behind it without a blank is not part of it.
_ID_AHEAD = re.compile(r"[0-9A-Za-z]{22}(?![0-9A-Za-z_-])")
_URI = re.compile(r"spotify:(?://)?([a-z]+)[:/]([^?#]*)", re.IGNORECASE)
_LOCALE = re.compile(r"intl-[a-z]{2,4}(-[a-z0-9]{2,8})*", re.IGNORECASE)
_CODE = re.compile(r"[0-9A-Za-z_-]{1,64}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_BEFORE_A_LINK = re.compile(r"^[^/.?@#]*?(?=(?:https?://|spotify:))", re.IGNORECASE)
_AROUND = "<>()[]{}\"'`´’‘“”„«»*_~|.,;:!?…"
# What is read as the same letter: a 0 for an o, an l for an i.
_ALIKE = str.maketrans({"0": "o", "1": "i", "l": "i", "|": "i", "5": "s", "3": "e", "q": "g"})


class NotATrack(Exception):
    """The text names no track; `code` is a key of SENTENCES, `sentence` is for the viewer."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = SENTENCES[code]


@dataclass(frozen=True)
class ShortLink:
    """An address that only Spotify can turn into a track's."""

    url: str


def read(text: str, short_hosts: Collection[str]) -> str | ShortLink:
    """Return the id of the first track in a text, or a short link if there is one before it.

    `short_hosts` are the hosts of short links, in lower case; one with a port is spoken to in plain
    HTTP. Raises NotATrack, with the reason of the first link that is none.
    """
    if len(text) > LONGEST_TEXT:
        raise NotATrack("too_long_text")
    words = list(_words(text))
    if not words:
        raise NotATrack("empty")
    refusal = NotATrack("not_a_link")
    for word in words:
        try:
            return read_word(word, short_hosts, is_alone=len(words) == 1)
        except NotATrack as reason:
            refusal = reason if refusal.code == "not_a_link" else refusal
    raise refusal


def read_word(word: str, short_hosts: Collection[str], *, is_alone: bool = True) -> str | ShortLink:
    """Return what one word says: a track's id or a short link; raises NotATrack.

    Among other words, a bare id needs a digit, lest a long word be taken for one.
    """
    bare = word.partition("?")[0]
    if _ID.fullmatch(bare) and (is_alone or any(map(str.isdigit, bare))):
        return bare
    uri = _URI.match(word)
    if uri:
        return _of_kind(uri[1], re.split("[:/]", uri[2]))
    if word.startswith("//"):
        word = f"https:{word}"
    scheme = _SCHEME.match(word)
    if not scheme:
        host, slash, _ = word.partition("/")
        if not (slash and "." in host) and host.lower() not in (*HOSTS, *short_hosts):
            raise NotATrack("not_a_link")
        word = f"https://{word}"
    elif scheme[0].lower() not in ("http://", "https://"):
        raise NotATrack("not_a_link")
    return _read_link(word, short_hosts)


def _words(text: str) -> Iterator[str]:
    """Yield what stands between blanks, or between signs that nobody sees."""
    visible = "".join(" " if c.isspace() or unicodedata.category(c)[0] == "C" else c for c in text)
    for word in visible.split():
        bare = word.strip(_AROUND)
        before = _BEFORE_A_LINK.match(bare)
        bare = bare[before.end() :] if before else bare
        if bare:
            yield bare


def _read_link(link: str, short_hosts: Collection[str]) -> str | ShortLink:
    authority = re.split(r"[/?#]", link.partition("://")[2], maxsplit=1)[0].lower()
    try:
        parts = [part for part in urlsplit(link).path.split("/") if part]
    except ValueError:
        raise NotATrack("not_a_link") from None
    if authority in short_hosts:
        return _short(authority, parts)
    if authority in DEAD_HOSTS:
        raise NotATrack("short_link_dead")
    if authority not in HOSTS:
        raise NotATrack(_stranger(authority))
    while parts and (_LOCALE.fullmatch(parts[0]) or parts[0] == "embed"):
        del parts[0]
    if not parts:
        raise NotATrack("other_kind")
    if parts[0] == "s":
        return _short(authority, parts)
    return _of_kind(parts[0], parts[1:])


def _of_kind(kind: str, rest: list[str]) -> str:
    """Return the id when the kind is a track; an old playlist's address begins with its owner."""
    kind = kind.lower()
    if kind == "track":
        found = _ID_AHEAD.match(rest[0]) if rest else None
        if not found:
            raise NotATrack("bad_track_id")
        return found[0]
    if kind == "user" and "playlist" in rest:
        kind = "playlist"
    raise NotATrack(KINDS.get(kind, "other_kind"))


def _short(host: str, parts: list[str]) -> ShortLink:
    if not parts or not all(_CODE.fullmatch(part) for part in parts):
        raise NotATrack("short_link_dead")
    scheme = "http" if ":" in host else "https"
    return ShortLink(f"{scheme}://{host}/{'/'.join(parts)}")


def _stranger(authority: str) -> str:
    """Return why this is not Spotify: it pretends to be, it is another page of theirs, or not."""
    if authority.endswith(".spotify.com") and re.fullmatch(r"[a-z.-]+", authority):
        return "other_kind"
    looks = unicodedata.normalize("NFKD", authority).translate(_ALIKE)
    is_foreign = not authority.isascii() or "xn--" in authority
    is_tricky = any(sign in authority for sign in "@%\\")
    return "look_alike_host" if is_foreign or is_tricky or "spotify" in looks else "other_host"
