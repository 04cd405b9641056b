"""Balances out and in as CSV, by the commands."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.services import forgetting
from points.models import Account, Decision, Entry
from points.services import decisions, ledger
from points.services.decisions import By
from tests.points.conftest import CAUSE, give
from twitch.models import Viewer

pytestmark = pytest.mark.usefixtures("sound_ledger")


def run(command: str, *options: str) -> str:
    out = StringIO()
    call_command(command, *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "points.csv"


def balances() -> dict[str, int]:
    return dict(Account.objects.values_list("viewer_id", "balance"))


def test_what_is_exported_comes_in_again_as_it_was(ann: Viewer, bob: Viewer, table: Path) -> None:
    give(ann, 10)
    give(bob, 20)
    run("points_export", str(table))
    before = table.read_text()
    assert before.splitlines() == [
        "viewer_id,login,display_name,balance",
        "2001,ann,Ann,10",
        "2002,bob,Bob,20",
    ]
    assert run("points_export").splitlines() == before.splitlines()
    ledger.debit(ann.pk, 10, CAUSE, key="a")
    give(bob, 5, key="more")
    said = run("points_import", str(table))
    assert "Ann (2001): 0 → 10" in said
    assert "2 balances change: 10 points are given, 5 taken." in said
    run("points_export", str(table))
    assert table.read_text() == before
    entries = Entry.objects.count()
    assert "0 balances change" in run("points_import", str(table))
    assert Entry.objects.count() == entries


def test_who_left_is_not_in_the_table(ann: Viewer, bob: Viewer, table: Path) -> None:
    give(ann, 10)
    give(bob, 20)
    forgetting.forget(User.objects.create(username="twitch-2001", viewer=ann))
    run("points_export", str(table))
    assert table.read_text().splitlines()[1:] == ["2002,bob,Bob,20"]
    assert "0 balances change" in run("points_import", str(table))


def test_a_dry_run_says_the_same_and_changes_nothing(ann: Viewer, table: Path) -> None:
    table.write_text("viewer_id,login,balance\n2001,ann,7\n3003,cy,9\n")
    said = run("points_import", str(table), "--dry-run")
    assert said.splitlines() == [
        "Ann (2001): 0 → 7",
        "cy (3003): 0 → 9",
        "2 balances change: 16 points are given, 0 taken.",
        "Nothing was changed: this was a dry run.",
    ]
    assert not Account.objects.exists()
    assert not Viewer.objects.filter(pk="3003").exists()


def test_another_bots_table_is_understood_by_name_or_id(ann: Viewer, table: Path) -> None:
    table.write_text("\ufeffUsername,Points,UserId\n@ANN,7,\nCy,9,3003\n", encoding="utf-8")
    run("points_import", str(table), "--why", "From the old bot")
    assert balances() == {"2001": 7, "3003": 9}
    assert {entry.description for entry in Entry.objects.all()} == {"Imported: From the old bot"}
    assert Viewer.objects.get(pk="3003").login == "cy"


def test_what_is_added_is_added_once(ann: Viewer, table: Path) -> None:
    give(ann, 5)
    table.write_text("login,points\nann,7\n")
    run("points_import", str(table), "--add")
    with pytest.raises(CommandError, match="added before"):
        run("points_import", str(table), "--add")
    assert balances() == {"2001": 12}
    assert Decision.objects.count() == 1


def test_an_import_is_taken_back_as_one(ann: Viewer, bob: Viewer, table: Path) -> None:
    give(bob, 5)
    table.write_text("login,points\nann,7\nbob,1\n")
    run("points_import", str(table))
    batch = Decision.objects.get().pk
    decisions.reverse_batch(batch, By("streamer", "The wrong file"))
    assert balances() == {"2001": 0, "2002": 5}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "has to name the columns"),
        ("login\nann\n", "has to name the columns"),
        ("balance\n5\n", "has to name the columns"),
        ("login,balance\nann,-5\n", "Line 2: the balance must be a whole number"),
        ("login,balance\nann,1.5\n", "Line 2: the balance must be"),
        ("login,balance\nann,\n", "Line 2: the balance must be"),
        ("login,balance\nann,٣\n", "Line 2: the balance must be"),
        (f"login,balance\nann,{10**40}\n", "Line 2: the balance must be"),
        (f"login,balance\nann,{'0' * 20}{10**20}\n", "Line 2: the balance must be"),
        ("login,balance\nann,5\nnobody,5\n", "Line 3: nobody of that name"),
        ("login,balance\nann,5\n@Ann,6\n", "Line 3: the viewer of line 2 again"),
        ("viewer_id,balance\n404,5\n", "Line 2: nobody of that id"),
        ("viewer_id,login,balance\nx,ann,5\n", "Line 2: Twitch's id"),
        ('login,balance\n"ann,5\n', "this is no CSV"),
        ("login,balance\nbo\0b,5\n", "Line 2: nobody of that name"),
        ("login;balance\nann;5\n", "separated by commas"),
        ("login,balance\nann,1,234\n", "Line 2: it has more cells than the head line"),
        ("id,login,balance\n9,=1+1,5\n", "Line 2: a login of Twitch has"),
        (f"id,login,balance\n9,{'x' * 26},5\n", "Line 2: a login of Twitch has"),
    ],
)
def test_a_table_with_a_bad_line_changes_nothing(
    ann: Viewer, table: Path, text: str, problem: str
) -> None:
    table.write_text(text)
    with pytest.raises(CommandError, match=problem):
        run("points_import", str(table))
    assert not Account.objects.exists()


def test_a_column_without_a_name_is_nobodys(ann: Viewer, table: Path) -> None:
    table.write_text("login,balance,\nann,7,404\n")
    run("points_import", str(table))
    assert balances() == {"2001": 7}


def test_who_is_known_keeps_the_names_that_twitch_told(ann: Viewer, table: Path) -> None:
    table.write_text("id,login,display_name,balance\n2001,=evil,<b>,7\n")
    run("points_import", str(table))
    ann.refresh_from_db()
    assert (ann.login, ann.display_name) == ("ann", "Ann")


def test_what_is_owed_is_paid_off_first(ann: Viewer, table: Path) -> None:
    give(ann, 10)
    ledger.debit(ann.pk, 10, CAUSE, key="a")
    ledger.reverse(Entry.objects.earliest("id").pk, CAUSE, owing=True)
    table.write_text("login,balance\nann,4\n")
    assert "Ann (2001): 0 → 0" in run("points_import", str(table), "--add")
    assert (Account.objects.get().balance, Account.objects.get().owed) == (0, 6)
    assert "Ann (2001): 0 → 4" in run("points_import", str(table))
    assert (Account.objects.get().balance, Account.objects.get().owed) == (4, 0)


def test_what_is_set_aside_stays(ann: Viewer, table: Path) -> None:
    give(ann, 10)
    ledger.hold(ann.pk, 6, CAUSE, key="a")
    table.write_text("login,balance\nann,5\n")
    with pytest.raises(CommandError, match="Line 2: 6 of their points are set aside"):
        run("points_import", str(table))


def test_a_file_that_cannot_be_read_is_said_to_be_one(db: None, table: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run("points_import", str(table))
    table.write_bytes(b"login,balance\n\xff\xfe,5\n")
    with pytest.raises(CommandError, match="cannot be read"):
        run("points_import", str(table))
    with pytest.raises(CommandError, match="cannot be written"):
        run("points_export", str(table.parent / "nowhere" / "points.csv"))
