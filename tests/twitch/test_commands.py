"""Chat commands, from the line in chat to the answer under it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sagas import forward, poke
from sagas.flow import Refused
from sagas.models import Run
from tests.backstage import Backstage, at_once, live
from tests.twitch.deliveries import CHAT, Delivery, Postman, intake_in_thread, message
from twitch import registry, tasks
from twitch.models import Command, CommandUse, Message, Viewer
from twitch.registry import Invocation, Permission, command
from twitch.services.commands import editing, hearing

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/twitch/helix/chat/messages"
Say = Callable[..., str]


def written(name: str = "discord", *aliases: str, **settings: Any) -> Command:
    """Make a command of the streamer's."""
    row = Command(name=name, **{"template": "Join us!", **settings})
    editing.save(row, aliases)
    return row


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Command]:
    """Registers code as a command, and gives it its row."""

    def make(answer: Callable[[Invocation], str], **settings: Any) -> Command:
        monkeypatch.setattr(registry, "_commands", dict(registry.commands()))
        command("echo", help="Says it again.", **settings)(answer)
        editing.install()
        return Command.objects.get(handler="echo")

    return make


@pytest.fixture
def said(backstage: Backstage) -> Callable[[], list[str]]:
    """What Greenroom said in chat, oldest first."""
    backstage.connect()
    backstage.connect("bot")
    return lambda: [
        effect["detail"]["text"]
        for effect in backstage.effects("chat_sent")
        if effect["detail"]["by"] != "person"
    ]


@pytest.fixture
def say(backstage: Backstage) -> Say:
    """Lets a viewer say something, as EventSub tells it; returns the chat message's id."""

    def speak(text: str, viewer: str = "ada", times: int = 1, **changes: Any) -> str:
        event = chat_event(backstage, text, viewer, **changes)
        for _ in range(times):
            Message.objects.create(**stored(event))
        tasks.begin_messages()
        return str(event["message_id"])

    return speak


def chat_event(backstage: Backstage, text: str, viewer: str = "ada", **changes: Any) -> Any:
    """Say it in the rehearsal's chat; returns the event."""
    told = backstage.control("chat", viewer=viewer, text=text or "nothing")
    person = next(it for it in backstage.look("state")["viewers"] if it["login"] == viewer)
    return {
        "message_id": told["message_id"],
        "broadcaster_user_id": "1000",
        "source_broadcaster_user_id": None,
        "chatter_user_id": person["id"],
        "chatter_user_login": person["login"],
        "chatter_user_name": person["display_name"],
        "badges": [{"set_id": role, "id": "1", "info": ""} for role in person["roles"]],
        "message": {"text": text},
        **changes,
    }


def stored(event: Any, ago: timedelta = timedelta(0)) -> dict[str, Any]:
    return {
        "message_id": str(uuid4()),
        "kind": "notification",
        "type": CHAT,
        "version": "1",
        "transport": "websocket",
        "sent_at": timezone.now() - ago,
        "digest": b"",
        "body": json.dumps(message(CHAT, **event)),
    }


# --- Answers ---------------------------------------------------------------------------------


def test_a_command_is_answered_under_its_message(
    backstage: Backstage, say: Say, said: Callable[[], list[str]]
) -> None:
    written()
    asked = say("!discord")
    assert said() == ["Join us!"]
    answered = backstage.look("chat")["chat"][-1]
    assert (answered["parent_id"], answered["viewer"]) == (asked, "greenroom_bot")
    use = CommandUse.objects.get()
    assert (use.pk, use.status, use.reply_id) == (asked, "sent", answered["id"])


@pytest.mark.parametrize(
    "text", ["  !DISCORD", "!Dc  now", "!discord \U000e0000", "!discord\u034f"]
)
def test_a_command_is_known_by_its_names_in_any_case(
    say: Say, said: Callable[[], list[str]], text: str
) -> None:
    written("discord", "dc")
    say(text)
    assert said() == ["Join us!"]


@pytest.mark.parametrize(
    "text", ["discord", "say !discord", "! discord", "!!discord", "!", "!discord!", "!nothing", ""]
)
def test_ordinary_chat_is_silent_and_leaves_no_record(
    say: Say, said: Callable[[], list[str]], text: str
) -> None:
    written()
    say(text)
    assert said() == []
    assert not CommandUse.objects.exists()


