"""What everything is derived from: the roster, the matches, awards of votes, coins."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from tournaments.models import Drawing, Match, Participant, Phase, Tournament, VoteEvent
from tournaments.rules.formats import Format, format_of
from tournaments.rules.standings import Entrant, Played
from tournaments.rules.ties import Leg

COMPLETED = Match.Status.COMPLETED


@dataclass(frozen=True)
class Facts:
    """A tournament's roster and matches, read once, in the words of the rules."""

    tournament: Tournament
    players: list[Participant]
    matches: list[Match]

    @cached_property
    def form(self) -> Format:
        return format_of(len(self.players), self.tournament.matches_per_player)

    @cached_property
    def league(self) -> list[Match]:
        return [match for match in self.matches if match.phase == Phase.LEAGUE]

    @property
    def is_league_over(self) -> bool:
        return bool(self.league) and all(match.status == COMPLETED for match in self.league)

    @cached_property
    def entrants(self) -> list[Entrant]:
        awards = _awards(self.tournament)
        return [
            Entrant(
                player.pk,
                player.seed,
                # Seeds are different, so a lot that is not drawn decides nothing.
                lot=player.lot or 0,
                bonus=awards[player.pk],
                strikes=player.strikes,
            )
            for player in self.players
        ]

    def played(self) -> list[Played]:
        """The settled league matches."""
        return [
            Played(
                match.home_id,
                match.away_id,
                match.home_goals or 0,
                match.away_goals or 0,
                is_void=match.outcome == Match.Outcome.VOID,
                is_lost_by_both=match.is_home_guilty and match.is_away_guilty,
            )
            for match in self.league
            if match.status == COMPLETED
        ]

    def to_play(self) -> list[tuple[str, str]]:
        """The pairings of the league that are not settled."""
        left = (match for match in self.league if match.status != COMPLETED)
        return [(match.home_id, match.away_id) for match in left]

    def legs(self, slots: dict[int, tuple[str, int]]) -> list[Leg]:
        """The matches of ties that have begun, set aside or not; `slots` are ties by their id."""
        return [
            _leg(match, *slots[match.tie_id])
            for match in self.matches
            if match.tie_id is not None and match.status != Match.Status.SCHEDULED
        ]

    def coins(self) -> dict[str, bool]:
        """The coins of the bracket that are drawn."""
        drawing = Drawing.objects.filter(
            tournament=self.tournament, purpose=Drawing.Purpose.BRACKET
        ).first()
        result = drawing.result if drawing else None
        return dict(result["coins"]) if result else {}

    def bonus_left(self) -> dict[str, int]:
        """What votes may still add to each player's points, at most."""
        tournament = self.tournament
        if tournament.bonus_mode != Tournament.BonusMode.COUNTS:
            return {}
        voted_on = set(
            VoteEvent.objects.filter(
                match__tournament=tournament, status=VoteEvent.Status.ACTIVE
            ).values_list("match_id", flat=True)
        )
        open_to_votes = Counter[str]()
        for match in self.league:
            is_to_come = match.status != COMPLETED and (
                match.matchday != self.form.matchdays or tournament.has_votes_on_last_day
            )
            if is_to_come or match.pk in voted_on:
                open_to_votes.update((match.home_id, match.away_id))
        return {
            each.id: min(
                tournament.most_bonus_per_match * open_to_votes[each.id],
                max(0, tournament.most_bonus_per_player - each.bonus),
            )
            for each in self.entrants
        }


def read(tournament: Tournament) -> Facts:
    """Read a tournament's roster and matches."""
    return Facts(
        tournament,
        list(tournament.participants.order_by("seed")),
        list(tournament.matches.order_by("pk")),
    )


def _awards(tournament: Tournament) -> Counter[str]:
    awards = Counter[str]()
    ended = VoteEvent.objects.filter(
        match__tournament=tournament, status=VoteEvent.Status.COMPLETED
    ).values_list("match__home_id", "match__away_id", "home_award", "away_award")
    for home, away, home_award, away_award in ended:
        awards[home] += home_award
        awards[away] += away_award
    return awards


def _leg(match: Match, phase: str, slot: int) -> Leg:
    guilty = ((match.home_id, match.is_home_guilty), (match.away_id, match.is_away_guilty))
    return Leg(
        phase=phase,
        slot=slot,
        number=match.leg or 1,
        home=match.home_id,
        away=match.away_id,
        home_goals=match.home_goals or 0,
        away_goals=match.away_goals or 0,
        has_extra_time=match.has_extra_time,
        home_penalties=match.home_penalties,
        away_penalties=match.away_penalties,
        forfeited_by=frozenset(player for player, is_guilty in guilty if is_guilty),
        is_settled=match.status == COMPLETED,
    )
