"""What viewers and moderators ask of the song queue in chat."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone

from sagas.flow import Refused
from sagas.services import pokes_held
from songqueue import commands
from songqueue.models import Board, Decision, Play, SongRequest, SongRules, Upcoming
from songqueue.services import outcomes
from tests.sagas.driving import lead, lead_on
from tests.songqueue.show import Show
from twitch import registry
from twitch.models import Viewer
from twitch.registry import Invocation, Permission

pytestmark = pytest.mark.django_db(transaction=True)

# As the rehearsal has them.
IDS = {"mo": "1002", "ada": "1004", "bo": "1005"}

_ids = count(1)


def ask(name: str, argument: str = "", viewer: str = "ada", message_id: str = "") -> str:
    """Return the answer to a command, as the framework would ask for it."""
    asker, _ = Viewer.objects.get_or_create(
        login=viewer, defaults={"id": IDS[viewer], "display_name": viewer.title()}
    )
    command = registry.commands()[name]
    call = Invocation(
        message_id or f"message-{next(_ids)}",
        asker,
        command.permission,
        name,
        argument,
        timezone.now(),
    )
    try:
        with pokes_held():
            return command.answer(call)
    except Refused as refused:
        return refused.sentence


def play(request: SongRequest) -> None:
    """Let the player play this request."""
    now = timezone.now()
    SongRequest.objects.filter(pk=request.pk).update(status="playing", started_at=now)
    Play.objects.create(
        kind="track",
        track=request.track,
        request=request,
        started_at=now,
        duration_ms=request.track.duration_ms if request.track else 0,
    )
    Board.objects.update_or_create(pk=1, defaults={"read_at": now, "is_playing": True})


# --- Viewers ---------------------------------------------------------------------------------


def test_the_song_is_named_with_who_asked_for_it(show: Show) -> None:
    assert ask("song") == "Nothing plays right now."
    request = show.request("Respawn")
    play(request)
    assert ask("song") == "Respawn – Juno Fray · requested by Ada"


def test_the_next_songs_are_named_with_who_asked_for_them(show: Show) -> None:
    assert ask("queue") == "The queue is empty."
    first, second = show.request("Respawn", "ada"), show.request("Lag", "bo")
    Upcoming.objects.create(position=1, kind="track", track=first.track, request=first)
    Upcoming.objects.create(position=2, kind="episode", title="A podcast")
    said = ask("queue")
    assert said == "Next: #1 Respawn – Juno Fray (Ada) · A podcast · #2 Lag – Juno Fray (Bo)"
    assert second.status == "queued"


def test_viewers_learn_their_place(show: Show) -> None:
    assert ask("position", viewer="bo") == "You have no song in the queue."
    show.request("Respawn", "ada")
    show.request("Lag", "bo")
    assert ask("position", viewer="bo").startswith("Lag – Juno Fray · #2 · ")
    play(SongRequest.objects.get(viewer__login="bo"))
    assert ask("position", viewer="bo") == "Lag – Juno Fray plays right now."


def test_a_wrong_song_is_taken_back_and_refunded(show: Show) -> None:
    show.rules(fulfil="played")
    right, wrong = show.request("Respawn"), show.request("Lag")
    assert ask("wrongsong") == ""
    lead()
    wrong.refresh_from_db()
    assert (wrong.status, wrong.code) == ("removed", "withdrawn")
    assert show.settlings(wrong) == ["redemption_canceled"]
    assert show.said()[-1] == "@Ada refunded: you took Lag – Juno Fray back."
    assert show.status(right) == "UNFULFILLED"


def test_a_wrong_song_whose_points_are_spent_is_taken_back_all_the_same(show: Show) -> None:
    request = show.request("Respawn")
    assert ask("wrongsong") == "Respawn – Juno Fray is taken back. Its points were spent already."
    lead()
    request.refresh_from_db()
    assert request.code == "withdrawn"
    assert show.settlings(request) == ["redemption_fulfilled"]
    assert ask("wrongsong") == "You have no song in the queue."


def test_a_wrong_song_that_plays_goes_on(show: Show) -> None:
    play(show.request("Respawn"))
    assert ask("wrongsong") == "Respawn – Juno Fray plays right now."


def test_a_wrong_song_is_taken_back_before_it_has_its_place(show: Show) -> None:
    right = show.request("Respawn")
    show.backstage.breaks("500", path="/spotify/v1/tracks", count=1)
    wrong = show.request("Lag")
    assert wrong.status == "new"
    assert ask("wrongsong") == ""
    lead_on()
    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.status, wrong.code, right.status) == ("removed", "withdrawn", "queued")
    assert show.settlings(wrong) == ["redemption_canceled"]
    assert show.queued() == [right.track_id]
    assert "you took" in show.said()[-1]


# --- Moderators ------------------------------------------------------------------------------


def test_what_moderators_may_is_theirs() -> None:
    ranks = {name: registry.commands()[name].permission for name in ("skip", "remove", "srpause")}
    assert set(ranks.values()) == {Permission.MODERATOR}
    assert commands.MOST_NEXT == 4


@pytest.mark.parametrize("policy", ["queued", "played"])
def test_a_skip_ends_the_song_and_refunds_what_is_open(show: Show, policy: str) -> None:
    show.rules(fulfil=policy)
    request = show.request("Respawn")
    play(request)
    assert ask("skip", "too loud", viewer="mo", message_id=message(show, "mo", "!skip")) == ""
    lead()
    request.refresh_from_db()
    assert (request.status, request.code) == ("skipped", "skipped_by_hand")
    assert len(show.backstage.effects("song_skipped")) == 1
    refunds = {"queued": ["redemption_fulfilled"], "played": ["redemption_canceled"]}
    assert show.settlings(request) == refunds[policy]
    assert "Skipped Respawn – Juno Fray." in lines(show)
    decision = Decision.objects.get()
    assert (decision.verb, decision.why, decision.actor_name) == ("skip", "too loud", "Mo")
    assert decision.request == request


def test_a_song_that_is_skipped_after_thirty_seconds_was_played(show: Show) -> None:
    show.rules(fulfil="played")
    request = show.request("Respawn")
    play(request)
    back = timezone.now() - timedelta(seconds=31)
    Play.objects.update(started_at=back)
    Board.objects.update(read_at=back)
    ask("skip", viewer="mo")
    lead()
    request.refresh_from_db()
    assert request.status == "played"
    assert show.settlings(request) == ["redemption_fulfilled"]
    assert len(show.backstage.effects("song_skipped")) == 1


def test_of_two_who_skip_at_once_one_does(show: Show) -> None:
    play(show.request("Respawn"))
    assert ask("skip", viewer="mo") == ""
    assert ask("skip", viewer="bo") == "Respawn – Juno Fray is being skipped already."
    lead()
    assert len(show.backstage.effects("song_skipped")) == 1
    assert Decision.objects.count() == 1


def test_a_skip_that_failed_can_be_tried_again(show: Show) -> None:
    play(show.request("Respawn"))
    show.backstage.device(active=False)
    ask("skip", viewer="mo")
    lead()
    show.backstage.device(active=True)
    assert ask("skip", viewer="mo") == ""
    lead()
    assert len(show.backstage.effects("song_skipped")) == 1


def test_a_skip_that_the_player_does_not_do_is_said(show: Show) -> None:
    request = show.request("Respawn")
    play(request)
    show.backstage.device(active=False)
    ask("skip", viewer="mo", message_id=message(show, "mo", "!skip"))
    lead()
    request.refresh_from_db()
    assert request.status == "playing"
    assert any(
        line.startswith("Respawn – Juno Fray was not skipped: ") and "player asleep" in line
        for line in lines(show)
    )


def test_a_skip_that_comes_too_late_skips_nothing(show: Show) -> None:
    request = show.request("Respawn")
    play(request)
    ask("skip", viewer="mo", message_id=message(show, "mo", "!skip"))
    outcomes.end(request, "played", "", timezone.now())
    lead()
    assert show.backstage.effects("song_skipped") == []


def test_a_skip_whose_answer_is_lost_is_not_repeated(show: Show) -> None:
    request = show.request("Respawn")
    play(request)
    show.backstage.breaks("drop_after", path="/spotify/v1/me/player/next", count=1)
    ask("skip", viewer="mo")
    lead_on()
    request.refresh_from_db()
    assert request.code == "skipped_by_hand"
    assert len(show.backstage.effects("song_skipped")) == 1


def test_a_request_is_removed_by_its_place(show: Show) -> None:
    show.rules(fulfil="played")
    first, second = show.request("Respawn", "ada"), show.request("Lag", "bo")
    assert ask("remove", "#2 again", viewer="mo") == "Removed Lag – Juno Fray, requested by Bo."
    lead()
    second.refresh_from_db()
    assert second.code == "removed_by_moderator"
    assert show.settlings(second) == ["redemption_canceled"]
    assert Decision.objects.get().why == "again"
    assert show.status(first) == "UNFULFILLED"


@pytest.mark.parametrize("argument", ["", "x", "-1", "٣", "99999"])
def test_a_place_that_makes_no_sense_is_asked_for(show: Show, argument: str) -> None:
    assert ask("remove", argument, viewer="mo").startswith("Say which place")
    assert ask("remove", "7", viewer="mo") == "No request has place 7. See !queue."


def test_requests_are_paused_and_opened_by_chat(show: Show) -> None:
    assert "are paused" in ask("srpause", viewer="mo")
    assert SongRules.objects.get().is_paused
    assert show.request("Respawn").code == "paused"
    assert ask("srpause", "off", viewer="mo") == "Song requests are open again."
    assert not SongRules.objects.get().is_paused
    verbs = [decision.verb for decision in Decision.objects.order_by("id")]
    assert verbs == ["pause", "resume"]


def test_the_end_of_a_pause_says_what_else_is_in_the_way(show: Show) -> None:
    ask("srpause", viewer="mo")
    show.session.delete()
    assert ask("srpause", "off", viewer="mo") == (
        "No longer paused by hand, but: Songs can be requested while the stream is live."
    )


def message(show: Show, viewer: str, text: str) -> str:
    """Say something in chat; returns the message's id, which can be answered."""
    return str(show.backstage.control("chat", viewer=viewer, text=text)["message_id"])


def lines(show: Show) -> list[str]:
    return [effect["detail"]["text"] for effect in show.backstage.effects("chat_sent")]
