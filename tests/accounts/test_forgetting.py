"""Forgetting a person leaves no name behind, and everything adds up."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.contrib.admin.models import LogEntry
from django.db import connection, models
from django.test import Client
from django.utils import timezone
from psycopg import sql

from accounts.models import User
from accounts.registry import StillNeeded
from accounts.services import forgetting, me, people, signing
from accounts.services.signing import Identity
from points.services import audit, ledger
from points.services.ledger import Cause
from sagas.models import Action, Event, Run
from songqueue.models import Block
from tournaments.models import Change, Tournament
from tournaments.services import changes
from twitch.models import Message, Redemption, Reward, Viewer

pytestmark = pytest.mark.django_db(transaction=True)

ID, LOGIN, NAME = "918273645", "ada_of_old", "Ada_Of_Old"
DISCORD_ID = "80351110224678999"


def columns() -> list[tuple[type[models.Model], str]]:
    return [
        (model, str(field.column))
        for model in apps.get_models()
        for field in model._meta.local_fields
        if model._meta.managed
    ]


def places(word: str) -> list[str]:
    """Return every column of every table in which a value holds this text."""
    found = []
    with connection.cursor() as cursor:
        for model, column in columns():
            statement = sql.SQL("SELECT 1 FROM {} WHERE position(%s in {}::text) > 0 LIMIT 1")
            names = sql.Identifier(model._meta.db_table), sql.Identifier(column)
            cursor.execute(statement.format(*names), [word])
            if cursor.fetchone():
                found.append(f"{model._meta.db_table}.{column}")
    return found


@pytest.fixture
def ada(db: None) -> User:
    """Somebody who left traces everywhere."""
    now = timezone.now()
    user = signing.sign_in(Identity("twitch", ID, LOGIN, NAME), now=now)
    signing.link(user, Identity("discord", DISCORD_ID, LOGIN, NAME), now=now)
    viewer = Viewer.objects.get(pk=ID)
    reward = Reward.objects.create(twitch_id="r1", title="Song", cost=5)
    redeem(viewer, reward, now)
    ledger.credit(viewer.pk, 50, cause=Cause("raffle", "roll_1", "A win"), key="test:1")
    Event.objects.create(
        kind="raffle.RollMade",
        key="roll_1",
        payload={"viewer_id": ID, "viewer_name": NAME, LOGIN: "a key", "list": [ID, LOGIN]},
    )
    said = json.dumps({"event": {"user_id": ID, "user_login": LOGIN, "user_input": "my secret"}})
    Message.objects.create(
        message_id="m1",
        kind="notification",
        type="channel.cheer",
        version="1",
        transport="websocket",
        sent_at=now,
        digest=b"",
        body=said,
        handled_at=now,
    )
    Block.objects.create(kind="viewer", value=ID, label=NAME, reason="sings")
    run = Run.objects.create(saga="a", subject_id="1", plan=["a"], status="stuck", due_at=None)
    Action.objects.create(run=run, verb="retry", actor=user, actor_name=NAME)
    return user


def redeem(viewer: Viewer, reward: Reward, now: datetime) -> None:
    Redemption.objects.create(
        id="red1",
        viewer=viewer,
        reward=reward,
        reward_twitch_id="r1",
        reward_title="Song",
        cost=5,
        user_input="my secret song",
        redeemed_at=now,
    )


def test_nothing_names_the_person_any_more(ada: User) -> None:
    assert places(ID)
    assert places(LOGIN)
    forgetting.forget(ada)
    for word in (ID, NAME, "my secret", DISCORD_ID):
        assert places(word) == [], word
    # Only as the name of a key, which is nobody's.
    assert places(LOGIN) == ["sagas_event.payload"]
    payload = Event.objects.get().payload
    assert payload["viewer_name"] == forgetting.NOBODY
    assert payload[LOGIN] == "a key"
    assert payload["list"] == [payload["viewer_id"]] * 2


def test_a_moderator_who_leaves_is_in_no_diary(ada: User) -> None:
    now = timezone.now()
    tournament = Tournament.objects.create(name="Cup")
    changes.note(tournament, "opened", ada.username, {}, now)
    changes.note(tournament, "closed", "streamer", {}, now)
    Block.objects.create(kind="word", value="la", made_by=ada.username)
    streamer = User.objects.create_superuser("streamer")
    for row in (ada, tournament):
        LogEntry.objects.create(
            user=streamer, action_flag=2, object_id=row.pk, object_repr=str(row)
        )
    forgetting.forget(ada)
    for word in (ada.username, NAME):
        assert places(word) == [], word
    assert [change.by for change in Change.objects.order_by("pk")] == [
        forgetting.NOBODY,
        "streamer",
    ]
    assert LogEntry.objects.filter(object_repr=str(tournament)).exists()


def test_the_sums_stay(ada: User) -> None:
    forgetting.forget(ada)
    viewer = Viewer.objects.get()
    assert viewer.pk.startswith("gone-")
    assert viewer.points.balance == 50
    assert list(viewer.points.entries.values_list("amount", flat=True)) == [50]
    assert viewer.redemptions.count() == 1
    assert audit.check() == []


def test_the_account_its_identities_and_sessions_are_gone(ada: User) -> None:
    client = Client()
    client.force_login(ada)
    forgetting.forget(ada)
    assert not User.objects.exists()
    assert client.get("/me").status_code == 302
    assert Action.objects.get().actor_name == forgetting.NOBODY


def test_who_comes_back_is_somebody_new(ada: User) -> None:
    forgetting.forget(ada)
    again = signing.sign_in(Identity("twitch", ID, LOGIN, NAME), now=timezone.now())
    assert again.viewer
    assert not again.viewer.redemptions.exists()
    assert not again.is_banned
    forgetting.forget(again)
    assert Viewer.objects.filter(pk__startswith="gone-").count() == 2


def test_leaving_lifts_no_ban(ada: User) -> None:
    people.ban(ada, "was rude")
    forgetting.forget(ada)
    for identity in (
        Identity("twitch", ID, "new", "New"),
        Identity("discord", DISCORD_ID, "n", "N"),
    ):
        assert signing.sign_in(identity, now=timezone.now()).is_banned


def test_a_ban_comes_along_when_the_identity_is_linked_to_another_account(ada: User) -> None:
    people.ban(ada, "was rude")
    forgetting.forget(ada)
    now = timezone.now()
    other = signing.sign_in(Identity("discord", "5", "n", "N"), now=now)
    assert not other.is_banned
    assert signing.link(other, Identity("twitch", ID, "new", "New"), now=now).is_banned
    people.unban(User.objects.get())
    assert not signing.sign_in(Identity("twitch", ID, "new", "New"), now=now).is_banned


def test_the_owner_and_administrators_cannot_leave_by_accident(
    ada: User, settings: LazySettings
) -> None:
    settings.TWITCH_BROADCASTER_ID = ID
    with pytest.raises(StillNeeded, match="own this channel"):
        forgetting.forget(ada)
    settings.TWITCH_BROADCASTER_ID = "1"
    ada.is_superuser = True
    ada.save()
    with pytest.raises(StillNeeded, match="administrator"):
        forgetting.forget(ada)
    assert places(ID)


def test_a_refusal_of_any_app_leaves_everything_as_it_was(ada: User) -> None:
    from accounts import registry

    class Busy:
        template = ""

        def read(self, viewer: Viewer) -> dict[str, object]:
            return {}

        def export(self, viewer: Viewer) -> None:
            return None

        def forget(self, viewer: Viewer) -> None:
            raise StillNeeded("Your match is not over.")

    registry.personal("busy", "Busy")(Busy)
    try:
        with pytest.raises(StillNeeded):
            forgetting.forget(ada)
    finally:
        del registry._sections["busy"]
    ada.refresh_from_db()
    assert ada.viewer_id == ID
    assert Redemption.objects.get().user_input


def test_the_export_holds_every_section(ada: User) -> None:
    known = me.export(ada)
    assert known["account"]["name"] == NAME
    assert {"twitch", "points", "song_requests", "achievements"} <= known.keys()
    assert known["twitch"]["redemptions"][0]["text"] == "my secret song"
    json.dumps(known)


def test_the_page_shows_what_is_known_and_deletes_for_the_typed_name(ada: User) -> None:
    client = Client()
    client.force_login(ada)
    page = client.get("/me").content.decode()
    for title in ("On Twitch", "Points", "Song requests", "Achievements"):
        assert title in page
    assert client.get("/me/delete").status_code == 200
    assert client.post("/me/delete", {"word": "somebody"}).status_code == 400
    answer = client.post("/me/delete", {"word": NAME})
    assert answer.headers["Location"] == "/me/gone"
    assert client.get("/me/gone").status_code == 200
    assert places(ID) == []


def test_the_api_tells_exports_and_deletes(ada: User) -> None:
    client = Client()
    client.force_login(ada)
    assert client.get("/api/me").json()["viewer_id"] == ID
    export = client.get("/api/me/export")
    assert "attachment" in export.headers["Content-Disposition"]
    wrong = client.post("/api/me/delete", {"confirm": "x"}, "application/json")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "wrong_name")
    assert client.post("/api/me/delete", {"confirm": NAME}, "application/json").status_code == 204
    assert client.get("/api/me").status_code == 401


def test_a_name_that_is_markup_stays_text(db: None) -> None:
    nasty = '<script>alert("x")</script>'
    user = signing.sign_in(Identity("twitch", "5", "nasty", nasty), now=timezone.now())
    client = Client()
    client.force_login(user)
    for address in ("/me", "/me/delete", "/", "/queue"):
        assert "<script>alert" not in client.get(address).content.decode()
