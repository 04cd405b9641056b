"""Each button asks for its right on the server, whatever the page shows."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission

from accounts.services.roles import write as write_roles
from studio.services import roles
from tests.studio.conftest import Enter, person

pytestmark = pytest.mark.django_db

MODERATORS = ("Song queue moderator", "Show moderator", "Redemption moderator")
WHO = ("viewer", "staff", *MODERATORS, "streamer")
# What each of WHO gets: there is no run 1, no request x, and nothing is connected.
NOBODY_BUT_STREAMER = (403, 403, 403, 403, 403)
TABLE = {
    ("GET", "/studio"): (403, 200, 200, 200, 200, 200),
    ("GET", "/studio/shows"): (403, 200, 200, 200, 200, 200),
    ("GET", "/studio/setup"): (*NOBODY_BUT_STREAMER, 200),
    ("POST", "/studio/setup/chat"): (*NOBODY_BUT_STREAMER, 409),
    ("POST", "/studio/songs/skip"): (403, 403, 200, 200, 403, 200),
    ("POST", "/studio/songs/pause"): (403, 403, 200, 200, 403, 200),
    ("POST", "/studio/songs/resume"): (403, 403, 200, 200, 403, 200),
    ("POST", "/studio/songs/x/remove"): (403, 403, 404, 404, 403, 404),
    ("POST", "/studio/songs/x/block/viewer"): (403, 403, 404, 404, 403, 404),
    ("POST", "/studio/samples/roll"): (403, 403, 403, 200, 403, 200),
    ("POST", "/studio/replays/roll/x"): (403, 403, 403, 404, 403, 404),
    ("POST", "/studio/samples/nothing"): (403, 403, 403, 404, 403, 404),
    ("POST", "/studio/sheets/table"): (403, 403, 403, 409, 403, 409),
    ("POST", "/studio/sheets/nothing"): (403, 403, 403, 404, 403, 404),
    ("POST", "/studio/runs/1/retry"): (403, 403, 403, 403, 404, 404),
    ("POST", "/studio/runs/1/explode"): (403, 403, 403, 403, 404, 404),
}


@pytest.mark.parametrize("who", WHO)
def test_everybody_gets_what_their_role_allows(who: str, enter: Enter) -> None:
    client = enter(who)
    due = {request: statuses[WHO.index(who)] for request, statuses in TABLE.items()}
    assert {r: client.generic(*r).status_code for r in TABLE} == due


def test_strangers_have_no_right() -> None:
    assert roles.rights(AnonymousUser()) == frozenset()


def test_whoever_was_deactivated_has_no_right() -> None:
    streamer = person("streamer")
    streamer.is_active = False
    assert roles.rights(streamer) == frozenset()


def test_a_button_that_may_not_be_pressed_is_not_shown(enter: Enter) -> None:
    page = enter("Song queue moderator").get("/studio").content.decode()
    assert "Pause requests" in page
    assert "leaves nothing behind" not in page


def test_who_is_no_staff_is_not_sent_backstage(enter: Enter) -> None:
    assert "/connect/twitch/broadcaster" in enter("staff").get("/studio").content.decode()
    page = enter("Show moderator").get("/studio").content.decode()
    assert "Connect the broadcaster" in page
    for place in ("/connect/", "/admin/", "/studio/setup"):
        assert place not in page


def test_a_role_that_the_streamer_changed_stays_changed() -> None:
    role = Group.objects.get(name="Show moderator")
    role.permissions.set(Permission.objects.filter(codename="look"))
    write_roles()
    assert role.permissions.count() == 1