def test_the_argument_keeps_its_case(
    say: Say, said: Callable[[], list[str]], computed: Callable[..., Command]
) -> None:
    calls: list[Invocation] = []
    computed(lambda call: calls.append(call) or call.argument, aliases=("e",))
    say("!E  Straße  @Mo \n x ", viewer="mo")
    assert said() == ["Straße @Mo x"]
    (call,) = calls
    assert (call.name, call.permission, call.viewer.login) == ("e", Permission.MODERATOR, "mo")


def test_a_template_is_filled_in(say: Say, said: Callable[[], list[str]]) -> None:
    written("hug", template="{user} hugs {random: {user} } for the {count}. time")
    say("!hug")
    say("!hug")
    assert said() == ["Ada hugs Ada for the 1. time", "Ada hugs Ada for the 2. time"]


def test_a_name_in_another_script_is_said_so_that_it_notifies(
    say: Say, said: Callable[[], list[str]]
) -> None:
    written("hug", template="@{user}!")
    say("!hug", viewer="hana")
    assert said() == ["@hana!"]


@pytest.mark.parametrize("start", ["/ban mo", ".me", "!discord"])
def test_nothing_in_a_template_or_value_is_a_command(
    say: Say, said: Callable[[], list[str]], start: str
) -> None:
    written("a", template=start)
    written("b", kind="value", template="{value}", value=start)
    say("!a")
    say("!b")
    assert said() == [f"\u200b{start}"] * 2


def test_an_empty_answer_is_silent(
    say: Say, said: Callable[[], list[str]], computed: Callable[..., Command]
) -> None:
    computed(lambda call: "")
    written("today", kind="value", template="Today: {value}")
    say("!echo")
    say("!today")
    assert said() == []
    assert {use.status for use in CommandUse.objects.all()} == {"silent"}


def test_a_long_answer_is_cut_and_says_where_there_is_more(
    say: Say,
    said: Callable[[], list[str]],
    computed: Callable[..., Command],
    settings: Any,
) -> None:
    settings.PUBLIC_URL = "https://greenroom.example"
    computed(lambda call: "👩‍👩‍👧‍👦 " * 200)
    say("!echo")
    (text,) = said()
    assert text.endswith("👩‍👩‍👧‍👦… https://greenroom.example/commands")
    assert len(text.encode("utf-16-le")) // 2 <= 500


# --- Who, and how often ----------------------------------------------------------------------


@pytest.mark.parametrize(("viewer", "rank"), [("ada", 0), ("vera", 1), ("mo", 2), ("greenroom", 3)])
def test_a_command_is_for_its_rank_and_above(
    say: Say, said: Callable[[], list[str]], viewer: str, rank: int
) -> None:
    for permission in Permission:
        written(permission.name.lower(), permission=permission, template=permission.name)
    for permission in Permission:
        say(f"!{permission.name}", viewer=viewer)
    assert said() == [permission.name for permission in Permission if permission <= rank]


def test_a_command_that_is_switched_off_is_silent(say: Say, said: Callable[[], list[str]]) -> None:
    written(is_enabled=False)
    say("!discord")
    assert said() == []
    assert not CommandUse.objects.exists()


def test_a_command_whose_code_is_gone_is_silent(
    say: Say, said: Callable[[], list[str]], computed: Callable[..., Command]
) -> None:
    computed(lambda call: "hello")
    del registry.commands()["echo"]
    say("!echo")
    assert said() == []


def test_a_command_cools_down_for_everybody(say: Say, said: Callable[[], list[str]]) -> None:
    row = written(cooldown_seconds=60)
    say("!discord")
    say("!discord", viewer="bo")
    assert len(said()) == 1
    Command.objects.filter(pk=row.pk).update(last_used_at=timezone.now() - timedelta(seconds=61))
    say("!discord", viewer="bo")
    assert len(said()) == 2


def test_a_command_cools_down_for_one_viewer(say: Say, said: Callable[[], list[str]]) -> None:
    written(viewer_cooldown_seconds=60)
    say("!discord")
    say("!discord")
    say("!discord", viewer="bo")
    assert len(said()) == 2
    CommandUse.objects.update(used_at=timezone.now() - timedelta(seconds=61))
    say("!discord")
    assert len(said()) == 3


