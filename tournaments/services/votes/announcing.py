"""What is said in chat of a vote: that it goes on, and how it ended."""

from __future__ import annotations

from tournaments import texts
from tournaments.models import VoteEvent
from tournaments.rules import ballot
from tournaments.services.votes import showing
from twitch.services import chat

_REASONS = {
    ballot.NO_VOTES: "nobody voted",
    ballot.TIE: "both are level",
}


def call_to_vote(event: VoteEvent) -> None:
    """Say in chat what can be voted for, unless it is over by now."""
    event = showing.events().get(pk=event.pk)
    left = showing.ends_in(event)
    if event.status != VoteEvent.Status.ACTIVE or left < 1:
        return
    chat.say(
        chat.render(
            texts.VOTE_STARTED,
            home=event.match.home,
            away=event.match.away,
            cost=_count(event.cost_per_vote, "point") if event.cost_per_vote else "free",
            seconds=round(left),
            award=_award(event.points_award),
        )
    )


def tell_result(event: VoteEvent) -> None:
    """Say in chat how the vote ended."""
    chat.say(line(showing.events().get(pk=event.pk)))


def line(event: VoteEvent) -> str:
    """Return the line about a vote that is over."""
    home, away = event.match.home, event.match.away
    home_votes, away_votes = showing.tally(event)
    refund = "What votes cost is back." if event.cost_per_vote else ""
    if event.status == VoteEvent.Status.CANCELLED:
        return chat.render(texts.VOTE_CANCELLED, home=home, away=away, refund=refund)
    if event.no_award_because:
        return chat.render(
            texts.VOTE_WITHOUT_AWARD,
            home=home,
            away=away,
            home_votes=home_votes,
            away_votes=away_votes,
            reason=_REASONS.get(
                event.no_award_because, f"fewer than {_count(event.quorum, 'viewer')} voted"
            ),
            refund=refund,
        )
    if home_votes == away_votes:
        award = _award(event.home_award)
        return chat.render(texts.VOTE_SPLIT, home=home, away=away, votes=home_votes, award=award)
    first, other = (home, away) if home_votes > away_votes else (away, home)
    return chat.render(
        texts.VOTE_WON,
        winner=first,
        loser=other,
        votes=max(home_votes, away_votes),
        others=min(home_votes, away_votes),
        award=_award(max(event.home_award, event.away_award)),
    )


def _award(points: int) -> str:
    return _count(points, "league point") if points else "the applause"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
