"""The forms of the desk: what is typed there, read and checked."""

from __future__ import annotations

from typing import Any

from django import forms

from tournaments.models import Ground, Match
from tournaments.rules.scores import FORFEIT, MOST_GOALS, PLAYED, Entered, Score

HOME, AWAY, BOTH = "home", "away", "both"
# What became of a match, as one choice: played, who forfeited it, or void.
COURSES = {
    PLAYED: "was played",
    HOME: "was forfeited by the home player",
    AWAY: "was forfeited by the away player",
    BOTH: "was forfeited by both",
    Match.Outcome.VOID.value: "is void",
}


def goals(**options: Any) -> forms.IntegerField:
    return forms.IntegerField(min_value=0, max_value=MOST_GOALS, **options)


class TokenForm(forms.Form):
    """What is done only as it was previewed."""

    reason = forms.CharField(required=False, max_length=300)
    token = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    @property
    def fault(self) -> str:
        """The first thing that is wrong, as a sentence."""
        name, complaints = next(iter(self.errors.items()))
        label = "" if name == "__all__" else f"{name.replace('_', ' ').capitalize()}: "
        return f"{label}{complaints[0]}"


class ScoreForm(TokenForm):
    home_goals = goals(required=False)
    away_goals = goals(required=False)
    has_extra_time = forms.BooleanField(required=False)
    home_penalties = goals(required=False)
    away_penalties = goals(required=False)

    def score(self) -> Score:
        """Return the score that was typed."""
        given = self.cleaned_data
        return Score(
            given["home_goals"],
            given["away_goals"],
            given["has_extra_time"],
            given["home_penalties"],
            given["away_penalties"],
        )


class ResultForm(ScoreForm):
    course = forms.ChoiceField(choices=list(COURSES.items()), required=False)
    ground = forms.ChoiceField(choices=Ground.choices, required=False)

    def entered(self) -> Entered:
        """Return the result that was typed; what is not played has neither score nor ground."""
        course, given = self.cleaned_data["course"] or PLAYED, self.cleaned_data
        if course == PLAYED:
            return Entered(PLAYED, self.score(), reason=given["reason"])
        if course not in (HOME, AWAY, BOTH):
            return Entered(course, reason=given["reason"])
        return Entered(
            FORFEIT,
            is_home_guilty=course in (HOME, BOTH),
            is_away_guilty=course in (AWAY, BOTH),
            ground=given["ground"],
            reason=given["reason"],
        )


class ReportForm(ScoreForm):
    home_goals = goals()
    away_goals = goals()
    proof_url = forms.URLField(required=False, max_length=300, assume_scheme="https")


class SoFarForm(forms.Form):
    """The score so far, as one button says it: `2-1`."""

    score = forms.RegexField(r"^\d{1,2}-\d{1,2}\Z")

    def goals(self) -> tuple[int, int]:
        home, _, away = self.cleaned_data["score"].partition("-")
        return int(home), int(away)


class DayForm(forms.Form):
    starts_at = forms.DateTimeField()
    minutes_apart = forms.IntegerField(min_value=0, max_value=24 * 60, required=False)


class WarningsForm(TokenForm):
    warnings = forms.IntegerField(min_value=0, max_value=99)