def test_a_command_for_the_stream_is_silent_without_one(
    say: Say, said: Callable[[], list[str]]
) -> None:
    written(only_live=True)
    say("!discord")
    assert said() == []
    live()
    say("!discord")
    assert said() == ["Join us!"]


# --- Whose words -----------------------------------------------------------------------------


def test_the_bots_own_lines_are_not_heard(say: Say, said: Callable[[], list[str]]) -> None:
    written()
    say("!discord", viewer="greenroom_bot")
    assert said() == []


def test_what_greenroom_says_as_the_broadcaster_is_not_heard(
    backstage: Backstage, say: Say
) -> None:
    backstage.connect()
    written("loop", template="!loop")
    say("!loop", viewer="greenroom")
    answer = backstage.look("chat")["chat"][-1]
    assert answer["viewer"] == "greenroom"
    say(answer["text"], viewer="greenroom", message_id=answer["id"])
    assert CommandUse.objects.count() == 1


def test_another_channels_chat_is_not_heard(say: Say, said: Callable[[], list[str]]) -> None:
    written()
    say("!discord", source_broadcaster_user_id="2000")
    assert said() == []
    say("!discord", source_broadcaster_user_id="1000")
    assert said() == ["Join us!"]


def test_an_event_that_cannot_be_understood_holds_nobody_up(say: Say) -> None:
    say("!discord", chatter_user_id=None)
    say("!discord", message={"text": 7})
    assert not Run.objects.stuck().exists()
    assert not CommandUse.objects.exists()


# --- Once ------------------------------------------------------------------------------------


def test_a_message_that_comes_again_is_answered_once(
    say: Say, said: Callable[[], list[str]]
) -> None:
    written("hug", template="{count}")
    asked = say("!hug", times=3)
    say("!hug", message_id=asked)
    assert said() == ["1"]


def test_a_message_that_comes_to_several_workers_at_once_is_answered_once(
    backstage: Backstage, said: Callable[[], list[str]]
) -> None:
    written("hug", template="{count}")
    event = chat_event(backstage, "!hug")
    for _ in range(6):
        Message.objects.create(**stored(event))
    assert at_once(4, tasks.begin_messages) == [None] * 4
    assert said() == ["1"]
    assert Command.objects.get(name="hug").count == 1


def test_uses_at_once_are_counted_one_by_one(
    backstage: Backstage, said: Callable[[], list[str]]
) -> None:
    written("hug", template="{count}")
    for _ in range(8):
        Message.objects.create(**stored(chat_event(backstage, "!hug")))
    at_once(4, tasks.begin_messages)
    assert sorted(said()) == [str(number) for number in range(1, 9)]


def test_a_worker_that_dies_before_the_record_leaves_nothing_done(
    say: Say, said: Callable[[], list[str]], computed: Callable[..., Command], monkeypatch: Any
) -> None:
    made: list[str] = []

    def answer(call: Invocation) -> str:
        Viewer.objects.filter(pk=call.viewer.pk).update(display_name="changed")
        made.append(call.message_id)
        if len(made) == 1:
            raise KeyboardInterrupt
        return "done"

    computed(answer)
    with pytest.raises(KeyboardInterrupt):
        say("!echo")
    assert not CommandUse.objects.exists()
    assert Viewer.objects.filter(display_name="changed").count() == 0
    Run.objects.update(owner="", due_at=timezone.now())
    tasks.begin_messages()
    poke.hear()
    from sagas.tasks import advance

    advance()
    assert said() == ["done"]
    assert len(made) == 2


