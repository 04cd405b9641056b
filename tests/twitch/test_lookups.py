"""What Helix tells any application: live streams by people and games, people, categories."""

from __future__ import annotations

import pytest

from tests.backstage import Backstage
from twitch.client import lookups
from twitch.client.errors import Unreachable

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = 70_000_001


@pytest.fixture
def crowd(backstage: Backstage) -> Backstage:
    backstage.control("twitch/crowd", size=4000, live=2000)
    return backstage


def test_streams_are_found_by_who_streams(crowd: Backstage) -> None:
    found = lookups.streams_by_ids([str(FIRST), str(FIRST + 3999), "1000"])
    (stream,) = found.rows
    assert (stream.user_id, stream.user_login) == (str(FIRST), "streamer00000")
    assert stream.language == "en"
    assert stream.thumbnail_url.startswith("https://")


def test_an_answer_says_what_is_left_of_the_budget(crowd: Backstage) -> None:
    budget = lookups.streams_by_ids(["1000"]).budget
    assert budget is not None
    assert budget.limit == 800
    assert 700 < budget.remaining < 800


def test_a_games_streams_come_in_pages(crowd: Backstage) -> None:
    first = lookups.streams_by_game("743")
    second = lookups.streams_by_game("743", first.cursor)
    last = lookups.streams_by_game("743", second.cursor)
    assert [len(it.rows) for it in (first, second, last)] == [100, 100, 50]
    assert last.cursor == ""
    ids = {row.id for page in (first, second, last) for row in page.rows}
    assert len(ids) == 250


def test_people_are_found_by_login_and_id(crowd: Backstage) -> None:
    found = lookups.users_by(logins=["Mo", "nobody-there"], ids=["1000"])
    assert {it.login for it in found} == {"mo", "greenroom"}


def test_categories_are_found_by_id_and_by_words(crowd: Backstage) -> None:
    assert [it.name for it in lookups.games_by_ids(["743", "1"])] == ["Chess"]
    assert [it.id for it in lookups.search_categories("chess")] == ["743"]
    assert lookups.search_categories("no such thing") == []


def test_a_twitch_that_is_away_is_said_so(crowd: Backstage) -> None:
    crowd.breaks("500", path="/twitch/helix")
    with pytest.raises(Unreachable):
        lookups.search_categories("chess")
