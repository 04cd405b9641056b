"""Tournaments that are taken along."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from tests.tournaments import stage
from tournaments.models import Drawing, Tournament

pytestmark = pytest.mark.django_db

FILES = ("export.json", "table.csv", "matches.csv", "matches.ics")


def read(client: Client, made: Tournament, name: str) -> str:
    answer = client.get(f"/api/tournaments/{made.pk}/{name}", headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.content
    assert "attachment" in answer.headers["Content-Disposition"]
    return answer.content.decode()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_table_is_a_sheet(client: Client) -> None:
    made = stage.tournament(12, played=2)
    lines = rows(read(client, made, "table.csv"))
    assert [line["rank"] for line in lines] == [str(n) for n in range(1, 13)]
    assert lines[0]["above_next_by"]


def test_every_match_is_in_the_sheet(client: Client) -> None:
    made = stage.tournament(12, played=8)
    stage.knock_out(made)
    lines = rows(read(client, made, "matches.csv"))
    assert len(lines) == made.matches.counting().count()
    assert lines[-1]["phase"] == "FINAL"
    assert all(line["home_goals"] for line in lines)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "|calc", "%0A"])
def test_no_name_is_a_formula(client: Client, name: str) -> None:
    made = stage.tournament(8)
    viewer = made.participants.get(seed=1).viewer
    viewer.display_name = name
    viewer.save()
    assert name not in [line["player"] for line in rows(read(client, made, "table.csv"))]
    assert f"'{name}" in [line["player"] for line in rows(read(client, made, "table.csv"))]


def test_negative_numbers_stay_numbers(client: Client) -> None:
    made = stage.tournament(8, played=2)
    lines = rows(read(client, made, "table.csv"))
    assert sum(int(line["goal_difference"]) for line in lines) == 0


def test_a_calendar_holds_all_matches_or_those_of_one_player(client: Client) -> None:
    made = stage.tournament(8)
    assert read(client, made, "matches.ics").count("BEGIN:VEVENT") == made.matches.count()
    player = made.participants.get(seed=2)
    own = read(client, made, f"players/{player.pk}/matches.ics")
    assert own.count("BEGIN:VEVENT") == 6
    made.matches.update(scheduled_at=None)
    assert "VEVENT" not in read(client, made, "matches.ics")


@pytest.mark.parametrize("name", FILES)
def test_nothing_of_a_draw_is_exported_before_it_is_revealed(client: Client, name: str) -> None:
    made = stage.tournament(8)
    Drawing.objects.update(revealed_at=None)
    assert "match_" not in read(client, made, name)


@pytest.mark.parametrize("name", FILES)
def test_a_draft_is_not_exported(client: Client, name: str) -> None:
    draft = Tournament.objects.create(name="Secret")
    assert client.get(f"/api/tournaments/{draft.pk}/{name}").status_code == 404
