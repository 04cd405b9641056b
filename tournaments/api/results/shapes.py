"""What is sent to enter results, and what is answered."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from rest.bodies import Body
from rest.queries import Query
from tournaments.models import Ground, Match, Phase
from tournaments.rules import scores
from tournaments.rules.scores import MOST_GOALS, Entered, Score
from tournaments.services.desk import DECISION, LEVEL, OVERDUE, RESULT

HOME, AWAY, BOTH = "home", "away", "both"


def goals(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=MOST_GOALS, **options)


# --- What is sent ------------------------------------------------------------------------------


class ReasonShape(Body):
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=300)


class ConfirmedShape(ReasonShape):
    preview_token = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=64,
        help_text="From the preview; without it you get that first, and nothing is changed.",
    )


class LiveScoreShape(Body):
    home_goals = goals()
    away_goals = goals()


class ScoreFields(Body):
    """A score: with the goals of extra time, without those of a shoot-out."""

    home_goals = goals(required=False, allow_null=True, default=None)
    away_goals = goals(required=False, allow_null=True, default=None)
    has_extra_time = serializers.BooleanField(required=False, default=False)
    home_penalties = goals(required=False, allow_null=True, default=None)
    away_penalties = goals(required=False, allow_null=True, default=None)

    def score(self) -> Score:
        """Return the score of a body that is valid."""
        body = self.validated_data
        return Score(
            body["home_goals"],
            body["away_goals"],
            body["has_extra_time"],
            body["home_penalties"],
            body["away_penalties"],
        )


class ResultEntryShape(ScoreFields, ConfirmedShape):
    outcome = serializers.ChoiceField(
        Match.Outcome.choices, required=False, default=Match.Outcome.PLAYED
    )
    forfeited_by = serializers.ChoiceField(
        [HOME, AWAY, BOTH],
        required=False,
        allow_null=True,
        default=None,
        help_text="Of a forfeit, which has no score: who did not win it.",
    )
    ground = serializers.ChoiceField(
        Ground.choices, required=False, default="", allow_blank=True, help_text="Of a forfeit."
    )

    def entered(self) -> Entered:
        """Return what a valid body enters."""
        body = self.validated_data
        return Entered(
            body["outcome"],
            self.score(),
            is_home_guilty=body["forfeited_by"] in (HOME, BOTH),
            is_away_guilty=body["forfeited_by"] in (AWAY, BOTH),
            ground=body["ground"],
            reason=body["reason"],
        )


class TakeBackShape(ConfirmedShape):
    def entered(self) -> Entered:
        """Return what a valid body enters: no result."""
        return Entered(scores.TAKEN_BACK, reason=self.validated_data["reason"])


class PlayerReportShape(ScoreFields):
    home_goals = goals()
    away_goals = goals()
    proof_url = serializers.URLField(
        required=False,
        default="",
        allow_blank=True,
        max_length=300,
        help_text="A picture or a recording, if there is one.",
    )


class WhenShape(Body):
    scheduled_at = serializers.DateTimeField(allow_null=True, help_text="null: not known yet.")


class DayScheduleShape(Body):
    phase = serializers.ChoiceField(Phase.choices, required=False, default=Phase.LEAGUE)
    day = serializers.IntegerField(
        min_value=1, max_value=64, help_text="The match day or, in the knock-outs, the leg."
    )
    starts_at = serializers.DateTimeField()
    minutes_apart = serializers.IntegerField(
        min_value=0,
        max_value=24 * 60,
        required=False,
        default=0,
        help_text="0: all of them kick off together.",
    )


class WarningsShape(ReasonShape):
    warnings = serializers.IntegerField(min_value=0, max_value=99)


class MatchesQuery(Query):
    tournament = serializers.RegexField(r"^tour_[0-9A-Z]{26}\Z", required=False)
    needs = serializers.ChoiceField(
        [DECISION, LEVEL, OVERDUE, RESULT, "anything"],
        required=False,
        help_text="Only matches that wait for a person: for a decision between two reports, "
        "extra time in a tie that is level since a correction, a second report, or a result.",
    )
    phase = serializers.ChoiceField(Phase.choices, required=False)
    day = serializers.IntegerField(min_value=1, max_value=64, required=False)
    status = serializers.ChoiceField(Match.Status.choices, required=False)


# --- What is answered ----------------------------------------------------------------------------

Shape = serializers.Serializer[dict[str, Any]]


class DeskPlayerShape(Shape):
    id = serializers.CharField()
    userId = serializers.CharField(help_text="Twitch's user id.")  # noqa: N815 (the API's word)
    name = serializers.CharField()


class DeskReportShape(Shape):
    player = DeskPlayerShape()
    score = serializers.CharField(help_text="In words.")
    proof_url = serializers.CharField()
    at = serializers.DateTimeField()


class DeskMatchShape(Shape):
    """A match as those who run it see it."""

    id = serializers.CharField()
    tournament_id = serializers.CharField()
    phase = serializers.ChoiceField(Phase.choices)
    day = serializers.IntegerField(help_text="The match day or, in the knock-outs, the leg.")
    home = DeskPlayerShape()
    away = DeskPlayerShape()
    scheduled_at = serializers.DateTimeField(allow_null=True)
    status = serializers.ChoiceField(Match.Status.choices)
    live_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.ChoiceField([("", "none yet"), *Match.Outcome.choices])
    home_goals = serializers.IntegerField(allow_null=True)
    away_goals = serializers.IntegerField(allow_null=True)
    has_extra_time = serializers.BooleanField()
    home_penalties = serializers.IntegerField(allow_null=True)
    away_penalties = serializers.IntegerField(allow_null=True)
    forfeited_by = serializers.ChoiceField([HOME, AWAY, BOTH], allow_null=True)
    ground = serializers.ChoiceField([("", "none"), *Ground.choices])
    is_set_aside = serializers.BooleanField()
    can_have_extra_time = serializers.BooleanField(help_text="It decides a tie.")
    needs = serializers.ChoiceField(["", DECISION, LEVEL, OVERDUE, RESULT])
    reports = DeskReportShape(many=True, help_text="Of its players, while it has no result.")


class WarnedShape(Shape):
    id = serializers.CharField()
    warnings = serializers.IntegerField()
    strikes = serializers.IntegerField(help_text="The warnings, and the no-shows.")


class DifferenceShape(Shape):
    """What changes of one thing: the columns that do, as they are and as they would be."""

    id = serializers.CharField()
    title = serializers.CharField()
    to = serializers.DictField()

    def get_fields(self) -> dict[str, Any]:
        """Add `from`, which Python does not take for a name."""
        return {**super().get_fields(), "from": serializers.DictField()}


class NamedShape(Shape):
    id = serializers.CharField()
    title = serializers.CharField()


class ViewerPointsShape(NamedShape):
    change = serializers.IntegerField(help_text="Below zero: what is taken back.")
    owes = serializers.IntegerField(help_text="What of it is spent already, with earlier debts.")


class PreviewChangesShape(Shape):
    status = serializers.DictField(allow_null=True, help_text="Of the tournament.")
    results = DifferenceShape(many=True)
    table = DifferenceShape(many=True)
    ties = DifferenceShape(many=True)
    players = DifferenceShape(many=True)
    votes = DifferenceShape(many=True)
    made = NamedShape(many=True, help_text="Matches that are to be played from then on.")
    set_aside = NamedShape(many=True, help_text="Matches that do not count from then on.")
    revived = NamedShape(many=True, help_text="Matches that count again.")
    points = ViewerPointsShape(many=True)


class PreviewShape(Shape):
    preview_token = serializers.CharField(help_text="To apply just this, and nothing else.")
    changes = PreviewChangesShape()


class UnseenShape(PreviewShape):
    """Nothing was changed: this is what would be."""

    code = serializers.ChoiceField(["preview_needed", "preview_stale"])
    detail = serializers.CharField()
