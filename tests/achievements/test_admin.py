from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from achievements.models import Change, Definition, HiddenViewer, Standing
from achievements.services import counting
from tests.achievements.conftest import roll, song
from twitch.models import Viewer

PAGE = "/admin/achievements/definition/"
FORM = {
    "key": "lucky_seven",
    "name": "Lucky Seven",
    "description": "Roll a seven",
    "icon": "🍀",
    "category": "raffle",
    "position": 50,
    "fact": "raffle.RollMade",
    "condition": '{"roll": 7}',
    "counter": "count",
    "threshold": 1,
    "scope": "cumulative",
    "measure": "",
    "enabled": "on",
}


@pytest.fixture
def streamer(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("streamer"))
    return client


def test_a_definition_is_made_without_code_and_counts(streamer: Client, ann: Viewer) -> None:
    assert streamer.post(f"{PAGE}add/", FORM).status_code == 302
    counting.hear(roll(ann, 1, 6))
    assert Standing.objects.held().filter(definition="lucky_seven", viewer=ann).exists()
    html = streamer.get(PAGE).content.decode()
    assert "🍀 Lucky Seven" in html


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"condition": "{roll: 7}"}, "Enter a valid JSON"),
        ({"condition": '{"luck": 7}'}, "no field"),
        ({"condition": '{"roll": "seven"}'}, "is not a whole number"),
        ({"condition": r'{"viewer_name": "\u0000"}'}, "no text can have"),
        ({"threshold": 0}, "greater than or equal to 1"),
        ({"counter": "record"}, "must measure a number"),
        ({"counter": "first_of_session"}, "scope session"),
        ({"fact": "raffle.RollLost"}, "Select a valid choice"),
        ({"key": "Lucky Seven"}, "may stand in a key"),
        ({"key": "first_roll"}, "already exists"),
    ],
)
def test_a_senseless_definition_is_refused_with_its_reason(
    streamer: Client, wrong: dict[str, Any], complaint: str
) -> None:
    answer = streamer.post(f"{PAGE}add/", {**FORM, **wrong})
    assert answer.status_code == 200
    assert complaint in answer.content.decode()
    assert Definition.objects.count() == 13


def test_a_condition_that_is_left_empty_demands_nothing(streamer: Client) -> None:
    assert streamer.post(f"{PAGE}add/", {**FORM, "condition": ""}).status_code == 302
    assert Definition.objects.get(key="lucky_seven").condition == {}


def test_a_dry_run_names_who_would_earn_it_and_then_applies_it(
    streamer: Client, ann: Viewer
) -> None:
    counting.hear(roll(ann, 1, 6))
    page = f"{PAGE}lucky_seven/dry-run/"
    saved = streamer.post(f"{PAGE}add/", FORM, follow=True)
    assert f'href="{page}"' in saved.content.decode()
    html = streamer.get(page).content.decode()
    assert "1 would earn it" in html
    assert "Ann" in html
    assert not Standing.objects.filter(definition="lucky_seven").exists()
    assert streamer.post(page).status_code == 302
    assert Standing.objects.held().filter(definition="lucky_seven").count() == 1
    assert Change.objects.get().actor_name == "streamer"


def test_every_page_opens(streamer: Client, ann: Viewer) -> None:
    counting.hear(song(ann, 1))
    HiddenViewer.objects.create(viewer=ann)
    for table in ("definition", "standing", "heardfact", "hiddenviewer", "change"):
        assert streamer.get(f"/admin/achievements/{table}/").status_code == 200, table
    assert streamer.get(f"{PAGE}first_request/change/").status_code == 200
