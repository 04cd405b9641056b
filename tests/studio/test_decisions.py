"""The buttons of the control room, pressed over HTTP: what they do, and what they answer."""

from __future__ import annotations

import pytest
from django.test import Client

from overlay.models import Cue
from sagas.models import Action
from sagas.services import pokes_held
from songqueue.models import Block, Decision, SongRequest, SongRules
from studio.services.feed import feed
from tests.sagas.driving import lead, lead_on
from tests.songqueue.show import Show
from tests.studio.conftest import Enter, stuck

pytestmark = pytest.mark.django_db(transaction=True)


def press(client: Client, path: str, **form: str) -> tuple[int, str]:
    """Return the status and what the streamer is told."""
    with pokes_held():
        answer = client.post(path, form)
    return answer.status_code, answer.json()["detail"]


def test_a_stuck_flow_stands_first_in_the_feed_with_what_can_be_decided(show: Show) -> None:
    run = stuck(show)
    show.see_through("Glass", "mo")
    first = feed()[0]
    assert (first.state, first.who) == ("needs you", "Ada")
    assert first.why.endswith("“Try again” if it did not.")
    assert first.run
    assert first.run.id == run.pk
    assert first.run.decisions == ("retry", "mark_done", "compensate", "close")


def test_a_refund_now_gives_the_points_back(show: Show, streamer: Client) -> None:
    run = stuck(show)
    assert press(streamer, f"/studio/runs/{run.pk}/compensate")[0] == 200
    lead_on()
    request = SongRequest.objects.get(pk=run.subject_id)
    assert show.status(request) == "CANCELED"
    assert Action.objects.get().actor_name == "streamer"
    assert feed()[0].state == "refunded"


def test_what_was_done_by_hand_is_taken_as_done(show: Show, streamer: Client) -> None:
    run = stuck(show)
    assert press(streamer, f"/studio/runs/{run.pk}/mark_done")[0] == 200
    lead_on()
    assert show.status(SongRequest.objects.get(pk=run.subject_id)) == "FULFILLED"


def test_a_decision_that_comes_too_late_is_refused_with_the_reason(
    show: Show, streamer: Client
) -> None:
    run = stuck(show)
    press(streamer, f"/studio/runs/{run.pk}/retry")
    lead_on()
    status, said = press(streamer, f"/studio/runs/{run.pk}/close", note="I give up.")
    assert (status, said) == (409, "Only a stuck run can be closed.")


def test_a_run_is_not_closed_without_a_note(show: Show, streamer: Client) -> None:
    run = stuck(show)
    status, said = press(streamer, f"/studio/runs/{run.pk}/close")
    assert (status, said) == (409, "A run is closed with a note that says why.")


def test_what_the_page_offers_is_what_the_engine_allows(show: Show, enter: Enter) -> None:
    run = stuck(show)
    page = enter("Redemption moderator").get("/studio").content.decode()
    for verb in ("retry", "mark_done", "compensate", "close"):
        assert f"/studio/runs/{run.pk}/{verb}" in page
    lead_on()


def test_a_waiting_request_is_removed_once(show: Show, streamer: Client) -> None:
    request = show.see_through()
    assert press(streamer, f"/studio/songs/{request.pk}/remove")[0] == 200
    request.refresh_from_db()
    assert (request.status, request.code) == ("removed", "removed_by_moderator")
    assert press(streamer, f"/studio/songs/{request.pk}/remove")[0] == 409
    decision = Decision.objects.get()
    assert (decision.verb, decision.actor_name) == ("remove", "streamer")


def test_a_skip_is_asked_of_the_player(show: Show, streamer: Client) -> None:
    show.backstage.press("play")
    assert press(streamer, "/studio/songs/skip")[0] == 200
    lead()
    assert len(show.backstage.effects("song_skipped")) == 1


@pytest.mark.parametrize(("kind", "value"), [("track", "track_id"), ("viewer", "viewer_id")])
def test_a_song_or_its_viewer_is_blocked(
    show: Show, streamer: Client, kind: str, value: str
) -> None:
    request = show.see_through()
    assert press(streamer, f"/studio/songs/{request.pk}/block/{kind}")[0] == 200
    block = Block.objects.get()
    assert (block.kind, block.value) == (kind, getattr(request, value))


def test_requests_are_paused_and_taken_again(show: Show, streamer: Client) -> None:
    assert press(streamer, "/studio/songs/pause") == (200, "Song requests are paused.")
    assert SongRules.objects.get().is_paused
    assert press(streamer, "/studio/songs/pause") == (200, "They are paused already.")
    assert press(streamer, "/studio/songs/resume") == (200, "Song requests are open again.")
    assert not SongRules.objects.get().is_paused


def test_a_sample_is_marked_as_a_test_and_leaves_with_the_next_cue(streamer: Client) -> None:
    assert press(streamer, "/studio/samples/roll")[0] == 200
    cue = Cue.objects.get()
    assert cue.payload["is_test"] is True
    assert (cue.expires_at - cue.at).total_seconds() <= 60
