"""The flows of song requests, with a worker that is lost at every moment of every step."""

from __future__ import annotations

from dataclasses import replace
from functools import wraps

import pytest
from django.utils import timezone

from sagas.flow import NO_RETURN, Refused
from sagas.models import Event
from songqueue.models import SongRequest
from songqueue.sagas import song_request, song_until_played
from songqueue.services import outcomes
from tests.sagas.driving import lead, lead_on, let_time_pass
from tests.sagas.losing import MOMENTS, Lost, lead_over_a_loss, lost_at
from tests.songqueue.show import Show

pytestmark = pytest.mark.django_db(transaction=True)

PLANS = {"queued": song_request, "played": song_until_played}
FORWARD = [
    (policy, step, moment)
    for policy, saga in PLANS.items()
    for step in saga.plan
    for moment in MOMENTS
    if step != NO_RETURN
]
# What is reached only once the song has ended.
ENDED_BEFORE = [("await_end", "after"), ("fulfil", "before"), ("fulfil", "after")]
BACK = [
    (policy, step, moment)
    for policy in PLANS
    for step in ("accept", "line_up")
    for moment in MOMENTS
]


def facts(kind: str) -> int:
    return Event.objects.filter(kind=f"songqueue.{kind}").count()


def play_one(show: Show) -> None:
    """Have a request behind us that the player has shown: its queue is not beyond our sight."""
    request = show.request("Cumulus")
    SongRequest.objects.update(seen_at=timezone.now())
    outcomes.end(request, "played", "", timezone.now())
    lead()


@pytest.mark.parametrize(("policy", "step", "moment"), FORWARD)
def test_a_worker_that_is_lost_on_the_way_loses_and_doubles_nothing(
    show: Show, policy: str, step: str, moment: str
) -> None:
    show.rules(fulfil=policy)
    play_one(show)
    redemption = show.redeem("Respawn")
    with lost_at(PLANS[policy], step, moment):
        if policy == "played" and (step, moment) in ENDED_BEFORE:
            lead()
            outcomes.end(show.of(redemption), "played", "", timezone.now())
        lead_over_a_loss()
        lead_on_while_open(show, redemption)
    request = show.of(redemption)
    assert show.run(request).status == "completed"
    assert show.queued()[1:] == [request.track_id]
    assert show.settlings(request) == ["redemption_fulfilled"]
    assert facts("SongRequested") == 2
    # What may have been said is not said again.
    assert len(show.said()[1:]) == (0 if (step, moment) == ("confirm_in_chat", "before") else 1)


def lead_on_while_open(show: Show, redemption: str) -> None:
    """Let the song play as soon as it can, and see the flow through."""
    for _ in range(3):
        lead()
        request = show.of(redemption)
        if request.status == SongRequest.Status.QUEUED:
            outcomes.end(request, "played", "", timezone.now())
        let_time_pass()
    lead_on()


@pytest.mark.parametrize(("policy", "step", "moment"), BACK)
def test_a_worker_that_is_lost_on_the_way_back_loses_and_doubles_nothing(
    show: Show, policy: str, step: str, moment: str
) -> None:
    show.rules(fulfil=policy)
    show.backstage.device(active=False)
    redemption = show.redeem("Respawn")
    with lost_at(PLANS[policy], step, moment, undo=True):
        lead_over_a_loss()
        lead_on()
    request = show.of(redemption)
    assert (request.status, request.code) == ("refused", "no_active_device")
    assert show.run(request).status == "compensated"
    assert show.settlings(request) == ["redemption_canceled"]
    assert len(show.said()) == 1
    assert show.queued() == []


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_worker_that_is_lost_while_a_song_is_retracted_refunds_all_the_same(
    show: Show, moment: str
) -> None:
    show.rules(fulfil="played")
    request = show.request("Respawn")
    outcomes.end(request, "lost", "lost_in_player", timezone.now())
    with lost_at(song_until_played, "announce", moment, undo=True):
        lead_over_a_loss()
        lead_on()
    assert show.settlings(request) == ["redemption_canceled"]
    assert facts("SongRefunded") == 1
    assert len(show.said()) == 2


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_worker_that_is_lost_while_it_tells_of_a_refund_leaves_its_reason(
    show: Show, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    tell = song_request.when_undone
    assert tell is not None

    def lose(request: SongRequest, why: Refused) -> None:
        if moment == "after":
            tell(request, why)
        raise Lost

    show.backstage.device(active=False)
    redemption = show.redeem("Respawn")
    with monkeypatch.context() as patch:
        patch.setattr(song_request, "when_undone", lose)
        lead_over_a_loss()
    lead_on()
    request = show.of(redemption)
    assert (request.status, request.code) == ("refused", "no_active_device")
    assert show.settlings(request) == ["redemption_canceled"]
    # What may have been said is not said again.
    assert len(show.said()) == (1 if moment == "after" else 0)


def test_what_was_never_announced_is_not_retracted(show: Show) -> None:
    show.rules(fulfil="played")
    redemption = show.redeem("Respawn")
    announce = song_until_played.step("announce")

    @wraps(announce.do)
    def fail(request: SongRequest) -> None:
        raise RuntimeError

    song_until_played._steps["announce"] = replace(announce, do=fail)
    try:
        lead_on()
    finally:
        song_until_played._steps["announce"] = announce
    request = show.of(redemption)
    assert show.settlings(request) == ["redemption_canceled"]
    assert (request.status, request.code) == ("removed", "unavailable")
    assert (facts("SongRequested"), facts("SongRefunded")) == (0, 0)
