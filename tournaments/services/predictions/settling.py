"""Settling a match's predictions: whatever was paid is made equal to what its result says now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from points.services import ledger
from points.services.ledger import Credit
from sagas.flow import find
from sagas.services import publish, start
from tournaments import events
from tournaments.models import Match, Prediction, Settlement, Tournament
from tournaments.rules import market
from tournaments.services import causes, matches

Side, Status = Prediction.Side, Prediction.Status
VOID = "void"
LINE = "tournaments.settlement_line"


@dataclass(frozen=True)
class Effect:
    """What a viewer gets back for a prediction, in points: before a change, and after it."""

    viewer_id: str
    name: str
    side: str
    staked: int
    before: int
    after: int


def outcome_of(match: Match) -> str | None:
    """Return `home`, `draw` or `away`; `void` when stakes go back; None while it is open.

    In a tie it is who goes through. A match that was forfeited before it began, or is not played at
    all, is void; a result counts from the moment it is entered, there is no time to object.
    """
    if match.is_set_aside or _is_walkover(match):
        return VOID
    is_completed = match.status == Match.Status.COMPLETED
    if match.tie is None:
        if is_completed:
            return _by_goals(match)
    elif match.tie.winner_id is not None:
        if is_completed:
            return Side.HOME if match.tie.winner_id == match.home_id else Side.AWAY
        # Somebody went through without it.
        return VOID
    is_off = match.tournament.status == Tournament.Status.CANCELLED
    return VOID if is_off else None


def _is_walkover(match: Match) -> bool:
    is_forfeit = match.outcome == Match.Outcome.FORFEIT
    lost_by_both = match.is_home_guilty and match.is_away_guilty
    return match.outcome == Match.Outcome.VOID or (
        is_forfeit and (match.live_at is None or lost_by_both)
    )


def _by_goals(match: Match) -> str:
    home, away = match.home_goals or 0, match.away_goals or 0
    if home == away:
        return Side.DRAW
    return Side.HOME if home > away else Side.AWAY


@transaction.atomic
def settle(match: Match, *, now: datetime) -> Settlement | None:
    """Pay, pay back or take back what the match's outcome asks for; again, it changes nothing.

    For who changes results, under the tournament's lock; returns the settlement that stands then.
    What was paid for another outcome is taken back, also if it is spent: then it is owed.
    """
    match = _locked(match.pk)
    outcome = outcome_of(match)
    paid = match.settlements.filter(reversed_at=None).first()
    if paid is not None:
        if paid.outcome == outcome:
            return paid
        _take_back(paid, match, now)
    if outcome is None or not match.predictions.exists():
        return None
    return _pay(match, outcome, now)


def would_settle(match: Match, outcome: str | None) -> list[Effect]:
    """Return for each prediction whose payout would change by this outcome what it was and is."""
    bets = _predictions(match)
    after = {bet.pk: 0 for bet in bets}
    if outcome is not None:
        after |= _divided(bets, outcome).payouts
    return [
        Effect(bet.viewer_id, str(bet.viewer), bet.side, bet.points_wagered, bet.payout, back)
        for bet in bets
        if (back := after[bet.pk]) != bet.payout
    ]


def refund_tournament(tournament: Tournament, *, now: datetime) -> None:
    """Give back what is staked on matches that are not played any more; others stay settled."""
    open_ones = tournament.matches.filter(predictions__status=Status.OPEN)
    for match in open_ones.distinct().order_by("pk"):
        settle(match, now=now)


def _locked(match_id: str) -> Match:
    rows = Match.objects.select_related("tournament", "tie", "home__viewer", "away__viewer")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=match_id)


def _predictions(match: Match) -> list[Prediction]:
    return list(match.predictions.select_related("viewer").order_by("made_at", "pk"))


def _divided(bets: list[Prediction], outcome: str) -> market.Settled:
    winner = None if outcome == VOID else outcome
    return market.settle([market.Bet(b.pk, b.side, b.points_wagered) for b in bets], winner)


def _pay(match: Match, outcome: str, now: datetime) -> Settlement:
    bets = _predictions(match)
    divided = _divided(bets, outcome)
    total = sum(bet.points_wagered for bet in bets)
    number = match.settlements.count() + 1
    settlement = Settlement.objects.create(
        match=match,
        number=number,
        outcome=outcome,
        stakes=total,
        payouts=0 if divided.is_refund else total,
        refunds=total if divided.is_refund else 0,
        batch=f"predictions:{match.pk}:{number}",
        at=now,
    )
    for bet in bets:
        bet.payout = divided.payouts[bet.pk]
        bet.status = _status(bet, divided)
    Prediction.objects.bulk_update(bets, ["payout", "status"], batch_size=500)
    what = "Stake returned" if divided.is_refund else "Prediction won"
    ledger.credit_many(
        [
            Credit(
                bet.viewer_id,
                bet.payout,
                causes.of_match(what, match),
                f"payout:{bet.pk}:{number}",
            )
            for bet in bets
            if bet.payout
        ],
        batch=settlement.batch,
    )
    _announce(match, settlement, bets)
    if not divided.is_refund:
        start(find(LINE), settlement)
    return settlement


def _status(bet: Prediction, divided: market.Settled) -> Prediction.Status:
    if divided.is_refund:
        return Status.REFUNDED
    return Status.WON if divided.payouts[bet.pk] else Status.LOST


def _take_back(paid: Settlement, match: Match, now: datetime) -> None:
    ledger.reverse_batch(paid.batch, causes.of_match("Result changed", match), owing=True)
    paid.reversed_at = now
    paid.save(update_fields=["reversed_at"])
    match.predictions.update(status=Status.OPEN, payout=0)


def _announce(match: Match, settlement: Settlement, bets: list[Prediction]) -> None:
    fact = events.PredictionsSettled(
        **matches.about(match, settlement.at),
        outcome=settlement.outcome,
        stakes=settlement.stakes,
        predictions=len(bets),
        winners=sum(bet.status == Status.WON for bet in bets),
    )
    publish(fact, key=f"{match.pk}:{settlement.number}")
