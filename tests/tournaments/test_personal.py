"""What viewers read of themselves, take along and have erased."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.registry import StillNeeded
from accounts.services import forgetting
from points.models import Entry
from points.services import audit
from tests.tournaments import stage
from tests.tournaments.betting import balance, begin, cast, enter, live_match, rich, settle, stake
from tests.tournaments.curating import NOON, selecting
from tournaments.management import replay
from tournaments.models import Prediction, Registration, Stake, Tournament, Vote, VoteEvent
from tournaments.personal import Tournaments
from tournaments.services import drawing, votes
from tournaments.services.curation import lots, publishing
from twitch.models import Viewer


@pytest.fixture
def made(db: None) -> Tournament:
    return stage.tournament(8)


@pytest.fixture
def viewer(made: Tournament) -> Viewer:
    """Somebody who takes part in everything."""
    viewer = rich(name=stage.HOSTILE[0])
    opened = Tournament.objects.create(name="Spring Cup", status="REGISTRATION_OPEN")
    stage.registration(opened, viewer, note="Rude in chat", tags=["late"])
    cast(begin(live_match(made)), viewer)
    stake(made.matches.league().filter(matchday=2)[0], viewer, "draw", 60)
    return viewer


def test_the_own_page_shows_what_is_open_and_what_was(client: Client, viewer: Viewer) -> None:
    client.force_login(User.objects.create(username="viewer", viewer=viewer))
    page = client.get("/me").content.decode()
    assert "Spring Cup" in page
    assert "60 on a draw: open" in page
    assert "10 points: active" in page
    assert "Staked: match day 2 of Autumn Cup" in page
    assert f'href="/matches/{Entry.objects.latest("pk").cause_id}"' in page
    assert stage.HOSTILE[0] not in page


def test_what_is_known_can_be_taken_along(viewer: Viewer) -> None:
    taken = json.loads(json.dumps(Tournaments().export(viewer)))
    assert [entry["note"] for entry in taken["registrations"]] == ["Rude in chat"]
    assert [vote["cost"] for vote in taken["votes"]] == [10]
    assert [bet["points_wagered"] for bet in taken["predictions"]] == [60]


def test_who_is_forgotten_withdraws_and_leaves_no_words(viewer: Viewer) -> None:
    votes.finish(VoteEvent.objects.get().pk, now=timezone.now() + timedelta(hours=1))
    Tournaments().forget(viewer)
    entry = Registration.objects.get(viewer=viewer)
    assert (entry.status, entry.note, entry.tags) == ("WITHDRAWN", "", [])
    assert Vote.objects.get().key.startswith("erased:")
    assert Stake.objects.get().key.startswith("erased:")


def test_a_player_who_is_forgotten_after_the_draw_stays_in_it(made: Tournament) -> None:
    player = made.participants.all()[0]
    Tournaments().forget(player.viewer)
    assert Registration.objects.get(viewer=player.viewer).status == "CONFIRMED"


@pytest.mark.django_db
def test_proofs_of_lots_name_nobody_and_hold_when_somebody_leaves() -> None:
    tournament = selecting(50)
    lots.fill(tournament.pk, by="lea", now=NOON)
    publishing.publish(tournament.pk, by="lea", now=NOON)
    player = tournament.participants.all()[3].viewer
    forgetting.forget(User.objects.create(username=f"twitch-{player.pk}", viewer=player))
    document = json.loads(DjangoJSONEncoder().encode(drawing.document(tournament, NOON)))
    assert f'"{player.pk}"' not in json.dumps(document)
    (proof,) = (it for it in document["drawings"] if it["purpose"] == "selection")
    assert "in the order of lots" in replay.check(proof)
    players = {it["registration"]: it["name"] for pot in document["pots"] for it in pot}
    assert set(proof["result"]["by_lot"]) <= players.keys()
    assert forgetting.NOBODY in players.values()


def test_nobody_votes_twice_by_leaving_and_coming_back(viewer: Viewer) -> None:
    user = User.objects.create(username="viewer", viewer=viewer)
    with pytest.raises(StillNeeded, match="goes on"):
        forgetting.forget(user)
    assert Vote.objects.get().viewer == viewer
    assert Registration.objects.get(viewer=viewer).status == "PENDING"


def test_what_was_staked_is_paid_to_nobody_once_somebody_left(
    made: Tournament, viewer: Viewer
) -> None:
    event = VoteEvent.objects.get()
    votes.cancel(event.pk, by="lea", now=timezone.now())
    forgetting.forget(User.objects.create(username="viewer", viewer=viewer))
    bet = Prediction.objects.get()
    enter(bet.match, 1, 1)
    settle(bet.match)
    bet.refresh_from_db()
    assert bet.viewer_id.startswith("gone-")
    assert bet.status != Prediction.Status.OPEN
    assert balance(bet.viewer) == 1000
    assert audit.check() == []
