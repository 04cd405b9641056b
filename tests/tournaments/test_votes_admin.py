"""Votes in the admin: started by adding one, cancelled by an action."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from tests.tournaments import stage
from tests.tournaments.betting import balance, begin, cast, live_match, rich, stake
from tournaments.models import Match, Tournament, VoteEvent

LIST = "/admin/tournaments/voteevent/"


@pytest.fixture
def match(db: None) -> Match:
    return live_match(stage.tournament(8))


@pytest.fixture
def moderator(client: Client, db: None) -> Client:
    """Staff who may run votes, and nothing else."""
    user = User.objects.create(username="moderator", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="run_votes"))
    client.force_login(user)
    return client


def form(live: Match, **fields: Any) -> dict[str, Any]:
    given = {
        "match": live.pk,
        "points_award": 1,
        "cost_per_vote": 10,
        "most_per_viewer": 1,
        "quorum": 1,
        "tie_rule": "none",
        "duration": 60,
    }
    return given | fields


def test_a_moderator_of_votes_starts_one_in_a_live_match(moderator: Client, match: Match) -> None:
    assert "Matches that are live" in moderator.get(f"{LIST}add/").content.decode()
    answer = moderator.post(f"{LIST}add/", form(match))
    assert answer.status_code == 302
    event = VoteEvent.objects.get()
    assert (event.match, event.started_by, event.status) == (match, "moderator", "ACTIVE")
    shown = moderator.get(LIST).content.decode()
    assert "0 : 0" in shown
    assert stage.HOSTILE[0] not in shown
    assert moderator.get(f"{LIST}{event.pk}/change/").status_code == 200


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"points_award": 2}, "54 to 92 %"),
        ({"duration": 5}, "greater than or equal to 10"),
        ({"most_per_viewer": 101}, "most_per_viewer is from 1 to 100"),
        ({"match": "match_404"}, "Select a valid choice"),
    ],
)
def test_what_is_not_allowed_is_said_in_the_form(
    moderator: Client, match: Match, fields: dict[str, Any], said: str
) -> None:
    answer = moderator.post(f"{LIST}add/", form(match, **fields))
    assert said in answer.content.decode()
    assert not VoteEvent.objects.exists()


def test_a_vote_is_cancelled_with_a_reason(moderator: Client, match: Match) -> None:
    event, viewer = begin(match), rich(100)
    cast(event, viewer)
    chosen = {"action": "cancel_selected", "_selected_action": [event.pk], "reason": "Wrong match"}
    answer = moderator.post(LIST, chosen, follow=True)
    assert "the vote is cancelled" in answer.content.decode()
    event.refresh_from_db()
    assert (event.status, balance(viewer)) == ("CANCELLED", 100)
    Tournament.objects.update(status=Tournament.Status.KNOCKOUTS)
    VoteEvent.objects.update(status="COMPLETED", home_award=1)
    assert "the bracket is made of" in moderator.post(LIST, chosen, follow=True).content.decode()


def test_without_the_right_there_is_nothing_to_do(client: Client, match: Match) -> None:
    client.force_login(User.objects.create(username="staff", is_staff=True))
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.get(LIST).status_code == 403


def test_predictions_and_settlements_are_shown(client: Client, match: Match) -> None:
    client.force_login(User.objects.create(username="streamer", is_staff=True, is_superuser=True))
    scheduled = match.tournament.matches.league().filter(matchday=2)[0]
    stake(scheduled, rich(name=stage.HOSTILE[0]), "home", 60)
    for model in ("prediction", "settlement", "voteevent"):
        page = client.get(f"/admin/tournaments/{model}/")
        assert page.status_code == 200
        assert stage.HOSTILE[0] not in page.content.decode()