def test_an_answer_that_was_being_sent_when_the_worker_died_is_not_repeated(
    say: Say, said: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    written()
    record = forward._move_on

    def dies(this: Any, *rest: Any) -> bool:
        if this.step.name == "send":
            raise KeyboardInterrupt
        return record(this, *rest)

    monkeypatch.setattr(forward, "_move_on", dies)
    with pytest.raises(KeyboardInterrupt):
        say("!discord")
    monkeypatch.undo()
    Run.objects.unfinished().update(owner="", due_at=timezone.now())
    from sagas.tasks import advance

    advance()
    assert said() == ["Join us!"]
    assert CommandUse.objects.get().status == "unsure"


# --- What goes wrong -------------------------------------------------------------------------


def test_an_answer_that_twitch_drops_is_not_repeated_and_says_why(
    backstage: Backstage, say: Say, said: Callable[[], list[str]]
) -> None:
    written()
    backstage.breaks("chat_dropped", count=1)
    say("!discord")
    use = CommandUse.objects.get()
    assert (use.status, use.problem_code) == ("dropped", "msg_rejected")
    assert use.problem
    assert backstage.calls(PATH) == 1
    assert Run.objects.get(saga="twitch.command_reply").status == "completed"


def test_a_lost_answer_of_twitch_is_not_repeated(
    backstage: Backstage, say: Say, said: Callable[[], list[str]]
) -> None:
    written()
    backstage.breaks("drop_after", path=PATH, count=1)
    say("!discord")
    assert said() == ["Join us!"]
    assert CommandUse.objects.get().status == "unsure"


def test_a_full_chat_is_waited_for_but_not_for_long(
    backstage: Backstage, say: Say, said: Callable[[], list[str]]
) -> None:
    written()
    backstage.breaks("429", path=PATH, count=1, retry_after=60)
    say("!discord")
    assert Run.objects.get(saga="twitch.command_reply").status == "waiting"
    CommandUse.objects.update(used_at=timezone.now() - timedelta(minutes=3))
    Run.objects.unfinished().update(due_at=timezone.now())
    from sagas.tasks import advance

    advance()
    assert said() == []
    assert CommandUse.objects.get().problem_code == "too_late"


def test_a_command_that_is_heard_too_late_does_nothing(
    backstage: Backstage, said: Callable[[], list[str]]
) -> None:
    written()
    Message.objects.create(**stored(chat_event(backstage, "!discord"), timedelta(minutes=3)))
    tasks.begin_messages()
    assert said() == []
    assert CommandUse.objects.get().problem_code == "too_late"
    assert Command.objects.get(name="discord").count == 0


def test_code_that_fails_says_so_and_leaves_nothing_half_done(
    say: Say, said: Callable[[], list[str]], computed: Callable[..., Command]
) -> None:
    def answer(call: Invocation) -> str:
        Viewer.objects.update(display_name="changed")
        raise LookupError("what went wrong")

    computed(answer)
    say("!echo something private")
    assert said() == [
        "Sorry, !echo does not work right now, through no fault of yours. Try again later."
    ]
    assert not Viewer.objects.filter(display_name="changed").exists()
    assert CommandUse.objects.get().problem == "what went wrong"
    assert not Run.objects.stuck().exists()


def test_a_refusal_is_the_answer(
    say: Say, said: Callable[[], list[str]], computed: Callable[..., Command]
) -> None:
    def answer(call: Invocation) -> str:
        raise Refused("nothing_there", "There is nothing to remove.")

    computed(answer)
    say("!echo")
    assert said() == ["There is nothing to remove."]


def test_old_uses_are_forgotten(say: Say, said: Callable[[], list[str]]) -> None:
    written()
    say("!discord")
    CommandUse.objects.update(used_at=timezone.now() - timedelta(days=91))
    say("!discord")
    tasks.prune_messages()
    assert CommandUse.objects.count() == 1


# --- At the door -----------------------------------------------------------------------------


def test_ordinary_chat_is_answered_at_the_door_and_not_stored() -> None:
    lines = {"hello !song": 0, "!song": 1}
    with intake_in_thread() as port, Postman(port) as postman:
        for text, rows in lines.items():
            body = json.dumps(message(CHAT, message={"text": text})).encode()
            assert postman.deliver(Delivery(body)).status == 204
            assert Message.objects.count() == rows


def test_a_silent_command_costs_few_questions() -> None:
    event = {
        "message_id": "m1",
        "broadcaster_user_id": "1000",
        "chatter_user_id": "7",
        "chatter_user_login": "mo",
        "message": {"text": "!nothing"},
    }
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        assert hearing.hear(event, timezone.now()) is None
    assert len(asked) <= 2
