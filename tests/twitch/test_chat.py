"""What Greenroom says in chat."""

from __future__ import annotations

import pytest

from sagas.flow import RateLimited, Unsure
from tests.backstage import Backstage
from tokens.models import Token
from twitch import registry
from twitch.models import ChatText
from twitch.registry import Text
from twitch.services import chat
from twitch.services.chat import NotSent

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/twitch/helix/chat/messages"


@pytest.fixture
def said(backstage: Backstage):
    """What was said in chat, as (who, what)."""
    backstage.connect()
    return lambda: [
        (effect["detail"]["sender"], effect["detail"]["text"])
        for effect in backstage.effects("chat_sent")
    ]


def test_the_broadcaster_speaks_when_there_is_no_bot(backstage: Backstage, said) -> None:
    assert chat.say("hello")
    assert said() == [("greenroom", "hello")]


def test_the_bot_speaks_when_there_is_one(backstage: Backstage, said) -> None:
    backstage.connect("bot")
    chat.say("hello")
    assert said() == [("greenroom_bot", "hello")]


def test_the_broadcaster_steps_in_for_a_bot_that_lost_its_consent(
    backstage: Backstage, said
) -> None:
    backstage.connect("bot")
    Token.objects.filter(role="bot").update(reconnect_needed=True)
    chat.say("hello")
    assert said() == [("greenroom", "hello")]


def test_an_empty_text_is_not_said(backstage: Backstage, said) -> None:
    assert chat.say(" \n") == ""
    assert said() == []


@pytest.mark.parametrize("text", ["/ban mo", ".ban mo", "!song"])
def test_nothing_is_taken_for_a_command(backstage: Backstage, said, text: str) -> None:
    chat.say(text)
    assert said() == [("greenroom", f"\u200b{text}")]


def test_a_long_text_is_cut_and_said(backstage: Backstage, said) -> None:
    chat.say("👩‍👩‍👧‍👦 " * 200)
    ((_, text),) = said()
    assert text.endswith("…")


def test_a_line_that_was_dropped_was_not_sent(backstage: Backstage, said) -> None:
    backstage.breaks("chat_dropped", count=1)
    with pytest.raises(NotSent) as caught:
        chat.say("hello")
    assert caught.value.code
    assert said() == []


def test_a_lost_answer_is_unsure_and_not_repeated(backstage: Backstage, said) -> None:
    backstage.breaks("drop_after", path=PATH, count=1)
    with pytest.raises(Unsure):
        chat.say("hello")
    assert said() == [("greenroom", "hello")]


def test_a_full_chat_is_waited_for(backstage: Backstage, said) -> None:
    backstage.breaks("429", path=PATH, count=1)
    with pytest.raises(RateLimited):
        chat.say("hello")


def test_an_answer_to_nothing_is_not_sent(backstage: Backstage, said) -> None:
    with pytest.raises(NotSent) as caught:
        chat.say("hello", reply_to="nothing")
    assert caught.value.code == "http_400"


def test_a_reply_is_sent(backstage: Backstage, said) -> None:
    parent = chat.say("question")
    assert chat.say("answer", reply_to=parent)


def test_a_line_does_not_wait_for_a_person(backstage: Backstage) -> None:
    with pytest.raises(NotSent) as caught:
        chat.say("hello")
    assert caught.value.code == "not_connected"
    backstage.connect(without="user:write:chat")
    with pytest.raises(NotSent) as caught:
        chat.say("hello")
    assert caught.value.code == "missing_scope"


WON = Text("test.won", "@{viewer} rolled {roll}!", ("viewer", "roll"))


def test_a_text_is_filled_in() -> None:
    assert chat.render(WON, viewer="Mo", roll=7) == "@Mo rolled 7!"
    assert chat.render(WON, viewer="Mo\r\n/ban {roll}") == "@Mo /ban {roll} rolled {roll}!"


def test_the_streamers_wording_wins() -> None:
    ChatText.objects.create(name=WON.name, text="{viewer} — {roll} {nothing}")
    assert chat.render(WON, viewer="Mo", roll=7) == "Mo — 7 {nothing}"
    ChatText.objects.update(text="")
    assert chat.render(WON, viewer="Mo", roll=7) == ""


def test_texts_have_names_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.texts(), WON.name, WON)
    with pytest.raises(ValueError, match="Two chat texts"):
        registry.chat_text(WON.name, "x")
