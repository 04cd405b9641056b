"""What viewers see of their own points, take along, and have erased."""

from __future__ import annotations

import json

import pytest
from django.template.loader import render_to_string
from django.test import Client

from accounts.models import User
from accounts.registry import sections
from points import registry
from points.models import Account, Decision, Entry
from points.personal import NEWEST, Points
from points.services import audit, decisions, ledger
from points.services.decisions import By
from points.services.ledger import Cause
from tests.points.conftest import CAUSE, give
from twitch.models import Viewer

API = "/api/points/me"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def person(client: Client, ann: Viewer) -> Client:
    client.force_login(User.objects.create_user("ann", viewer=ann))
    return client


@pytest.fixture
def paged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Votes have a page in this test."""
    monkeypatch.setitem(registry._pages, "vote", lambda cause_id: f"/votes/{cause_id}")


def fragment(viewer: Viewer) -> str:
    section = Points()
    return render_to_string(section.template, {**section.read(viewer), "viewer": viewer})


# --- The API -------------------------------------------------------------------------------------


def test_who_is_signed_in_reads_what_they_have(person: Client, ann: Viewer) -> None:
    assert person.get(API).json()["balance"] == 0
    give(ann, 50)
    ledger.hold(ann.pk, 20, CAUSE, key="a")
    assert person.get(API).json() == {
        "viewer_id": "2001",
        "login": "ann",
        "display_name": "Ann",
        "balance": 50,
        "available": 30,
        "held": 20,
        "owed": 0,
        "seq": 2,
    }


def test_every_change_is_read_with_its_cause_newest_first(
    person: Client, ann: Viewer, bob: Viewer, paged: None
) -> None:
    give(bob, 10)
    given = ledger.credit(ann.pk, 50, Cause("vote", "v1", "Vote refunded"), key="a")
    ledger.reverse(given.pk, CAUSE)
    newest = person.get(f"{API}/entries?limit=1").json()
    assert [row["reverses"] for row in newest["results"]] == [given.pk]
    (row,) = person.get(newest["next"]).json()["results"]
    assert row == {
        "id": given.pk,
        "kind": "credit",
        "amount": 50,
        "balance_after": 50,
        "description": "Vote refunded",
        "cause": {"type": "vote", "id": "v1", "url": "/votes/v1"},
        "reverses": None,
        "at": row["at"],
    }


@pytest.mark.parametrize("path", ["", "/entries"])
def test_only_a_viewer_who_is_signed_in_has_points(client: Client, db: None, path: str) -> None:
    answer = client.get(f"{API}{path}")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    client.force_login(User.objects.create_user("unlinked"))
    answer = client.get(f"{API}{path}")
    assert (answer.status_code, answer.json()["code"]) == (403, "no_viewer")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [("?a=1", 400, "unknown_key"), ("?limit=0", 400, "min_value"), ("?cursor=x", 404, "not_found")],
)
def test_a_query_that_makes_no_sense_is_refused(
    person: Client, query: str, status: int, code: str
) -> None:
    answer = person.get(f"{API}/entries{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


# --- The section of /me --------------------------------------------------------------------------


def test_points_are_a_section_of_a_viewers_page() -> None:
    assert "points" in [section.key for section in sections()]


def test_the_page_explains_the_balance(ann: Viewer, paged: None) -> None:
    assert "no entry yet" in fragment(ann)
    ledger.credit(ann.pk, 1500, Cause("vote", "v1", HOSTILE), key="a")
    ledger.debit(ann.pk, 1200, CAUSE, key="b")
    ledger.hold(ann.pk, 100, CAUSE, key="c")
    page = fragment(ann)
    assert ">300</strong>" in page
    assert "100 of them are set aside" in page
    assert '<a href="/votes/v1">&lt;img' in page
    assert HOSTILE not in page
    assert page.index("-1,200") < page.index("+1,500")
    assert "points-older" not in page


def test_the_page_says_what_is_owed_and_that_there_is_more(ann: Viewer) -> None:
    for number in range(NEWEST):
        given = ledger.credit(ann.pk, 10, CAUSE, key=f"a{number}")
    ledger.debit(ann.pk, 10 * NEWEST, CAUSE, key="b")
    ledger.reverse(given.pk, CAUSE, owing=True)
    page = fragment(ann)
    assert "10 more are owed" in page
    assert "points-older" in page


def test_everything_is_taken_along(ann: Viewer) -> None:
    give(ann, 50)
    ledger.hold(ann.pk, 20, CAUSE, key="a")
    export = json.loads(json.dumps(Points().export(ann)))
    assert (export["balance"], export["held"], export["owed"]) == (50, 20, 0)
    assert [entry["amount"] for entry in export["entries"]] == [50]
    assert [hold["status"] for hold in export["holds"]] == ["open"]


def test_what_is_erased_leaves_the_sums(ann: Viewer, bob: Viewer) -> None:
    given = decisions.grant(ann, 40, By("mod", "Ann Miller is kind"))
    taken = decisions.reverse(given, By("mod", "Ann Miller is not"))
    give(ann, 5, key="import:1")
    reversed_ = ledger.reverse(ledger.debit(ann.pk, 5, CAUSE, key="a").pk, CAUSE)
    give(bob, 1, key="import:1")
    Points().forget(ann)
    for entry in (given, taken):
        entry.refresh_from_db()
        assert entry.description == "(erased)"
    assert [*Decision.objects.values_list("why", flat=True)] == ["(erased)"] * 2
    keys = {*Entry.objects.filter(account=ann.pk).values_list("key", flat=True)}
    assert not any(ann.pk in key for key in keys)
    assert {"a", f"reverse:{reversed_.reverses_id}"} < keys
    assert Entry.objects.filter(key=f"import:1:{bob.pk}").exists()
    assert Account.objects.get(pk=ann.pk).balance == 5
    assert audit.check() == []
