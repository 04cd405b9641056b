"""The sockets that say what changed in tournaments."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.overlay.conftest import Site, _site, hear, site  # noqa: F401 (the fixtures)
from tests.tournaments import stage
from tournaments.models import Tournament
from tournaments.services import changes, matches


@pytest.fixture
def made(site: Site) -> Iterator[Tournament]:  # noqa: F811
    return stage.tournament(8)


def listening(site: Site, path: str) -> ClientConnection:  # noqa: F811
    return connect(f"ws://localhost:{site.port}/ws/{path}", proxy=None)


def test_a_stranger_hears_of_each_revision(made: Tournament, site: Site) -> None:  # noqa: F811
    with listening(site, f"tournament/{made.pk}") as client:
        first = hear(client)
        assert (first["type"], first["seq"]) == ("snapshot", made.revision)
        with transaction.atomic():
            changes.touch(changes.locked(made.pk), "table")
        assert hear(client) == {"type": "changed", "seq": first["seq"] + 1, "what": ["table"]}


def test_a_score_comes_with_its_revision(made: Tournament, site: Site) -> None:  # noqa: F811
    match = made.matches.first()
    assert match
    matches.go_live(match.pk, by="Mo", now=timezone.now())
    with listening(site, f"tournament/{made.pk}") as client:
        seq = hear(client)["seq"]
        matches.score(match.pk, 2, 1)
        assert hear(client)["type"] == "changed"
        told = hear(client)
    assert (told["type"], told["seq"], told["match"]) == ("SCORE_UPDATE", seq + 1, match.pk)
    assert (told["home_goals"], told["away_goals"]) == (2, 1)


def test_nobody_hears_of_what_did_not_happen(made: Tournament, site: Site) -> None:  # noqa: F811
    with listening(site, f"tournament/{made.pk}") as client:
        seq = hear(client)["seq"]
        with transaction.atomic():
            changes.touch(changes.locked(made.pk), "table")
            transaction.set_rollback(True)
        client.send(json.dumps({"type": "snapshot?"}))
        assert hear(client) == {"type": "snapshot", "seq": seq}


def test_who_follows_all_is_told_where_something_changed(
    made: Tournament,
    site: Site,  # noqa: F811
) -> None:
    with listening(site, "tournaments") as client:
        seq = hear(client)["seq"]
        with transaction.atomic():
            changes.touch(changes.locked(made.pk), "matches")
        assert hear(client) == {"type": "tournament", "id": made.pk, "what": ["matches"]}
        client.send(json.dumps({"type": "snapshot?"}))
        assert hear(client)["seq"] == seq + 1


@pytest.mark.parametrize("status", ["DRAFT", ""])
def test_what_is_not_shown_has_no_socket(made: Tournament, site: Site, status: str) -> None:  # noqa: F811
    if status:
        Tournament.objects.update(status=status)
    tournament = made.pk if status else f"tour_{'0' * 26}"
    with (
        listening(site, f"tournament/{tournament}") as client,
        pytest.raises(ConnectionClosed) as caught,
    ):
        hear(client)
    assert caught.value.rcvd
    assert caught.value.rcvd.code == 4403


@pytest.mark.parametrize(
    "path", ["tournament/", "tournament/x", "tournament/tour_1", "tournaments/"]
)
def test_what_cannot_be_an_id_is_no_address(site: Site, path: str) -> None:  # noqa: F811
    with pytest.raises(InvalidStatus):
        listening(site, path)
