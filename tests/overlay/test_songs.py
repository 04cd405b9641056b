"""Now playing, up next and the toast, in a real Chromium."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from overlay import services
from pushes.services import push
from songqueue.models import Board
from tests.overlay.boards import HOSTILE, LONG, song, tell
from tests.overlay.screen import Screen, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

NOW, NEXT, TOAST = "[data-part=now]", "[data-part=next]", "[data-part=toast]"
SIZES = [(1920, 1080), (1280, 720), (600, 200), (400, 600), (2560, 1440)]
# Above the track's end, below the 25 s after which a silent socket is given up.
LINGERING = 4500

# The cards that are seen in the next frame, and those lines that leave their card or place.
LOOK = """
async () => {
  await new Promise((resolve) => new ResizeObserver(resolve).observe(document.body));
  const songs = document.querySelector("[data-part=songs]");
  const all = [...document.querySelectorAll("article:not([hidden])")];
  const cards = all.filter((card) => !(songs.hasAttribute("data-aside") && songs.contains(card)));
  const box = (element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return { left, top, right, bottom };
  };
  const parts = ["cover", "time", "next-requester", "eta"].map((part) => `[data-part=${part}]`);
  const lines = ["h1", "h2", "h3", "p", ...parts].join();
  const isBad = (line, card) => {
    const [inner, outer] = [box(line), box(card)];
    const isOut = inner.left < outer.left || inner.right > outer.right
      || inner.top < outer.top || inner.bottom > outer.bottom;
    const isOver = line.scrollWidth > line.clientWidth;
    const isCut = getComputedStyle(line).overflowX === "hidden";
    return line.getClientRects().length && (isOut || isOver && !isCut);
  };
  const bad = (card) => [...card.querySelectorAll(lines)].filter((line) => isBad(line, card));
  return { cards: cards.map(box), bad: cards.flatMap(bad).map((line) => line.dataset.part) };
}
"""
# What the address does, done to a page that is open.
SET = """
async (query) => {
  const { options } = await import("/static/overlay/options.js");
  options(new URLSearchParams(query));
}
"""
# Colours of all texts there are, and of all bars, as numbers.
INKS = """
(root) => [...document.querySelector(root).querySelectorAll("*")]
  .filter((element) => element.matches("[data-part=played]") || [...element.childNodes].some(
    (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()))
  .map((element) => {
    const style = getComputedStyle(element);
    const ink = element.matches("[data-part=played]") ? style.backgroundColor : style.color;
    return ink.match(/[\\d.]+/g).slice(0, 3).map(Number);
  })
"""
# The lightest and the darkest that a card can look, over white and over black.
SURFACES = [(28, 41, 37), (6, 12, 10)]


def shown(page: Page, selector: str) -> None:
    page.wait_for_selector(f"{selector}[data-state=shown]")


def hidden(page: Page, selector: str = NOW) -> bool:
    return page.locator(f"{selector}[data-state=shown]").count() == 0


def drawn(page: Page, title: str) -> None:
    """Wait for the song of exactly this title, which may still be covering the one before it."""
    page.wait_for_function(
        "(title) => document.querySelector('[data-part=song]:last-child [data-part=title]')"
        "?.textContent === title",
        arg=title,
    )


def text(page: Page, part: str) -> str:
    return page.inner_text(f"[data-part={part}]")


def luminance(colour: list[float] | tuple[int, ...]) -> float:
    shares = [part / 255 for part in colour]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: list[float] | tuple[int, ...], other: list[float] | tuple[int, ...]) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def request(now: datetime, title: str = "Paper Lanterns", name: str = "Mo") -> None:
    payload = services.request_payload(name=name, title=title, artists=["A"], cover_url="")
    services.cue("song_requested", payload, now=now)


def test_the_card_says_what_plays_who_asked_and_what_comes_next(screen: Screen) -> None:
    page = screen.open()
    assert hidden(page)
    tell(song(viewer="MapleFox"), song("Second", "B", "C", viewer="Mo"), song("Third"))
    shown(page, NOW)
    shown(page, NEXT)
    assert (text(page, "title"), text(page, "artists")) == ("Paper Lanterns", "Low Tide Radio")
    assert text(page, "by") == "Requested by MapleFox"
    assert text(page, "total") == "3:34"
    for part, texts in {
        "next-title": ["Second", "Third"],
        "next-artists": ["B, C", "Low Tide Radio"],
        "next-requester": ["Mo", ""],
        "eta": ["4 min", "8 min"],
    }.items():
        assert page.locator(f"[data-part={part}]").all_inner_texts() == texts


def test_the_bar_and_the_seconds_count_on_by_themselves(screen: Screen) -> None:
    page = screen.open()
    tell(song(duration_ms=11_225_000, progress_ms=3_661_000), song("Second"))
    shown(page, NOW)
    assert text(page, "total") == "3:07:05"
    before = seconds(page)
    assert 3_661 <= before < 3_671
    page.clock.run_for(12_000)
    # The page's clock goes on meanwhile, and its seconds change a moment after the song's.
    assert before + 11 <= seconds(page) < before + 22
    at = page.evaluate(
        "document.querySelector('[data-part=played]').getAnimations()[0].currentTime"
    )
    assert 3_672_000 < at < 3_692_000


def seconds(page: Page) -> int:
    """Return what the card says has been played of the song."""
    hours, minutes, rest = text(page, "elapsed").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def test_a_paused_song_stands_still_and_is_gone_after_a_while(screen: Screen) -> None:
    page = screen.open("&after=15")
    tell(song())
    shown(page, NOW)
    tell(song(is_playing=False, progress_ms=70_000))
    page.wait_for_selector("[data-part=paused]:not([hidden])")
    page.clock.run_for(5000)
    assert not hidden(page)
    assert text(page, "elapsed") == "1:10"
    page.clock.run_for(10_500)
    assert hidden(page)
    tell(song(progress_ms=70_000))
    shown(page, NOW)


def test_a_song_that_was_found_paused_is_not_shown_unless_always(screen: Screen) -> None:
    usual, always = screen.open(), screen.open("&when=always")
    tell(song(is_playing=False))
    shown(always, NOW)
    assert text(always, "paused") == "Paused"
    assert hidden(usual)


def test_only_a_change_is_shown_if_that_is_asked_for(screen: Screen) -> None:
    page = screen.open("&when=change&after=3")
    tell(song())
    shown(page, NOW)
    page.clock.run_for(3500)
    assert hidden(page)
    tell(song(progress_ms=90_000), song("Second"))
    tell(song("Second", progress_ms=0))
    shown(page, NOW)
    assert text(page, "title") == "Second"


def test_nothing_is_shown_beyond_the_end_of_the_last_song_that_was_heard_of(
    screen: Screen,
) -> None:
    page = screen.open()
    tell(song(duration_ms=70_000), song("Second"))
    shown(page, NOW)
    page.clock.run_for(6000 + LINGERING)
    assert hidden(page)
    assert hidden(page, NEXT)
    page.clock.run_for(300)
    assert page.locator("article:not([hidden])").count() == 0
    tell(song(duration_ms=70_000, progress_ms=70_000))
    tell(None)
    tell(song("Third"))
    shown(page, NOW)
    assert text(page, "title") == "Third"


def test_a_board_that_was_lost_is_fetched_within_a_beat(screen: Screen) -> None:
    page = screen.open()
    tell(song())
    shown(page, NOW)
    # Nobody was told of this number, under which nothing plays; the next beat brings it.
    Board.objects.update_or_create(pk=1, defaults={"seq": 2_000_000})
    push("songqueue", {"type": "beat", "group": "songqueue", "seq": 2_000_000})
    page.wait_for_selector(f"{NOW}:not([data-state=shown])", state="attached")


def test_a_page_with_nothing_to_show_has_nothing_that_moves(screen: Screen) -> None:
    page = screen.open()
    tell(song(LONG))
    shown(page, NOW)
    tell(None)
    page.wait_for_selector(f"{NOW}:not([data-state=shown])", state="attached")
    page.clock.run_for(1000)
    page.wait_for_function(
        "() => document.getAnimations().every((one) => one.playState !== 'running')"
    )


def test_a_title_runs_only_if_it_is_too_long_and_motion_is_wanted(screen: Screen) -> None:
    page, still = screen.open("&motion=1"), screen.open("&motion=0")
    tell(song(LONG))
    for each in (page, still):
        shown(each, NOW)
    page.wait_for_selector("[data-part=title][data-marquee]")
    assert page.locator("[data-part=artists][data-marquee]").count() == 0
    assert still.locator("[data-marquee]").count() == 0
    overflow = (
        "(line) => [line.scrollWidth > line.clientWidth, getComputedStyle(line).textOverflow]"
    )
    assert still.locator("[data-part=title]").evaluate(overflow) == [True, "ellipsis"]


@pytest.mark.parametrize(
    ("size", "query"),
    [*[(size, "&scale=4") for size in SIZES], *[(size, "&at=br") for size in SIZES[1:3]]],
    ids=str,
)
def test_nothing_overflows_or_overlaps_at_any_size(
    screen: Screen, now: datetime, size: tuple[int, int], query: str
) -> None:
    page = screen.open(f"&motion=0{query}", size)
    for n in range(5):
        request(now, f"{LONG} {n}", "W" * 60)
    page.wait_for_selector(TOAST)
    for what in HOSTILE.values():
        tell(*what)
        drawn(page, what[0]["title"])
        page.clock.run_for(600)
        _is_in_order(page, size)
    page.clock.run_for(8000)
    page.wait_for_selector(TOAST, state="detached")
    for what in HOSTILE.values():
        tell(*what)
        page.clock.run_for(600)
        _is_in_order(page, size)
    assert page.locator("article:not([hidden])").count() == 2


def _is_in_order(page: Page, size: tuple[int, int]) -> None:
    seen = page.evaluate(LOOK)
    assert seen["cards"]
    assert seen["bad"] == []
    _lie_apart_within(seen["cards"], size)


def _lie_apart_within(cards: list[dict[str, float]], size: tuple[int, int]) -> None:
    for n, card in enumerate(cards):
        assert 0 <= card["left"] < card["right"] <= size[0]
        assert 0 <= card["top"] < card["bottom"] <= size[1]
        for other in cards[n + 1 :]:
            beside = card["right"] <= other["left"] or other["right"] <= card["left"]
            above = card["bottom"] <= other["top"] or other["bottom"] <= card["top"]
            assert beside or above


def test_what_is_hostile_is_only_text(screen: Screen, now: datetime) -> None:
    page = screen.open()
    tell(*HOSTILE["markup"])
    request(now, "<script>alert(1)</script>", "<b>x</b>")
    page.wait_for_selector(TOAST)
    shown(page, NOW)
    assert text(page, "requester") == text(page, "request-name") == "<b>x</b>"
    assert page.locator("article script, article b, article style, article img").count() == 0


def test_the_songs_step_aside_while_a_scene_needs_their_place(
    screen: Screen, now: datetime
) -> None:
    page = screen.open("&at=bl")
    tell(song())
    shown(page, NOW)
    request(now)
    page.wait_for_selector("[data-part=songs][data-aside]")
    page.clock.run_for(6000)
    page.wait_for_selector("[data-part=songs]:not([data-aside])")
    assert not hidden(page)


def test_a_sample_of_the_songs_stands_in_their_place(screen: Screen, now: datetime) -> None:
    page = screen.open("&at=br")
    tell(song("Real"))
    shown(page, NOW)
    services.test_cue("now", now)
    page.wait_for_selector("body > [data-part=songs][data-aside]")
    # Where they stand when they do not move.
    stand = "(card) => [card.offsetLeft, card.offsetTop, card.offsetWidth, card.offsetHeight]"
    real = page.locator(f"body > section {NOW}").evaluate(stand)
    sample = page.locator(f"main {NOW}").evaluate(stand)
    assert real == sample
    page.clock.run_for(8000)
    page.wait_for_selector("body > [data-part=songs]:not([data-aside])")


def test_requests_that_wait_together_share_a_toast(screen: Screen, now: datetime) -> None:
    for n in range(7):
        request(now, f"Song {n}")
    page = screen.open()
    page.wait_for_selector(TOAST)
    assert text(page, "label").lower() == "7 songs requested"
    titles = page.locator("[data-part=request-title]").all_inner_texts()
    assert titles == ["Song 0", "Song 1", "Song 2"]
    assert text(page, "more") == "and 4 more"
    page.clock.run_for(8000)
    page.wait_for_selector(TOAST, state="detached")


def test_a_test_of_the_toast_is_marked(screen: Screen, now: datetime) -> None:
    page = screen.open()
    services.test_cue("song_requested", now)
    page.wait_for_selector(TOAST)
    assert text(page, "test").lower() == "test"


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ("&only=now", {NOW}),
        ("&only=next,toast", {NEXT, TOAST}),
        ("&hide=now,raffle", {NEXT, TOAST}),
    ],
)
def test_only_the_parts_that_are_asked_for_are_shown(
    screen: Screen, now: datetime, query: str, parts: set[str]
) -> None:
    page = screen.open(query)
    request(now)
    tell(song(), song("Second"))
    for part in parts:
        page.wait_for_selector(f"{part}:not([hidden])")
    page.clock.run_for(100)
    for part in {NOW, NEXT, TOAST} - parts:
        assert page.locator(f"{part}:not([hidden])").count() == 0


def test_bad_values_are_left_out_and_told_in_the_console(screen: Screen) -> None:
    bad = {
        "at=middle": "at=middle is left out; it may be: tl, t, tr",
        "at=constructor": "at=constructor is left out",
        "scale=1e9": "scale=1e9 is left out; it may be: a number from 0.25 to 4",
        "scale=": "scale= is left out",
        "accent=123": "accent=123 is left out",
        "when=<script>": "when=<script> is left out",
        "after=-1": "after=-1 is left out",
        "motion=off": "motion=off is left out; it may be: 0, 1",
        "hide=" + "x" * 500: "hide=" + "x" * 40 + "…",
        "scal=2": "there is no parameter “scal”",
    }
    page = screen.open("&" + "&".join(bad))
    # Of two places and two scales, the first counts.
    until(page, lambda: len(screen.warnings) >= len(bad) - 2)
    assert len(screen.warnings) == len(bad) - 2
    for query, warning in bad.items():
        screen.warnings.clear()
        page.evaluate(SET, query)
        until(page, lambda: bool(screen.warnings))
        assert [warning in said for said in screen.warnings] == [True]
    assert screen.token.key not in str(screen.warnings)
    tell(song())
    shown(page, NOW)


def test_the_songs_are_where_the_address_puts_them(screen: Screen) -> None:
    page = screen.open("&motion=0")
    tell(song())
    shown(page, NOW)
    places = {"tl": (0, 0), "t": (0.5, 0), "r": (1, 0.5), "c": (0.5, 0.5), "br": (1, 1)}
    for at, (x, y) in places.items():
        page.evaluate(SET, f"at={at}")
        box = page.locator(NOW).bounding_box()
        assert box
        assert abs(x * (1280 - box["width"]) - box["x"]) < 60
        assert abs(y * (720 - box["height"]) - box["y"]) < 60


def test_every_text_can_be_read(screen: Screen, now: datetime) -> None:
    page = screen.open("&motion=0")
    for cover in ("sample-1.svg", "sample-2.svg"):
        address = f"{screen.site.origin}/static/overlay/{cover}"
        tell(song(f"With {cover}", viewer="Mo", cover_url=address), song(viewer="Mo"))
        drawn(page, f"With {cover}")
        page.wait_for_selector(f"{NOW} [data-part=song][style*='--tone']:last-child")
        page.clock.run_for(600)
        for root in (NOW, NEXT):
            for ink in page.evaluate(INKS, root):
                assert all(contrast(ink, surface) >= 4.5 for surface in SURFACES)


def test_an_accent_of_the_address_goes_before_the_covers(screen: Screen) -> None:
    page = screen.open("&accent=ff8800")
    tell(song(viewer="Mo", cover_url=f"{screen.site.origin}/static/overlay/sample-1.svg"))
    page.wait_for_selector(f"{NOW} img")
    colour = page.locator("[data-part=requester]").evaluate("(e) => getComputedStyle(e).color")
    assert colour == "rgb(255, 136, 0)"


def test_a_cover_from_anywhere_else_is_never_fetched(screen: Screen) -> None:
    page = screen.open()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    elsewhere = "http://elsewhere.example/x"
    for address in ("javascript:alert(1)", "data:image/svg+xml,<svg/>", elsewhere, "//", "x"):
        tell(song(f"With {address}", cover_url=address))
        drawn(page, f"With {address}")
        page.clock.run_for(500)
        assert page.locator(f"{NOW} img").count() == 0
        assert page.locator(f"{NOW} svg").count() == 1
    assert [url for url in asked if not url.startswith(screen.site.origin)] == []
