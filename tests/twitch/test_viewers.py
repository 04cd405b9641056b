"""Viewers and their names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from twitch.models import Viewer
from twitch.services import viewers

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_viewer_is_known_by_id_and_called_by_the_newest_name() -> None:
    viewers.remember("7", "old_name", "Old_Name", NOON)
    viewers.remember("7", "new_name", "New_Name", NOON + HOUR)
    viewer = Viewer.objects.get()
    assert (viewer.pk, viewer.login, viewer.display_name) == ("7", "new_name", "New_Name")


def test_older_news_do_not_rename() -> None:
    viewers.remember("7", "first", "First", NOON)
    viewers.remember("7", "first", "First", NOON + 2 * HOUR)
    viewers.remember("7", "between", "Between", NOON + HOUR)
    assert Viewer.objects.get().login == "first"


def test_a_login_that_another_had_before_is_no_conflict() -> None:
    viewers.remember("7", "nice_name", "Nice_Name", NOON)
    viewers.remember("8", "nice_name", "Nice_Name", NOON + HOUR)
    assert Viewer.objects.filter(login="nice_name").count() == 2


def test_without_a_display_name_the_login_is_shown() -> None:
    viewers.remember("7", "mo", "", NOON)
    assert str(Viewer.objects.get()) == "mo"


def test_chat_uses_the_name_that_notifies() -> None:
    assert viewers.name_in_chat(Viewer(id="1", login="mo", display_name="Mo")) == "Mo"
    assert viewers.name_in_chat(Viewer(id="2", login="hana", display_name="ハナ")) == "hana"
