"""Registering over HTTP, with the rehearsal's Twitch saying who subscribes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.backstage import Backstage, at_once
from tests.tournaments import stage
from tests.tournaments.curating import cup, go
from tournaments.models import Registration, Tournament
from tournaments.rules import states
from twitch.models import Viewer

pytestmark = pytest.mark.django_db(transaction=True)

OPEN = states.REGISTRATION_OPEN
ADA, VERA = "1004", "1003"  # A subscriber of the rehearsal, and somebody who is none.


@pytest.fixture(autouse=True)
def _connected(backstage: Backstage) -> None:
    backstage.connect()


def signed_in(twitch_id: str, **columns: Any) -> Client:
    viewer = Viewer.objects.create(id=twitch_id, login=f"v{twitch_id}", display_name="Ann")
    client = Client()
    client.force_login(User.objects.create_user(f"u{twitch_id}", viewer=viewer, **columns))
    return client


def an_open(**settings: Any) -> Tournament:
    return go(cup(is_for_subscribers=True, **settings), OPEN)


def register(client: Client, tournament: Tournament) -> Any:
    return client.post(f"/api/tournaments/{tournament.pk}/register")


def mine(client: Client, tournament: Tournament) -> Any:
    return client.get(f"/api/tournaments/{tournament.pk}/my-registration-status").json()


def test_a_subscriber_registers_with_evidence() -> None:
    tournament, ada = an_open(), signed_in(ADA)
    assert mine(ada, tournament)["status"] == "NOT_REGISTERED"
    assert mine(ada, tournament)["can_register"] is True
    answer = register(ada, tournament)
    assert answer.status_code == 201, answer.json()
    assert (answer.json()["status"], answer.json()["tier"]) == ("PENDING", "1000")
    assert answer.json()["subscription_seen_at"]
    assert mine(ada, tournament) == answer.json()
    assert Registration.objects.get().viewer_id == ADA


def test_to_register_again_changes_nothing(backstage: Backstage) -> None:
    tournament, ada = an_open(), signed_in(ADA)
    first = register(ada, tournament).json()
    again = register(ada, tournament)
    assert (again.status_code, again.json()) == (200, first)
    assert backstage.calls("/subscriptions", "GET") == 1


def test_two_presses_at_once_are_one_registration() -> None:
    tournament, ada = an_open(), signed_in(ADA)
    answers = at_once(5, lambda: register(ada, tournament).status_code)
    assert sorted(answers, key=str) == [200, 200, 200, 200, 201]
    assert Registration.objects.count() == 1


def test_who_does_not_subscribe_is_told_so() -> None:
    tournament, vera = an_open(), signed_in(VERA)
    answer = register(vera, tournament)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_subscribed")
    Tournament.objects.update(is_for_subscribers=False)
    assert register(vera, tournament).status_code == 201


@pytest.mark.parametrize("fault", ["500", "429", "drop_after", "revoked"])
def test_nobody_is_turned_down_while_twitch_is_away(backstage: Backstage, fault: str) -> None:
    tournament, ada = an_open(), signed_in(ADA)
    if fault == "revoked":
        backstage.connect(without="channel:read:subscriptions")
    else:
        backstage.breaks(fault, path="/twitch/helix/subscriptions")
    answer = register(ada, tournament)
    assert (answer.status_code, answer.json()["code"]) == (503, "try_again")
    assert 1 <= int(answer.headers["Retry-After"]) <= 300
    assert not Registration.objects.exists()
    assert mine(ada, tournament)["status"] == "NOT_REGISTERED"


def test_without_a_connection_nobody_is_turned_down() -> None:
    from tokens.models import Token

    Token.objects.all().delete()
    answer = register(signed_in(ADA), an_open())
    assert (answer.status_code, answer.json()["code"]) == (503, "try_again")


def test_registration_has_its_times() -> None:
    ada = signed_in(ADA)
    tournament = cup(is_for_subscribers=True)
    assert register(ada, tournament).status_code == 404  # A draft is nobody's.
    go(tournament, OPEN)
    Tournament.objects.update(registration_closes_at=timezone.now() - timedelta(seconds=1))
    assert register(ada, tournament).json()["code"] == "registration_closed"
    Tournament.objects.update(registration_closes_at=None)
    go(tournament, states.REGISTRATION_CLOSED)
    assert register(ada, tournament).status_code == 409
    assert mine(ada, tournament)["can_register"] is False


def test_nobody_is_in_too_many_tournaments(settings: LazySettings) -> None:
    settings.TOURNAMENT_MOST_REGISTRATIONS = 2
    ada = signed_in(ADA)
    first, second, third = an_open(), an_open(), an_open()
    assert register(ada, first).status_code == register(ada, second).status_code == 201
    assert register(ada, third).json()["code"] == "too_many_tournaments"
    assert ada.delete(f"/api/tournaments/{first.pk}/register").status_code == 200
    assert register(ada, third).status_code == 201


def test_nobody_slips_past_the_limit(settings: LazySettings) -> None:
    settings.TOURNAMENT_MOST_REGISTRATIONS = 1
    ada = signed_in(ADA)
    left = [an_open() for _ in range(4)]
    answers = at_once(4, lambda: register(ada, left.pop()).status_code)
    assert sorted(answers, key=str) == [201, 409, 409, 409]


def test_who_withdrew_can_come_back(backstage: Backstage) -> None:
    tournament, ada = an_open(), signed_in(ADA)
    register(ada, tournament)
    gone = ada.delete(f"/api/tournaments/{tournament.pk}/register")
    assert (gone.status_code, gone.json()["status"]) == (200, "WITHDRAWN")
    assert gone.json()["can_register"] is True
    assert ada.delete(f"/api/tournaments/{tournament.pk}/register").json() == gone.json()
    backstage.control("subscribe", viewer="ada", tier="3000")
    back = register(ada, tournament)
    assert (back.status_code, back.json()["tier"]) == (201, "3000")
    assert back.json()["withdrawn_at"] is None


def test_who_never_registered_has_nothing_to_withdraw() -> None:
    tournament = an_open()
    assert signed_in(ADA).delete(f"/api/tournaments/{tournament.pk}/register").status_code == 404


def test_a_player_withdraws_until_the_draw() -> None:
    tournament = stage.tournament(8, status="AWAITING_SELECTION")
    player = tournament.participants.get(seed=2)
    client = Client()
    client.force_login(User.objects.create_user("player", viewer=player.viewer))
    Tournament.objects.update(status="LEAGUE_PHASE")
    refused = client.delete(f"/api/tournaments/{tournament.pk}/register")
    assert (refused.status_code, refused.json()["code"]) == (409, "drawn")
    Tournament.objects.update(status="AWAITING_SELECTION")
    assert client.delete(f"/api/tournaments/{tournament.pk}/register").status_code == 200
    player.refresh_from_db()
    assert player.withdrawn_at


def test_the_banned_and_the_unknown_do_not_register() -> None:
    tournament = an_open()
    banned = signed_in(ADA, is_banned=True)
    assert register(banned, tournament).json()["code"] == "banned"
    assert mine(banned, tournament)["status"] == "NOT_REGISTERED"
    assert register(Client(), tournament).status_code == 401
    client = Client()
    client.force_login(User.objects.create_user("nobody"))
    assert register(client, tournament).json()["code"] == "no_viewer"


def test_the_lists_show_what_everybody_may_see() -> None:
    cup(name="Secret")
    tournament, ada = an_open(name="Autumn"), signed_in(ADA)
    register(ada, tournament)
    (row,) = Client().get("/api/tournaments").json()["results"]
    assert (row["name"], row["registered"], row["is_registration_open"]) == ("Autumn", 1, True)
    assert Client().get("/api/tournaments/live").json()["results"] == []
    played = stage.tournament(8, name="Played")
    (row,) = Client().get("/api/tournaments/live").json()["results"]
    assert (row["id"], row["participants"]) == (played.pk, 8)
    document = Client().get(f"/api/tournaments/{tournament.pk}").json()
    assert (document["registered"], document["is_registration_open"]) == (1, True)
    assert document["format"][0].startswith("36 players")
