"""Votes: what starts them, what counts, and how they end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import User
from points.models import Account, Entry
from points.services import audit
from points.services.ledger import NotEnough
from sagas.flow import Refused
from sagas.models import Run
from tests.backstage import Backstage, at_once
from tests.tournaments import stage
from tests.tournaments.betting import (
    balance,
    begin,
    cast,
    lead,
    live_match,
    rich,
    time_is_over,
)
from tournaments.models import Change, Match, Standing, Tournament, Vote, VoteEvent
from tournaments.services import matches, predictions, states, votes
from tournaments.services.impartiality import Banned, Partial
from tournaments.services.votes import NotCast, Terms

Status = VoteEvent.Status


@pytest.fixture
def made(db: None) -> Iterator[Tournament]:
    yield stage.tournament(8)
    assert audit.check() == []


@pytest.fixture
def match(made: Tournament) -> Match:
    return live_match(made)


def ended(event: VoteEvent) -> VoteEvent:
    return votes.finish(event.pk, now=timezone.now())


def bonus(event: VoteEvent) -> tuple[int, int]:
    """Return the vote points of the two players in the table."""
    match = event.match
    lines = {line.pk: line for line in Standing.objects.filter(tournament=match.tournament)}
    return lines[match.home_id].bonus, lines[match.away_id].bonus


def refused(code: str, act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    return caught.value.sentence


# --- Starting ----------------------------------------------------------------------------------


def test_a_vote_starts_in_a_live_match_and_is_noted(match: Match) -> None:
    event = begin(match, duration=timedelta(seconds=90))
    assert event.status == Status.ACTIVE
    assert timedelta(seconds=70) < event.ends_at - timezone.now() <= timedelta(seconds=90)
    noted = Change.objects.get(verb="started_vote")
    assert (noted.by, noted.details["vote"]) == ("Ada", event.pk)
    assert set(Run.objects.values_list("saga", flat=True)) >= {
        "tournaments.vote",
        "tournaments.vote_call",
    }


def test_a_vote_is_about_a_match_that_is_live_and_one_at_a_time(made: Tournament) -> None:
    scheduled = made.matches.league().filter(matchday=2)[0]
    refused("match_not_live", lambda: begin(scheduled))
    match = live_match(made)
    begin(match)
    refused("vote_active", lambda: begin(match, points_award=0))


def test_awards_are_capped_for_a_match_with_the_measured_reason(match: Match) -> None:
    sentence = refused("most_per_match", lambda: begin(match, points_award=2))
    assert "54 to 92 %" in sentence
    cast(begin(match), rich())
    ended(VoteEvent.objects.get())
    refused("most_per_match", lambda: begin(match))
    begin(match, points_award=0)


def test_every_player_gets_as_many_votes_as_the_others(made: Tournament) -> None:
    match = live_match(made)
    ended(begin(match))
    home = match.home
    other = made.matches.filter(matchday=2, home=home) | made.matches.filter(matchday=2, away=home)
    stage.go_live(other.get())
    refused("votes_per_player", lambda: begin(other.get()))
    Tournament.objects.update(votes_per_player=2)
    begin(other.get())


def test_a_player_gets_no_more_from_votes_than_the_setting_says(made: Tournament) -> None:
    Tournament.objects.update(votes_per_player=9, most_bonus_per_player=1)
    match = live_match(made)
    cast(begin(match), rich())
    ended(VoteEvent.objects.get())
    home, away = match.home, match.away
    for player, code in ((home, "most_per_player"), (away, None)):
        other = made.matches.filter(matchday=2, home=player) | made.matches.filter(
            matchday=2, away=player
        )
        stage.go_live(other.get())
        if code:
            refused(code, lambda other=other: begin(other.get()))
        elif home.pk not in (other.get().home_id, other.get().away_id):
            begin(other.get())


def test_nothing_is_awarded_on_the_last_day_nor_where_there_is_no_table(made: Tournament) -> None:
    last = made.matches.league().order_by("-matchday")[0]
    stage.go_live(last)
    refused("last_day", lambda: begin(last))
    Tournament.objects.update(has_votes_on_last_day=True)
    ended(begin(last))
    Tournament.objects.update(bonus_mode="off")
    refused("bonus_off", lambda: begin(live_match(made)))


def test_in_the_knock_outs_a_vote_is_for_the_applause(made: Tournament) -> None:
    stage.play(made, days=99)
    stage.knock_out(made, rounds=0)
    leg = made.matches.filter(tie__isnull=False, leg=1)[0]
    stage.go_live(leg)
    refused("no_table", lambda: begin(leg))
    event = begin(leg, points_award=0)
    cast(event, rich())
    assert ended(event).no_award_because == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"points_award": -1},
        {"cost_per_vote": -1},
        {"cost_per_vote": 10**7},
        {"duration": timedelta(seconds=9)},
        {"duration": timedelta(hours=2)},
        {"most_per_viewer": 0},
        {"quorum": 0},
    ],
)
def test_terms_that_make_no_sense_are_errors(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Terms(**wrong)


# --- Casting -----------------------------------------------------------------------------------


def test_a_vote_is_paid_and_recorded(match: Match) -> None:
    event, viewer = begin(match), rich(100)
    votes.cast(event.pk, viewer, match.away_id, "one")
    vote = Vote.objects.get()
    assert (vote.viewer, vote.participant, vote.number, vote.cost) == (viewer, match.away, 1, 10)
    assert balance(viewer) == 90
    entry = Entry.objects.get(kind="debit")
    assert (entry.cause_type, entry.cause_id) == ("tournaments.match", match.pk)


def test_a_player_may_be_named_by_twitch_id(match: Match) -> None:
    event, viewer = begin(match), rich()
    vote = votes.cast(event.pk, viewer, match.home.viewer_id, "one")
    assert vote.participant_id == match.home_id
    refused("not_in_this_match", lambda: votes.cast(event.pk, viewer, "player_404", "two"))


def test_the_same_press_again_is_one_vote(match: Match) -> None:
    event, viewer = begin(match, most_per_viewer=5), rich(100)
    first, again = (votes.cast(event.pk, viewer, match.home_id, "one") for _ in range(2))
    assert first.pk == again.pk
    assert balance(viewer) == 90
    refused("key_reused", lambda: votes.cast(event.pk, viewer, match.away_id, "one"))
    # A key is the viewer's own.
    votes.cast(event.pk, rich(), match.away_id, "one")
    assert Vote.objects.count() == 2


def test_a_viewer_has_so_many_votes(match: Match) -> None:
    event, viewer = begin(match, most_per_viewer=2), rich(100)
    for key in ("one", "two"):
        cast(event, viewer, key=key)
    refused("no_votes_left", lambda: cast(event, viewer, key="three"))
    assert votes.own(event, viewer) == {"home": 2, "away": 0, "left": 0}
    assert balance(viewer) == 80


def test_who_cannot_pay_has_not_voted(match: Match) -> None:
    event = begin(match)
    for viewer in (rich(9), rich(0)):
        with pytest.raises(NotEnough):
            cast(event, viewer)
    assert not Vote.objects.exists()


def test_a_free_vote_needs_no_points(match: Match) -> None:
    cast(begin(match, cost_per_vote=0), rich(0))
    assert Vote.objects.get().cost == 0


def test_after_the_end_by_the_databases_clock_no_vote_counts(match: Match) -> None:
    event, viewer = begin(match), rich()
    time_is_over(event)
    assert "ended at" in refused("vote_over", lambda: cast(event, viewer))
    ended(event)
    refused("vote_over", lambda: cast(event, viewer))
    assert balance(viewer) == 1000


def test_a_cancelled_vote_takes_no_votes(match: Match) -> None:
    event = begin(match)
    votes.cancel(event.pk, by="Ada", now=timezone.now())
    refused("vote_cancelled", lambda: cast(event, rich()))


def test_players_the_banned_and_who_runs_matches_do_not_vote(match: Match) -> None:
    event = begin(match, cost_per_vote=0)
    with pytest.raises(Partial):
        votes.cast(event.pk, match.home.viewer, match.home_id, "one")
    moderator, streamer, banned = rich(), rich(), rich()
    for n, (viewer, columns) in enumerate(
        {moderator: {}, streamer: {"is_superuser": True}, banned: {"is_banned": True}}.items()
    ):
        user = User.objects.create(username=f"u{n}", viewer=viewer, **columns)
        if viewer is moderator:
            cast(event, viewer, key="before")
            user.user_permissions.add(Permission.objects.get(codename="enter_results"))
        with pytest.raises(Banned if viewer is banned else Partial):
            cast(event, viewer)


def test_the_setting_lets_players_vote_but_never_the_banned(
    match: Match, settings: LazySettings
) -> None:
    settings.TOURNAMENT_NEUTRAL_VOTERS = False
    event, player = begin(match, cost_per_vote=0), match.home.viewer
    cast(event, player)
    User.objects.create(username="player", viewer=player, is_banned=True)
    with pytest.raises(Banned):
        cast(event, player)
    with pytest.raises(Partial):
        predictions.predict(match.pk, match.away.viewer, "away", 1, "press")


@pytest.mark.django_db(transaction=True)
def test_presses_at_the_same_moment_are_as_many_votes_as_allowed() -> None:
    made = stage.tournament(8)
    event, viewer = begin(live_match(made), most_per_viewer=3), rich(1000)

    presses = iter(range(20))

    def press() -> str:
        try:
            cast(event, viewer, key=f"press{next(presses) % 10}")
        except NotCast as refusal:
            return refusal.code
        return "cast"

    assert set(at_once(20, press)) <= {"cast", "no_votes_left"}
    assert sorted(Vote.objects.values_list("number", flat=True)) == [1, 2, 3]
    assert balance(viewer) == 970


# --- The end -----------------------------------------------------------------------------------


def test_the_most_voted_player_gets_the_award_into_the_table(match: Match) -> None:
    event = begin(match)
    voters = [rich(100) for _ in range(3)]
    for viewer, side in zip(voters, ("home", "away", "away"), strict=True):
        cast(event, viewer, side)
    done = ended(event)
    assert (done.status, done.home_votes, done.away_votes) == (Status.COMPLETED, 1, 2)
    assert (done.home_award, done.away_award, done.no_award_because) == (0, 1, "")
    assert bonus(event) == (0, 1)
    assert [balance(viewer) for viewer in voters] == [90, 90, 90]
    assert ended(event).ended_at == done.ended_at


@pytest.mark.parametrize(
    ("sides", "terms", "because"),
    [
        ((), {}, "no_votes"),
        (("home", "away"), {}, "tie"),
        (("home", "away"), {"tie_rule": VoteEvent.TieRule.SPLIT}, "tie"),
        (("home",), {"quorum": 2}, "quorum"),
    ],
)
def test_without_an_award_everybody_is_paid_back(
    match: Match, sides: tuple[str, ...], terms: dict[str, Any], because: str
) -> None:
    event = begin(match, **terms)
    voters = [rich(100) for _ in sides]
    for viewer, side in zip(voters, sides, strict=True):
        cast(event, viewer, side)
    done = ended(event)
    assert done.no_award_because == because
    assert done.refunded_at is not None
    assert bonus(event) == (0, 0)
    assert [balance(viewer) for viewer in voters] == [100] * len(voters)


def test_a_tie_may_split_the_award(made: Tournament) -> None:
    Tournament.objects.update(most_bonus_per_match=2)
    event = begin(live_match(made), points_award=2, tie_rule=VoteEvent.TieRule.SPLIT)
    cast(event, rich())
    cast(event, rich(), "away")
    assert ended(event).refunded_at is None
    assert bonus(event) == (1, 1)


def test_a_cancelled_vote_pays_back_and_awards_nothing(match: Match) -> None:
    event, viewer = begin(match), rich(100)
    cast(event, viewer)
    for _ in range(2):
        done = votes.cancel(event.pk, by="Ada", now=timezone.now(), reason="A mistake")
    assert (done.status, done.home_votes, balance(viewer)) == (Status.CANCELLED, 1, 100)
    assert Change.objects.get(verb="cancelled_vote").reason == "A mistake"
    begin(match)


def test_an_award_can_be_taken_back_while_the_league_phase_lasts(match: Match) -> None:
    event, viewer = begin(match), rich(100)
    cast(event, viewer)
    ended(event)
    assert bonus(event) == (1, 0)
    votes.cancel(event.pk, by="Ada", now=timezone.now())
    assert (bonus(event), balance(viewer)) == ((0, 0), 100)


def test_an_award_that_made_the_bracket_stays(match: Match) -> None:
    event = begin(match)
    cast(event, rich())
    ended(event)
    Tournament.objects.update(status=Tournament.Status.KNOCKOUTS)
    refused("too_late", lambda: votes.cancel(event.pk, by="Ada", now=timezone.now()))


def test_a_vote_that_awarded_nothing_is_taken_back_at_any_time(match: Match) -> None:
    event, viewer = begin(match, points_award=0), rich(100)
    cast(event, viewer)
    ended(event)
    Tournament.objects.update(status=Tournament.Status.KNOCKOUTS)
    votes.cancel(event.pk, by="Ada", now=timezone.now())
    assert balance(viewer) == 100
    assert matches.call_back(match.pk, by="Ada", now=timezone.now()).status == "SCHEDULED"


# --- By itself ---------------------------------------------------------------------------------


def test_a_vote_ends_by_itself_and_tells_chat_how(made: Tournament, backstage: Backstage) -> None:
    backstage.connect()
    match = live_match(made)
    event = begin(match)
    cast(event, rich())
    lead()
    assert VoteEvent.objects.get().status == Status.ACTIVE
    run = Run.objects.get(saga="tournaments.vote")
    assert run.status == "waiting"
    time_is_over(event)
    Run.objects.filter(pk=run.pk).update(due_at=timezone.now())
    lead()
    assert VoteEvent.objects.get().status == Status.COMPLETED
    said = [line["detail"]["text"] for line in backstage.effects("chat_sent")]
    assert len(said) == 2
    assert "Type !vote" in said[0]
    assert "wins the vote" in said[1]


def test_a_vote_ends_as_it_stands_when_its_match_does(match: Match) -> None:
    event = begin(match)
    cast(event, rich())
    votes.end_with_match(match, now=timezone.now())
    assert VoteEvent.objects.get().home_award == 1
    lead()
    assert Run.objects.get(saga="tournaments.vote").status in ("completed", "waiting")


def test_a_tournament_that_is_called_off_pays_its_voters_back(made: Tournament) -> None:
    viewer = rich(100)
    cast(begin(live_match(made)), viewer)
    states.move(made.pk, Tournament.Status.CANCELLED, by="Ada", now=timezone.now(), reason="Rain")
    lead()
    assert VoteEvent.objects.get().status == Status.CANCELLED
    assert balance(viewer) == 100
    assert Account.objects.get(pk=viewer.pk).held == 0
