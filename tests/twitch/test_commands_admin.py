"""Chat commands in the admin, click by click."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from twitch.models import Command, CommandUse, Viewer
from twitch.services.commands import editing

pytestmark = pytest.mark.django_db

URL = "/admin/twitch/command/"


@pytest.fixture
def staff(admin_user: Any) -> Client:
    client = Client()
    client.force_login(admin_user)
    return client


def form(**more: object) -> dict[str, object]:
    return {
        "name": "discord",
        "aliases": "",
        "description": "",
        "kind": "text",
        "template": "Join us!",
        "value": "",
        "write_permission": 2,
        "permission": 0,
        "cooldown_seconds": 0,
        "viewer_cooldown_seconds": 0,
        "is_enabled": "on",
        **more,
    }


def add(staff: Client, **more: object) -> str:
    return str(staff.post(f"{URL}add/", form(**more), follow=True).content.decode())


def test_a_command_is_made_and_changed(staff: Client) -> None:
    add(staff, aliases="!DC chat")
    command = Command.objects.get(name="discord")
    assert command.aliases == ["chat", "dc"]
    page = staff.get(f"{URL}{command.pk}/change/").content.decode()
    assert 'value="chat dc"' in page
    assert "{random:yes|no|maybe}" in page
    staff.post(f"{URL}{command.pk}/change/", form(aliases="dc", template="<b>Come!</b>"))
    command = Command.objects.get(name="discord")
    assert (command.aliases, command.template) == (["dc"], "<b>Come!</b>")
    assert "<b>Come!</b>" not in staff.get(URL).content.decode()


def test_a_name_may_be_written_as_it_is_typed_in_chat(staff: Client) -> None:
    add(staff, name="!Discord", aliases="!DC")
    assert Command.objects.get(name="discord").aliases == ["dc"]


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("name", "no spaces", "1 to 50 of a-z, 0-9 and -."),
        ("name", "time", "!time belongs to another command already."),
        ("aliases", "dc uptime", "!uptime belongs to another command already."),
        ("aliases", "ünï", "1 to 50 of a-z, 0-9 and -."),
        ("aliases", " ".join(f"a{n}" for n in range(21)), "At most 20 aliases."),
        ("template", "", "Say what is answered."),
        ("template", "{nothing}", "{nothing} is not known here."),
        ("template", "{value}", "{value} is not known here."),
        ("kind", "computed", "Select a valid choice"),
        ("cooldown_seconds", "86401", "less than or equal to 86400"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    staff: Client, field: str, value: str, why: str
) -> None:
    assert why in add(staff, **{field: value})
    assert not Command.objects.filter(name="discord").exists()


def test_a_computed_command_is_tuned_but_not_rewritten_or_deleted(staff: Client) -> None:
    command = Command.objects.get(name="uptime")
    page = staff.get(f"{URL}{command.pk}/change/").content.decode()
    assert 'name="template"' not in page
    staff.post(f"{URL}{command.pk}/change/", form(name="uptime", aliases="up", permission=1))
    command.refresh_from_db()
    assert (command.aliases, command.permission, command.template) == (["up"], 1, "")
    assert staff.post(f"{URL}{command.pk}/delete/").status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [command.pk], "post": "yes"}
    page = staff.post(URL, chosen, follow=True).content.decode()
    assert Command.objects.filter(name="uptime").exists()


def test_what_chat_updates_meanwhile_is_not_overwritten(staff: Client) -> None:
    command = editing.create(
        {"name": "today", "kind": "value", "template": "{value}", "value": "old"}, []
    )
    Command.objects.filter(pk=command.pk).update(value="new", count=7)
    changes = form(name="today", kind="value", template="Today: {value}", value="old")
    staff.post(f"{URL}{command.pk}/change/", {**changes, "initial-value": "old"})
    command.refresh_from_db()
    assert (command.template, command.value, command.count) == ("Today: {value}", "new", 7)


def test_commands_are_switched_off_and_on_together(staff: Client) -> None:
    command = Command.objects.get(name="uptime")
    for action, expected in (("switch_off", False), ("switch_on", True)):
        staff.post(URL, {"action": action, "_selected_action": [command.pk]})
        command.refresh_from_db()
        assert command.is_enabled is expected


def test_an_answer_that_was_dropped_shows_why(staff: Client) -> None:
    now = timezone.now()
    viewer = Viewer.objects.create(id="7", login="mo", display_name="<script>Mo")
    CommandUse.objects.create(
        message_id="m1",
        name="time",
        viewer=viewer,
        used_at=now,
        reply="It is noon.",
        status="dropped",
        problem_code="msg_rejected",
        problem="It was held by AutoMod.",
    )
    page = staff.get("/admin/twitch/commanduse/?status__exact=dropped").content.decode()
    assert "It was held by AutoMod." in page
    assert "not sent" in page
    assert "<script>Mo" not in page
    assert staff.get("/admin/twitch/commanduse/m1/change/").status_code == 200
