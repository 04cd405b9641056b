from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from sagas.models import Action, Outcome, Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    run = Run.objects.create(
        saga="raffle.keyboard_raffle",
        subject_id="roll_1",
        plan=["accept", "fulfil", "POINT_OF_NO_RETURN", "tell_chat"],
        position=1,
        status=Run.Status.STUCK,
        code="unsure",
        reason="fulfil: the answer was lost <script>",
        due_at=None,
    )
    Outcome.objects.create(
        run=run, step="accept", result="done", attempt=1, began_at=timezone.now()
    )
    return run


@pytest.fixture
def streamer(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("streamer"))
    return client


def page(run: Run) -> str:
    return f"/admin/sagas/run/{run.pk}/change/"


def test_a_stuck_run_shows_what_happened_what_is_to_come_and_the_buttons(
    streamer: Client, run: Run
) -> None:
    html = streamer.get(page(run)).content.decode()
    for words in (
        "accept",
        "point of no return",
        "tell_chat",
        "to come",
        "Retry step",
        "Mark done",
    ):
        assert words in html
    assert "Compensate now" in html
    assert "<script>" not in html.split('class="run"')[1].split("</section>")[0]


def test_a_button_decides_in_the_name_of_who_pressed_it(streamer: Client, run: Run) -> None:
    answer = streamer.post(
        f"/admin/sagas/run/{run.pk}/decide/mark_done/", {"note": "Looked it up."}, follow=True
    )
    assert "the run goes on" in answer.content.decode()
    action = Action.objects.get()
    assert (action.verb, action.step, action.actor_name) == ("mark_done", "fulfil", "streamer")
    run.refresh_from_db()
    assert (run.status, run.next_step) == ("running", "tell_chat")


def test_a_second_press_says_that_the_run_has_moved_on(streamer: Client, run: Run) -> None:
    streamer.post(f"/admin/sagas/run/{run.pk}/decide/close/", {"note": "Enough."})
    answer = streamer.post(f"/admin/sagas/run/{run.pk}/decide/retry/", follow=True)
    assert "can be retried" in answer.content.decode()
    assert Action.objects.count() == 1


def test_deciding_needs_a_post_and_the_right(client: Client, run: Run) -> None:
    url = f"/admin/sagas/run/{run.pk}/decide/retry/"
    assert client.post(url).status_code == 302
    client.force_login(User.objects.create_user("mo", is_staff=True))
    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 403
    assert not Action.objects.exists()


def test_the_list_shows_each_run_and_filters_by_status(streamer: Client, run: Run) -> None:
    assert "raffle.keyboard_raffle" in streamer.get("/admin/sagas/run/").content.decode()
    empty = streamer.get("/admin/sagas/run/?status__exact=completed").content.decode()
    assert "keyboard_raffle</" not in empty


def test_runs_are_neither_made_nor_deleted_by_hand(streamer: Client, run: Run) -> None:
    assert streamer.get("/admin/sagas/run/add/").status_code == 403
    assert streamer.post(f"/admin/sagas/run/{run.pk}/delete/", {"post": "yes"}).status_code == 403
