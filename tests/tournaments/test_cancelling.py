"""A tournament that is called off: its votes end, and what viewers staked goes back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from points.services import audit
from tests.tournaments import stage
from tests.tournaments.betting import balance, begin, cast, live_match, rich
from tournaments.models import Prediction, VoteEvent
from tournaments.services import predictions, steps

pytestmark = pytest.mark.django_db


def test_votes_end_and_stakes_go_back() -> None:
    cup = stage.tournament(8)
    voter, better = rich(), rich()
    event = begin(live_match(cup))
    cast(event, voter)
    to_come = cup.matches.league().filter(matchday=2)[0]
    predictions.predict(to_come.pk, better, "home", 300, "press")
    assert (balance(voter), balance(better)) == (990, 700)
    for _ in range(2):
        steps.take(cup.pk, "CANCELLED", by="lea", now=timezone.now(), reason="Rain")
    cup.refresh_from_db()
    event.refresh_from_db()
    assert cup.status == "CANCELLED"
    assert event.status == VoteEvent.Status.CANCELLED
    assert Prediction.objects.get().status == "refunded"
    assert (balance(voter), balance(better)) == (1000, 1000)
    assert cup.changes.get(verb="cancelled").reason == "Rain"
    assert audit.check() == []
    assert not cup.matches.filter(status="LIVE")


def test_everybody_reads_why(client: Client) -> None:
    cup = stage.tournament(8)
    assert "was cancelled" not in client.get(f"/tournaments/{cup.pk}").content.decode()
    steps.take(cup.pk, "CANCELLED", by="lea", now=timezone.now(), reason="Rain & storm")
    page = client.get(f"/tournaments/{cup.pk}").content.decode()
    assert "This tournament was cancelled: <bdi>Rain &amp; storm</bdi>" in page
    who = stage.registration(cup, status="PENDING").viewer
    client.force_login(User.objects.create(username="registered", viewer=who))
    assert 'class="place"' not in client.get(f"/tournaments/{cup.pk}").content.decode()
    shown = client.get(f"/api/tournaments/{cup.pk}").json()
    assert shown["cancelled_because"] == "Rain & storm"
