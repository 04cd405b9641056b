"""From registrations to a roster: marks, lots, seeds, publishing, and who takes a free place."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from sagas.flow import Refused
from sagas.models import Event
from tests.backstage import Backstage, at_once
from tests.tournaments import stage
from tests.tournaments.curating import NOON, choose, selecting
from tournaments.models import Match, Participant, Registration, Tournament
from tournaments.rules.scores import Score
from tournaments.services import registrations, reports, withdrawals
from tournaments.services.curation import board, draft, lots, publishing, seeds, waiting
from tournaments.services.curation.board import Filter
from tournaments.services.curation.draft import Marks
from tournaments.services.curation.publishing import LostSubscriptions
from tournaments.services.subscribers import TryAgain

pytestmark = pytest.mark.django_db

Status = Registration.Status


def entries(tournament: Tournament) -> list[Registration]:
    return list(tournament.registrations.order_by("registered_at"))


def mark(tournament: Tournament, registration: Registration, **marks: object) -> None:
    draft.mark(tournament.pk, [registration.pk], Marks(**marks), now=NOON)  # type: ignore[arg-type]


def code_of(caught: pytest.ExceptionInfo[Refused]) -> str:
    return caught.value.code


def published(number: int = 40, players: int = 36) -> Tournament:
    tournament = selecting(number, max_participants=players)
    lots.fill(tournament.pk, by="lea", now=NOON)
    publishing.publish(tournament.pk, by="lea", now=NOON)
    tournament.refresh_from_db()
    return tournament


# --- The draft -------------------------------------------------------------------------------


def test_who_is_chosen_gets_the_next_seed() -> None:
    tournament = selecting(10, max_participants=8)
    first, second, third = entries(tournament)[:3]
    choose(tournament, second, third, first)
    assert list(draft.chosen(tournament)) == [second, third, first]
    mark(tournament, third, is_chosen=False)
    choose(tournament, third)
    assert list(draft.chosen(tournament)) == [second, first, third]


def test_no_more_are_chosen_than_can_play() -> None:
    tournament = selecting(10, max_participants=8)
    ids = [it.pk for it in entries(tournament)]
    with pytest.raises(Refused) as caught:
        draft.mark(tournament.pk, ids, Marks(is_chosen=True), now=NOON)
    assert code_of(caught) == "roster_full"
    assert not draft.chosen(tournament).exists()
    draft.mark(tournament.pk, ids[:8], Marks(is_chosen=True), now=NOON)
    # Who is chosen already takes no place.
    draft.mark(tournament.pk, ids[:8], Marks(is_chosen=True), now=NOON)


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once() -> None:
    tournament = selecting(14, max_participants=8)
    there = entries(tournament)
    choose(tournament, *there[:7])
    left = [it.pk for it in there[7:]]

    def take() -> None:
        draft.mark(tournament.pk, [left.pop()], Marks(is_chosen=True), now=NOON)

    results = at_once(6, take)
    assert sum(result is None for result in results) == 1
    assert draft.chosen(tournament).count() == 8


def test_who_is_passed_over_is_neither_chosen_nor_pinned() -> None:
    tournament = selecting(10)
    one = entries(tournament)[0]
    mark(tournament, one, is_pinned=True)
    choose(tournament, one)
    mark(tournament, one, is_passed_over=True)
    one.refresh_from_db()
    assert (one.is_chosen, one.is_pinned, one.is_passed_over, one.seed) == (
        False,
        False,
        True,
        None,
    )
    choose(tournament, one)
    one.refresh_from_db()
    assert not one.is_passed_over


def test_nobody_is_chosen_before_the_selection() -> None:
    tournament = selecting(10)
    Tournament.objects.update(status="REGISTRATION_CLOSED")
    one = entries(tournament)[0]
    with pytest.raises(Refused) as caught:
        choose(tournament, one)
    assert code_of(caught) == "not_selecting"
    mark(tournament, one, note="Plays well", tags=["fast"])
    one.refresh_from_db()
    assert (one.note, one.tags) == ("Plays well", ["fast"])


def test_marks_of_another_tournament_are_not_made() -> None:
    tournament, other = selecting(10), selecting(10)
    with pytest.raises(Registration.DoesNotExist):
        mark(tournament, entries(other)[0], is_pinned=True)


# --- The board -------------------------------------------------------------------------------


def test_the_board_finds_who_is_looked_for() -> None:
    tournament = selecting(12)
    there = entries(tournament)
    mark(tournament, there[3], note="met at the LAN", tags=["lan"])
    mark(tournament, there[4], is_pinned=True)

    def found(**wanted: object) -> list[Registration]:
        return list(board.registrations(tournament, Filter(**wanted)))  # type: ignore[arg-type]

    assert found(text="met at") == found(tag="lan") == found(text="LAN") == [there[3]]
    assert found(text="V11") == found(text=there[11].viewer_id) == [there[11]]
    assert found(is_pinned=True) == [there[4]]
    assert found(has_note=True) == [there[3]]
    assert found(text="%") == []
    assert len(found()) == 12


def test_the_board_knows_who_has_played_and_who_did_not_come() -> None:
    past = stage.tournament(8)
    tournament = selecting(8)
    player = past.participants.get(seed=3)
    Participant.objects.filter(pk=player.pk).update(strikes=2)
    Registration.objects.create(
        tournament=tournament, viewer_id=player.viewer_id, registered_at=NOON
    )
    (found,) = board.registrations(tournament, Filter(has_played_before=True))
    assert (found.viewer_id, found.past, found.strikes) == (player.viewer_id, 1, 2)
    assert found in board.registrations(tournament, Filter(has_strikes=True))
    assert board.registrations(tournament, Filter(has_played_before=False)).count() == 8


# --- Lots ------------------------------------------------------------------------------------


def test_the_places_that_are_left_are_filled_by_lot() -> None:
    tournament = selecting(60)
    there = entries(tournament)
    choose(tournament, *there[:5])
    mark(tournament, there[5], is_passed_over=True)
    lucky = lots.fill(tournament.pk, by="lea", now=NOON)
    assert len(lucky) == 31
    assert there[5] not in lucky
    assert all(it.is_chosen_by_lot for it in lucky)
    assert draft.chosen(tournament).count() == 36
    with pytest.raises(Refused) as caught:
        lots.fill(tournament.pk, by="lea", now=NOON)
    assert code_of(caught) == "roster_full"


def test_to_fill_again_lets_in_only_who_is_next() -> None:
    tournament = selecting(60)
    lucky = lots.fill(tournament.pk, by="lea", now=NOON)
    mark(tournament, lucky[0], is_chosen=False, is_passed_over=True)
    (next_one,) = lots.fill(tournament.pk, by="lea", now=NOON)
    assert next_one not in lucky
    draft.clear(tournament.pk, only_lots=True, now=NOON)
    assert lots.fill(tournament.pk, by="lea", now=NOON) == [*lucky[1:], next_one]


def test_anybody_can_replay_the_lots() -> None:
    tournament = published(50)
    drawing = tournament.drawings.get(purpose="selection")
    secret = bytes.fromhex(drawing.secret)
    assert hashlib.sha256(secret).hexdigest() == drawing.commitment
    ids = [it.pk for it in entries(tournament)]

    def lot(registration_id: str) -> bytes:
        words = json.dumps(["selection", registration_id], separators=(",", ":")).encode()
        return hmac.digest(secret, words, "sha256")

    assert drawing.result == {
        "lots": sorted(ids, key=lot),
        "by_lot": sorted(ids, key=lot)[:36],
    }


# --- Seeds -----------------------------------------------------------------------------------


def test_seeds_are_moved_by_hand() -> None:
    tournament = selecting(10, max_participants=8)
    a, b, c, d = entries(tournament)[:4]
    choose(tournament, a, b, c, d)
    assert seeds.place(tournament.pk, d.pk, 2, now=NOON) == [a, d, b, c]
    assert seeds.place(tournament.pk, a.pk, 4, now=NOON) == [d, b, c, a]
    for wrong in (0, 5):
        with pytest.raises(Refused):
            seeds.place(tournament.pk, a.pk, wrong, now=NOON)


def test_past_results_give_seeds() -> None:
    past = stage.tournament(8, played=4)
    Tournament.objects.update(status="COMPLETED")
    tournament = selecting(8, max_participants=8)
    best = past.standings.order_by("-points").select_related("participant").first()
    assert best is not None
    registration = Registration.objects.create(
        tournament=tournament, viewer_id=best.participant.viewer_id, registered_at=NOON
    )
    choose(tournament, *entries(tournament)[1:5], registration)
    assert seeds.arrange(tournament.pk, seeds.By.RESULTS, by="lea", now=NOON)[0] == registration
    by_time = seeds.arrange(tournament.pk, seeds.By.REGISTRATION, by="lea", now=NOON)
    assert by_time == sorted(by_time, key=lambda it: (it.registered_at, it.pk))


def test_lots_give_seeds_that_do_not_change() -> None:
    tournament = selecting(36)
    lots.fill(tournament.pk, by="lea", now=NOON)
    once = seeds.arrange(tournament.pk, seeds.By.LOT, by="lea", now=NOON)
    assert once == seeds.arrange(tournament.pk, seeds.By.LOT, by="lea", now=NOON)
    publishing.publish(tournament.pk, by="lea", now=NOON)
    drawing = tournament.drawings.get(purpose="pots")
    assert drawing.revealed_at == NOON
    assert drawing.result == {"lots": [it.pk for it in once]}


def test_lots_that_gave_no_seeds_are_not_published() -> None:
    tournament = selecting(8, max_participants=8)
    choose(tournament, *entries(tournament))
    for rule in (seeds.By.LOT, seeds.By.RESULTS):
        seeds.arrange(tournament.pk, rule, by="lea", now=NOON)
    publishing.publish(tournament.pk, by="lea", now=NOON)
    drawing = tournament.drawings.get(purpose="pots")
    assert (drawing.drawn_at, drawing.revealed_at, drawing.result) == (None, None, None)


# --- Publishing ------------------------------------------------------------------------------


def test_a_published_roster_is_whole() -> None:
    tournament = selecting(60)
    there = entries(tournament)
    choose(tournament, *there[:2])
    mark(tournament, there[59], is_pinned=True)
    mark(tournament, there[58], is_passed_over=True)
    lots.fill(tournament.pk, by="lea", now=NOON)
    players = publishing.publish(tournament.pk, by="lea", now=NOON)
    tournament.refresh_from_db()
    assert tournament.published_at == NOON
    assert [player.seed for player in players] == list(range(1, 37))
    assert [player.pot for player in players] == [n // 9 + 1 for n in range(36)]
    assert [player.viewer_id for player in players[:2]] == [it.viewer_id for it in there[:2]]
    assert tournament.standings.count() == 36
    statuses = list(tournament.registrations.values_list("status", flat=True))
    assert (statuses.count("CONFIRMED"), statuses.count("NOT_SELECTED")) == (36, 24)
    line = list(waiting.waiting_list(tournament))
    assert [it.waiting_place for it in line] == list(range(1, 24))
    assert there[58] not in line
    there[59].refresh_from_db()
    assert there[59].waiting_place in (1, None)
    fact = Event.objects.get(kind="tournaments.RosterPublished")
    assert fact.payload["players"] == 36


def test_exactly_the_list_is_confirmed() -> None:
    tournament = selecting(40)
    choose(tournament, entries(tournament)[39])
    ids = [it.viewer_id for it in entries(tournament)[35::-1]]
    players = publishing.publish(tournament.pk, by="api", now=NOON, viewer_ids=ids)
    assert [player.viewer_id for player in players] == ids
    confirmed = tournament.registrations.filter(status="CONFIRMED")
    assert set(confirmed.values_list("viewer_id", flat=True)) == set(ids)


@pytest.mark.parametrize(
    ("number", "code"), [(35, "no_format"), (6, "no_format"), (37, "too_many"), (0, "no_format")]
)
def test_a_roster_that_cannot_play_is_not_published(number: int, code: str) -> None:
    tournament = selecting(40)
    ids = [it.viewer_id for it in entries(tournament)[:number]]
    with pytest.raises(Refused) as caught:
        publishing.publish(tournament.pk, by="api", now=NOON, viewer_ids=ids)
    assert code_of(caught) == code
    assert not Participant.objects.exists()
    assert not tournament.registrations.exclude(status="PENDING").exists()


def test_strangers_and_doubles_are_not_confirmed() -> None:
    tournament = selecting(10, max_participants=8)
    ids = [it.viewer_id for it in entries(tournament)[:8]]
    for wrong, code in ((["9", *ids[1:]], "not_registered"), ([ids[1], *ids[1:]], "named_twice")):
        with pytest.raises(Refused) as caught:
            publishing.publish(tournament.pk, by="api", now=NOON, viewer_ids=wrong)
        assert code_of(caught) == code


def test_a_roster_is_published_once() -> None:
    tournament = published()
    with pytest.raises(Refused) as caught:
        publishing.publish(tournament.pk, by="lea", now=NOON)
    assert code_of(caught) in ("no_format", "roster_published")


def test_a_roster_of_fewer_has_its_own_format() -> None:
    tournament = selecting(34)
    choose(tournament, *entries(tournament))
    seen = board.preview(tournament)
    assert seen.can_publish
    assert seen.form
    assert seen.explained[0].startswith("34 players")
    players = publishing.publish(tournament.pk, by="lea", now=NOON)
    assert {player.pot for player in players} == set(range(1, seen.form.pots + 1))


def test_the_preview_says_what_is_new() -> None:
    tournament = published(40)
    publishing.take_back(tournament.pk, by="lea", now=NOON)
    old = draft.chosen(tournament)[0]
    new = draft.candidates(tournament).filter(is_chosen=False)[0]
    mark(tournament, old, is_chosen=False)
    choose(tournament, new)
    seen = board.preview(tournament)
    assert (seen.added, seen.removed, seen.kept) == ([new.viewer], [old.viewer], 35)


def test_groups_that_cannot_be_kept_apart_are_said_before() -> None:
    tournament = selecting(36)
    lots.fill(tournament.pk, by="lea", now=NOON)
    for player in draft.chosen(tournament)[:10]:
        mark(tournament, player, avoid_group="clan")
    problem = board.preview(tournament).problem
    assert "impossible" in problem
    assert str(draft.chosen(tournament)[0].viewer) in problem
    assert "reg_" not in problem


def test_a_roster_is_taken_back_until_the_draw() -> None:
    tournament = published(40)
    before = [it.pk for it in tournament.registrations.filter(is_chosen=True).order_by("seed")]
    publishing.take_back(tournament.pk, by="lea", now=NOON)
    tournament.refresh_from_db()
    assert tournament.published_at is None
    assert not tournament.participants.exists()
    assert set(tournament.registrations.values_list("status", flat=True)) == {"PENDING"}
    assert [it.pk for it in draft.chosen(tournament)] == before
    publishing.publish(tournament.pk, by="lea", now=NOON)
    Tournament.objects.update(status="LEAGUE_PHASE")
    with pytest.raises(Refused) as caught:
        publishing.take_back(tournament.pk, by="lea", now=NOON)
    assert code_of(caught) == "drawn"


# --- Subscriptions at the confirmation -------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_who_subscribes_no_more_is_named(backstage: Backstage) -> None:
    backstage.connect()
    tournament = selecting(8, is_for_subscribers=True, max_participants=8)
    for number in range(8):
        backstage.control("viewer", login=f"fan{number}")
    accounts = {it["login"]: it["id"] for it in backstage.look("state")["viewers"]}
    for number, registration in enumerate(entries(tournament)):
        viewer = registration.viewer
        Registration.objects.filter(pk=registration.pk).delete()
        viewer.delete()
        viewer.pk = accounts[f"fan{number}"]
        viewer.save()
        registration.viewer = viewer
        registration.save()
        if number != 3:
            backstage.control("subscribe", viewer=f"fan{number}", tier="2000")
    choose(tournament, *entries(tournament))
    with pytest.raises(LostSubscriptions) as caught:
        publishing.publish(tournament.pk, by="lea", now=NOON)
    assert [viewer.login for viewer in caught.value.viewers] == ["v3"]
    assert backstage.calls("/subscriptions", "GET") == 1
    assert entries(tournament)[0].tier == "2000"
    players = publishing.publish(tournament.pk, by="lea", now=NOON, without_subscription=True)
    assert len(players) == 8


@pytest.mark.django_db(transaction=True)
def test_nothing_is_published_while_twitch_is_away(backstage: Backstage) -> None:
    backstage.connect()
    tournament = selecting(8, is_for_subscribers=True, max_participants=8)
    choose(tournament, *entries(tournament))
    backstage.breaks("500", path="/twitch/helix/subscriptions", count=1)
    with pytest.raises(TryAgain):
        publishing.publish(tournament.pk, by="lea", now=NOON)
    assert not Participant.objects.exists()


# --- Substitutes -----------------------------------------------------------------------------


def test_the_next_who_waits_takes_the_place_of_who_withdrew() -> None:
    tournament = published(40)
    player = tournament.participants.get(seed=7)
    registrations.withdraw(tournament.pk, player.viewer, now=NOON)
    player.refresh_from_db()
    assert player.withdrawn_at == NOON
    first, second = waiting.waiting_list(tournament)[:2]
    taken = waiting.replace(player.pk, by="lea", now=NOON)
    assert (taken.viewer, taken.seed, taken.withdrawn_at) == (first.viewer, 7, None)
    assert waiting.waiting_list(tournament)[0] == second
    assert list(waiting.waiting_list(tournament).values_list("waiting_place", flat=True)) == [
        1,
        2,
        3,
    ]


def test_anybody_who_waits_can_be_let_in() -> None:
    tournament = published(40)
    player = tournament.participants.get(seed=1)
    last = waiting.waiting_list(tournament).last()
    assert last
    taken = waiting.replace(player.pk, by="lea", now=NOON, registration_id=last.pk, reason="Ill")
    assert taken.viewer == last.viewer
    assert tournament.registrations.get(viewer=player.viewer).status == Status.WITHDRAWN
    assert tournament.changes.get(verb="replaced_player").reason == "Ill"


def test_nobody_takes_over_once_a_match_was_begun() -> None:
    tournament = stage.tournament(8)
    stage.registration(tournament, status="NOT_SELECTED", waiting_place=1)
    Tournament.objects.update(is_for_subscribers=False)
    home, away = tournament.participants.all()[:2]
    match = Match.objects.filter(home=home).first() or Match.objects.filter(away=home).first()
    assert match
    stage.go_live(match)
    with pytest.raises(Refused) as caught:
        waiting.replace(home.pk, by="lea", now=NOON)
    assert code_of(caught) == "has_played"
    other = next(
        it for it in tournament.participants.all() if it.pk not in (match.home_id, match.away_id)
    )
    assert waiting.replace(other.pk, by="lea", now=NOON).seed == other.seed
    with pytest.raises(Refused) as caught:
        waiting.replace(away.pk, by="lea", now=NOON)
    assert code_of(caught) in ("nobody_waits", "has_played")


def test_nobody_takes_over_what_a_player_has_reported() -> None:
    tournament = stage.tournament(8, is_for_subscribers=False)
    stage.registration(tournament, status="NOT_SELECTED", waiting_place=1)
    match = tournament.matches.select_related("home__viewer").first()
    assert match
    told = reports.Told(Score(2, 1))
    reports.report(match.pk, match.home.viewer, told, now=NOON)
    with pytest.raises(Refused) as caught:
        waiting.replace(match.home_id, by="lea", now=NOON)
    assert code_of(caught) == "has_played"


def test_who_takes_over_begins_without_the_warnings_of_who_left() -> None:
    tournament = stage.tournament(8, is_for_subscribers=False)
    stage.registration(tournament, status="NOT_SELECTED", waiting_place=1)
    player = tournament.participants.get(seed=3)
    withdrawals.warn(player.pk, 2, by="lea", reason="", now=NOON)
    taken = waiting.replace(player.pk, by="lea", now=NOON)
    withdrawals.warn(tournament.participants.get(seed=4).pk, 1, by="lea", reason="", now=NOON)
    taken.refresh_from_db()
    assert (taken.warnings, taken.strikes) == (0, 0)


def test_nobody_waits_in_vain() -> None:
    tournament = published(10, 8)
    assert waiting.may_free(tournament)
    played = stage.tournament(8)
    assert waiting.may_free(played)
    stage.play(played, days=1)
    assert not waiting.may_free(played)


def test_the_draw_waits_for_a_free_place() -> None:
    from tournaments.services.states import move

    tournament = published(40)
    registrations.withdraw(tournament.pk, tournament.participants.get(seed=7).viewer, now=NOON)
    with pytest.raises(Refused) as caught:
        move(tournament.pk, "LEAGUE_PHASE", by="lea", now=NOON)
    assert code_of(caught) == "place_free"
