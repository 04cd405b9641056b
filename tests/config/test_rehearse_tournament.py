"""The rehearsal of a tournament, against a running web process."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from points.services import audit
from tests.backstage import Backstage
from tests.overlay.conftest import Site
from tournaments.models import Registration, Tournament
from tournaments.rules import states
from tournaments.services import creation, drawing
from tournaments.services.curation import publishing
from tournaments.services.states import move

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "open sesame"


@pytest.fixture(scope="module")
def _keyed(django_db_setup: None) -> Iterator[Site]:
    """A web process that knows the admin key."""
    site = Site()
    site.env["ADMIN_KEY"] = KEY
    site.start()
    yield site
    site.stop()


@pytest.fixture
def cup(_keyed: Site, rehearsal_url: str, settings: LazySettings) -> Tournament:
    """A tournament of eight, for which viewers can register."""
    Backstage(rehearsal_url).connect()
    settings.PUBLIC_URL, settings.ADMIN_KEY = _keyed.origin, KEY
    made = creation.create(
        {"name": "Rehearsed cup", "max_participants": 8}, by="lea", now=timezone.now()
    )
    return move(made.pk, states.REGISTRATION_OPEN, by="lea", now=timezone.now())


def command(*words: str) -> str:
    said = StringIO()
    call_command("rehearse_tournament", *words, stdout=said)
    return said.getvalue()


def test_a_tournament_is_rehearsed_from_registration_to_its_champion(cup: Tournament) -> None:
    assert "9 viewers are registered" in command("register", "--viewers", "9")
    assert cup.registrations.filter(status="PENDING", tier__gt="").count() == 9
    now = timezone.now()
    for to in (states.REGISTRATION_CLOSED, states.AWAITING_SELECTION):
        move(cup.pk, to, by="lea", now=now)
    chosen = list(cup.registrations.order_by("registered_at").values_list("viewer", flat=True)[:8])
    publishing.publish(cup.pk, by="lea", now=now, viewer_ids=chosen)
    drawing.run_league_draw(cup.pk, by="lea", now=now, ceremony=False)
    assert "4 matches" in command("play", "--until", "day")
    assert "20 matches" in command("play", "--until", "league")
    cup.refresh_from_db()
    assert cup.status == states.KNOCKOUTS
    command("play", "--tournament", cup.pk)
    cup.refresh_from_db()
    assert cup.status == states.COMPLETED
    assert cup.participants.filter(status="WINNER").count() == 1
    assert audit.check() == []


def test_nothing_is_rehearsed_for_real(settings: LazySettings) -> None:
    settings.REHEARSAL = False
    with pytest.raises(CommandError, match="not a rehearsal"):
        command("play")


def test_there_must_be_a_tournament_and_a_key(settings: LazySettings) -> None:
    with pytest.raises(CommandError, match="registration open"):
        command("register")
    Tournament.objects.create(name="On", status="LEAGUE_PHASE")
    settings.ADMIN_KEY = ""
    with pytest.raises(CommandError, match="ADMIN_KEY"):
        command("play")


def test_a_server_that_is_away_is_named(cup: Tournament, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "http://localhost:1"
    with pytest.raises(CommandError, match="does not answer"):
        command("register", "--viewers", "1")
    assert not Registration.objects.exists()
