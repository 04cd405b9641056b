"""What the documents look like, for the API's schema."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from tournaments.models import Match, Participant, Phase, Prediction, Standing, Tournament

Shape = serializers.Serializer[dict[str, Any]]


class PlayerShape(Shape):
    id = serializers.CharField()
    userId = serializers.CharField(help_text="Twitch's user id.")  # noqa: N815 (the API's word)
    name = serializers.CharField()
    seed = serializers.IntegerField(help_text="1 is the strongest.")
    pot = serializers.IntegerField()


class ShootoutShape(Shape):
    home = serializers.IntegerField()
    away = serializers.IntegerField()


class ScoreShape(Shape):
    home = serializers.IntegerField(help_text="With the goals of extra time.")
    away = serializers.IntegerField()
    has_extra_time = serializers.BooleanField()
    penalties = ShootoutShape(allow_null=True)


class ForfeitShape(Shape):
    by = serializers.ListField(child=serializers.CharField(), help_text="Ids of players.")
    ground = serializers.CharField()


class MatchShape(Shape):
    id = serializers.CharField()
    phase = serializers.ChoiceField(Phase.choices)
    phase_name = serializers.CharField()
    matchday = serializers.IntegerField(allow_null=True, help_text="Of the league phase.")
    leg = serializers.IntegerField(allow_null=True, help_text="Of a tie.")
    home = PlayerShape()
    away = PlayerShape()
    scheduled_at = serializers.DateTimeField(allow_null=True)
    status = serializers.ChoiceField(Match.Status.choices)
    outcome = serializers.ChoiceField([("", "not over"), *Match.Outcome.choices])
    score = ScoreShape(allow_null=True)
    forfeit = ForfeitShape(allow_null=True)


class LiveShape(Shape):
    matches = MatchShape(many=True)


class DayShape(Shape):
    name = serializers.CharField()
    starts_at = serializers.DateTimeField(allow_null=True)
    is_live = serializers.BooleanField()
    completed = serializers.IntegerField(help_text="Matches that are over.")
    matches = MatchShape(many=True)


class MatchdayShape(DayShape):
    matchday = serializers.IntegerField()


class MatchesShape(Shape):
    matchdays = MatchdayShape(many=True)
    knockouts = MatchShape(many=True)
    next = DayShape(
        allow_null=True,
        help_text="The match day or leg that is on or comes next; null before the draw.",
    )


class FormShape(Shape):
    match = serializers.CharField()
    result = serializers.ChoiceField(["W", "D", "L"])
    score = serializers.CharField(help_text="Own goals first.")
    opponent = serializers.CharField()


class WhyShape(Shape):
    criterion = serializers.CharField()
    value = serializers.CharField()
    next_value = serializers.CharField()


class LineShape(Shape):
    rank = serializers.IntegerField()
    zone = serializers.ChoiceField(Standing.Zone.choices)
    outlook = serializers.ChoiceField(
        Standing.Outlook.choices, help_text="What is sure already, by points alone."
    )
    player = PlayerShape()
    status = serializers.ChoiceField(Participant.Status.choices)
    is_withdrawn = serializers.BooleanField()
    played = serializers.IntegerField()
    wins = serializers.IntegerField()
    draws = serializers.IntegerField()
    losses = serializers.IntegerField()
    goals_for = serializers.IntegerField()
    goals_against = serializers.IntegerField()
    goal_difference = serializers.IntegerField()
    away_goals = serializers.IntegerField()
    away_wins = serializers.IntegerField()
    points = serializers.IntegerField(help_text="Of matches.")
    bonus = serializers.IntegerField(help_text="Of votes.")
    total = serializers.IntegerField(help_text="What counts.")
    opponents_points = serializers.IntegerField(allow_null=True)
    opponents_goal_difference = serializers.IntegerField(allow_null=True)
    opponents_goals = serializers.IntegerField(allow_null=True)
    strikes = serializers.IntegerField()
    form = FormShape(many=True, help_text="The last five, oldest first.")
    above_next = WhyShape(allow_null=True, help_text="What puts it above the next line.")


class ZoneShape(Shape):
    zone = serializers.ChoiceField(Standing.Zone.choices)
    leads_to = serializers.CharField()
    to = serializers.IntegerField()

    def get_fields(self) -> dict[str, Any]:
        """Add `from`, which Python does not take for a name."""
        return {"from": serializers.IntegerField(), **super().get_fields()}


class TableShape(Shape):
    is_final = serializers.BooleanField()
    has_bonus = serializers.BooleanField(help_text="Whether votes may add points.")
    zones = ZoneShape(many=True)
    rows = LineShape(many=True)


class SideShape(Shape):
    player = PlayerShape(allow_null=True)
    # The stubs take it for the attribute of that name.
    label = serializers.CharField(  # type: ignore[assignment]
        help_text="Who it will be, in words, while nobody knows."
    )
    path_seed = serializers.IntegerField(allow_null=True)
    goals = serializers.IntegerField(allow_null=True, help_text="Of all legs.")
    leg_goals = serializers.ListField(
        child=serializers.IntegerField(allow_null=True), help_text="Null before a leg is live."
    )
    penalties = serializers.IntegerField(allow_null=True, help_text="Of a shoot-out.")
    is_winner = serializers.BooleanField()


class TieShape(Shape):
    slot = serializers.IntegerField(help_text="From the top of the bracket, 0 first.")
    legs = serializers.IntegerField()
    better = SideShape(help_text="At home in the last leg.")
    other = SideShape()
    winner = serializers.CharField(allow_null=True, help_text="A player's id.")
    decided_by = serializers.ChoiceField(
        ["", "aggregate", "extra_time", "penalties", "walkover"], help_text="Empty while open."
    )
    matches = MatchShape(many=True)


class RoundShape(Shape):
    phase = serializers.ChoiceField(Phase.choices)
    name = serializers.CharField()
    ties = TieShape(many=True)


class BracketShape(Shape):
    rounds = RoundShape(many=True)


class OpponentShape(Shape):
    player = PlayerShape()
    at = serializers.CharField(help_text="`home` or `away`.")
    match = serializers.CharField()
    matchday = serializers.IntegerField()


class ParticipantShape(PlayerShape):
    status = serializers.ChoiceField(Participant.Status.choices)
    is_withdrawn = serializers.BooleanField()
    strength = serializers.FloatField(
        allow_null=True, help_text="Points that the opponents made for each match, 0 to 3."
    )
    opponents = OpponentShape(many=True)


class PotShape(Shape):
    pot = serializers.IntegerField()
    players = ParticipantShape(many=True)


class ParticipantsShape(Shape):
    pots = PotShape(many=True)


class ReferenceShape(Shape):
    id = serializers.CharField()
    name = serializers.CharField()


class VoteShape(Shape):
    id = serializers.CharField()
    status = serializers.CharField()
    points_award = serializers.IntegerField()
    cost_per_vote = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    home_votes = serializers.IntegerField(allow_null=True)
    away_votes = serializers.IntegerField(allow_null=True)
    home_award = serializers.IntegerField()
    away_award = serializers.IntegerField()
    no_award_because = serializers.CharField()


class PoolShape(Shape):
    side = serializers.ChoiceField(Prediction.Side.choices)
    points = serializers.IntegerField()
    viewers = serializers.IntegerField()


class ResultShape(Shape):
    at = serializers.DateTimeField()
    # The stubs take it for the attribute of that name.
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="`admin`, `players` or `policy`."
    )
    source_name = serializers.CharField()
    outcome = serializers.ChoiceField([("", "taken back"), *Match.Outcome.choices])
    home_goals = serializers.IntegerField(allow_null=True)
    away_goals = serializers.IntegerField(allow_null=True)
    has_extra_time = serializers.BooleanField()
    home_penalties = serializers.IntegerField(allow_null=True)
    away_penalties = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()


class MatchDocumentShape(MatchShape):
    tournament = ReferenceShape()
    seq = serializers.IntegerField(help_text="Of the match's socket.")
    is_set_aside = serializers.BooleanField(
        help_text="A corrected result changed who plays its tie: it does not count."
    )
    tie = TieShape(allow_null=True)
    votes = VoteShape(many=True)
    pools = PoolShape(many=True, help_text="What is staked on each side.")
    results = ResultShape(many=True, help_text="Every one that was entered, oldest first.")


class TournamentShape(Shape):
    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    status = serializers.ChoiceField(Tournament.Status.choices)
    status_name = serializers.CharField()
    revision = serializers.IntegerField()
    max_participants = serializers.IntegerField()
    participants = serializers.IntegerField()
    is_for_subscribers = serializers.BooleanField()
    registration_opens_at = serializers.DateTimeField(allow_null=True)
    registration_closes_at = serializers.DateTimeField(allow_null=True)
    is_drawn = serializers.BooleanField()
    format = serializers.ListField(child=serializers.CharField(), help_text="In sentences.")
    rules = serializers.ListField(child=serializers.CharField(), help_text="In sentences.")
    champion = PlayerShape(allow_null=True)
    cancelled_because = serializers.CharField(
        help_text="What was said when it was cancelled; empty if nothing was, or it is not."
    )
