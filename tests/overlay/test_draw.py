"""The ceremony of a draw on the overlay, in a real Chromium."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from tests.overlay.screen import Screen, is_transparent
from tests.tournaments import stage
from tests.tournaments.cups import cup
from tournaments.models import Tournament
from tournaments.services import drawing
from tournaments.services.drawing import Verb

pytestmark = pytest.mark.browser
DRAW, SPOT = "[data-part=draw]", "[data-part=draw-spot]"
OUTSIDE = """() => [...document.querySelectorAll("[data-part=draw] *")].filter((element) => {
  const { right, bottom } = element.getBoundingClientRect();
  return right > innerWidth + 1 || bottom > innerHeight + 1;
}).length"""


def ready(players: int = 12) -> Tournament:
    made = cup(players)
    drawing.run_league_draw(made.pk, by="lea", now=timezone.now(), ceremony=True)
    return made


def direct(made: Tournament, verb: Verb, pace: float | None = None) -> None:
    drawing.control(made.pk, verb, by="lea", now=timezone.now(), pace=pace)


def test_the_ceremony_comes_moves_on_and_goes(screen: Screen) -> None:
    page = screen.blank()
    page.goto(f"{screen.site.page(screen.token)}&only=draw")
    page.wait_for_timeout(300)
    assert is_transparent(page)

    made = ready()
    page.get_by_text("The draw begins soon").wait_for()
    direct(made, Verb.SPEED, pace=1.0)
    direct(made, Verb.START)
    # A page that is held up skips a player.
    page.get_by_text(re.compile(r"\b([3-9]|1[0-2]) of 12")).wait_for()
    assert stage.HOSTILE[0] in page.inner_text("[data-part=draw-pots]")

    direct(made, Verb.SKIP)
    page.get_by_text("12 of 12").wait_for()
    page.locator(DRAW).wait_for(state="hidden", timeout=60_000)
    assert is_transparent(page)


def test_only_who_asks_for_it_gets_it(screen: Screen) -> None:
    ready()
    page = screen.open()
    page.clock.run_for(2000)
    assert page.locator(DRAW).is_hidden()


@pytest.mark.parametrize("players", [8, 36, 62, 64])
@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (640, 360)])
def test_every_size_of_tournament_fits_every_source(
    screen: Screen, players: int, size: tuple[int, int]
) -> None:
    made = ready(players)
    direct(made, Verb.STEP)
    page = screen.blank(size)
    page.goto(f"{screen.site.page(screen.token)}&only=draw&motion=0")
    page.locator(SPOT).wait_for()
    assert page.evaluate(OUTSIDE) == 0


def test_its_demo_needs_no_tournament(screen: Screen) -> None:
    page = screen.load("&only=draw&demo")
    page.get_by_text("1 of 36").wait_for()
