"""The tracks this Spotify knows: invented ones, with every trouble that real ones make."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

_BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def spotify_id(*names: str) -> str:
    """The 22 characters that stand for a thing of this name, always the same."""
    number = int.from_bytes(hashlib.md5("\0".join(names).encode(), usedforsecurity=False).digest())
    digits = []
    for _ in range(22):
        number, digit = divmod(number, 62)
        digits.append(_BASE62[digit])
    return "".join(reversed(digits))


@dataclass(frozen=True)
class Track:
    """A recording; ``covered`` is whether its album has a picture."""

    title: str
    artists: tuple[str, ...]
    album: str
    duration_ms: int
    explicit: bool = False
    covered: bool = True
    playable: bool = True
    in_playlist: bool = False

    @property
    def id(self) -> str:
        return spotify_id("track", self.title, *self.artists)

    @property
    def uri(self) -> str:
        return f"spotify:track:{self.id}"

    @property
    def url(self) -> str:
        return f"https://open.spotify.com/track/{self.id}"

    @property
    def code(self) -> str:
        """The end of its short link."""
        return spotify_id("link", self.id)[-11:]

    @property
    def isrc(self) -> str:
        """A recording code of no country; a few recordings have none."""
        number = int(hashlib.md5(self.id.encode(), usedforsecurity=False).hexdigest(), 16)
        return f"ZZRHR26{number % 100_000:05}" if number % 9 else ""


def _track(line: str, **more: bool) -> Track:
    """``minutes:seconds | title | artist & artist | album``"""
    length, title, artists, album = (part.strip() for part in line.split("|"))
    minutes, seconds = length.split(":")
    milliseconds = (int(minutes) * 60 + int(seconds)) * 1000 + len(title) * 37 % 1000
    return Track(title, tuple(artists.split(" & ")), album, milliseconds, **more)


_PLAYLIST = """
3:32 | Paper Lanterns | Marrow & Tide | Low Water
2:58 | Glasshouse | Ottoline Vey | Indoor Weather
4:11 | Northbound Slow Train | The Quiet Switchmen | Timetables
3:05 | Salt on the Window | Marrow & Tide | Low Water
3:47 | Cardboard Satellites | Nova Pellegrin | Orbits for Beginners
2:41 | Kitchen Radio | Pim Aldous | Small Rooms
5:02 | Everything the Harbour Kept | Ingrid Solace | Harbour
3:19 | Second Hand Sun | Lakeshore Motel | Vacancy
3:28 | Velvet Static | Nova Pellegrin | Orbits for Beginners
2:36 | Two Left Shoes | Pim Aldous | Small Rooms
4:24 | Half a Mile of Fog | The Quiet Switchmen | Timetables
3:51 | Lemon Grove | Tamsin Arroyo | Citrus
3:14 | Ferris Wheel in Winter | Ottoline Vey | Indoor Weather
3:59 | Copper Wire Heart | Volt & Vale | Current
3:07 | Tuesday Is a Colour | Lakeshore Motel | Vacancy
4:36 | Slow Comet | Ingrid Solace | Harbour
2:49 | Borrowed Umbrella | Tamsin Arroyo | Citrus
3:33 | Night Bus 42 | Hector Blume | Last Stop
3:22 | Soft Machine Dreams | Circuit Garden | Seedlings
4:02 | Orchard Lights | Circuit Garden | Seedlings
3:44 | Hold the Elevator | Hector Blume | Last Stop
2:55 | Marble Run | Dot Fenwick | Toys
3:16 | Postcards to Nobody | Dot Fenwick | Toys
3:40 | Amber Room | Volt & Vale | Current
"""

_MORE = """
3:25 | Midnight Arcade | Pixel Harlow | Insert Coin
3:11 | Boss Fight at the Bakery | Pixel Harlow | Insert Coin
2:47 | Speedrun My Heart | Pixel Harlow & Juno Fray | Insert Coin
3:36 | Respawn | Juno Fray | Checkpoint
3:08 | Lag | Juno Fray | Checkpoint
3:57 | Low Battery, High Hopes | Mona Quill | Chargers
3:18 | Good Morning, Moderator | Mona Quill | Chargers
4:09 | Tin Roof Serenade | Old Mill Road | Barn Sessions
2:52 | Whistle Stop | Old Mill Road | Barn Sessions
6:48 | Cathedral of Rust | Gravemoss | Oxide
4:31 | Feed the Furnace | Gravemoss | Oxide
1:58 | Caffeine Haiku | The Tiny Overtures | Miniatures
1:12 | Waltz for a Loading Bar | The Tiny Overtures | Miniatures
5:27 | Deep Sea Elevator | Bathysphere Club | Pressure
6:03 | Bioluminescent | Bathysphere Club & Nova Pellegrin | Pressure
3:49 | Cumulus | Aria Lindqvist | Clouds I Have Known
3:02 | Concrete Ballet | MC Parsec & Dot Fenwick | Light Years
2:59 | Warp Factor Nine | MC Parsec | Light Years
"""

_EXPLICIT = """
2:44 | Loud Neighbours | MC Parsec | Light Years
3:21 | No Manners | Rue Havoc | Bad Weather
3:03 | Swear Jar | Rue Havoc & MC Parsec | Bad Weather
"""

_ODD = """
3:30 | 夜明けの電車 | 青い傘 | 雨のち晴れ
4:05 | 星屑ラジオ (Acoustic Version) | 青い傘 & はるかぜ | 雨のち晴れ
3:41 | 은하수 정류장 | 별빛상점 | 밤의 지도
3:27 | 月亮邮局 | 纸船乐队 | 远方来信
4:13 | ليل المدينة | نور الصباح | حكايات
3:38 | אורות בנמל | גלי חוף | מפרץ
3:35 | Полярный экспресс | Тихая станция | Север
3:09 | 🦊 fox.exe 💾 | 𝕍𝕒𝕡𝕠𝕣 𝔻𝕖𝕝𝕚 🌴 | ✨ ~/soft ✨
3:13 | Ünïcödé Ærøplåne — Zażółć gęślą jaźń | Björn Ørsted & Łucja Żak | Ümläut
4:44 | The Astonishing and Entirely Unabridged Chronicle of How We Missed the Last Ferry, \
Walked Home Along the Motorway, and Learned to Love the Rain (Live at the Old Observatory, \
2019 Remaster) [Extended Director's Commentary Mix] | The Extraordinarily Verbose Chamber \
Ensemble of Lower Saxony & Friends & The Municipal Choir | Complete Works, Volume XIV
3:00 | <b>Bold</b> & "Quoted" | <script>alert(1)</script> & ${{7*7}} | '; DROP TABLE albums; --
2:30 | Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft | \
Silbentrennung | Bindestrich
180:00 | Rain on a Tin Roof for Three Hours | Sleepworks | Long Sounds
0:31 | Blink | The Tiny Overtures | Miniatures
"""


def _lines(text: str, **more: bool) -> list[Track]:
    return [_track(line, **more) for line in text.strip().splitlines()]


TRACKS = (
    *_lines(_PLAYLIST, in_playlist=True),
    *_lines(_MORE),
    *_lines(_EXPLICIT, explicit=True),
    *_lines(_ODD),
    _track("3:17 | Demo No. 4 | Basement Tapes of Elm Street | Unfinished", covered=False),
    _track("3:39 | Not in Your Country | Regional Lockout | Borders", playable=False),
)
BY_ID = {track.id: track for track in TRACKS}
PLAYLIST = tuple(track.id for track in TRACKS if track.in_playlist)
PLAYLIST_ID = spotify_id("playlist", "Backstage Warm-up")


@dataclass(frozen=True)
class Oddity:
    """What a player may play that is not a track."""

    kind: str
    title: str
    duration_ms: int


ODDITIES = {
    "episode": Oddity("episode", "Episode 12: The Cable That Ate the Stage", 1_834_000),
    "local": Oddity("local", "soundcheck_final_FINAL2.mp3", 194_000),
    "ad": Oddity("ad", "Advertisement", 30_000),
    "unknown": Oddity("unknown", "Something new", 60_000),
}


def knows(item: str) -> bool:
    """Whether there is such an item."""
    return item in BY_ID or item in ODDITIES


def duration_ms(item: str) -> int:
    """How long an item (a track's id or an oddity's kind) lasts, in milliseconds."""
    return (BY_ID.get(item) or ODDITIES[item]).duration_ms


def title(item: str) -> str:
    """What an item is called."""
    return (BY_ID.get(item) or ODDITIES[item]).title
