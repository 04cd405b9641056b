"""What can be entered for a match: scores that make sense where they are entered.

Goals are with those of extra time and without a shoot-out's, as the laws of the game count them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

PLAYED, FORFEIT, VOID = "played", "forfeit", "void"
# The match's result is taken back: it is to be played, or entered, again.
TAKEN_BACK = ""

MOST_GOALS = 99


class Senseless(ValueError):
    """What was entered cannot have happened there; `code` is stable, the message is a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True)
class Score:
    """How a match ended on the pitch."""

    home_goals: int | None = None
    away_goals: int | None = None
    has_extra_time: bool = False
    home_penalties: int | None = None
    away_penalties: int | None = None

    @property
    def is_empty(self) -> bool:
        return self == Score()

    def __str__(self) -> str:
        if self.home_goals is None:
            return "no score"
        words = f"{self.home_goals}–{self.away_goals}"
        if self.home_penalties is not None:
            return f"{words} ({self.home_penalties}–{self.away_penalties} on penalties)"
        return f"{words} after extra time" if self.has_extra_time else words


@dataclass(frozen=True)
class Entered:
    """What somebody enters: how it came out, the score if it was played, who forfeited, and why.

    `ground` is why a match was forfeited (one of `Result.Ground`), `reason` a few words on it.
    """

    outcome: str
    score: Score = Score()
    is_home_guilty: bool = False
    is_away_guilty: bool = False
    ground: str = ""
    reason: str = ""

    def __str__(self) -> str:
        if self.outcome == PLAYED:
            return str(self.score)
        if self.outcome == FORFEIT:
            return f"{self.score}, forfeited" if not self.score.is_empty else "forfeited by both"
        return "void" if self.outcome == VOID else "to be played"


@dataclass(frozen=True)
class Stage:
    """What a match has to decide.

    `first_leg` are the goals that its home and away player have from the first leg: (0, 0) in a tie
    of one match, None in a league match and in a first leg, which decide nothing by themselves.
    """

    is_league: bool
    first_leg: tuple[int, int] | None = None


def checked(entered: Entered, stage: Stage, forfeit_goals: int) -> Entered:
    """Return what was entered with the score that counts; raises Senseless.

    A forfeit is lost by `forfeit_goals`, at least 1, to none, or by one more where that left a tie
    level. When both forfeited a league match both lose it, and it has no score. In a tie somebody
    must go through, so there not both can be guilty, and nothing is void.
    """
    if entered.outcome == FORFEIT:
        return _forfeited(entered, stage, forfeit_goals)
    if entered.is_home_guilty or entered.is_away_guilty or entered.ground:
        raise Senseless("not_forfeited", "Only a forfeited match has somebody to blame.")
    if entered.outcome == PLAYED:
        _check_played(entered.score, stage)
        return entered
    if not entered.score.is_empty:
        raise Senseless("has_no_score", "A match that was not played has no score.")
    if entered.outcome == VOID and not stage.is_league:
        raise Senseless(
            "void_in_tie",
            "A match of a tie cannot be void, as somebody must go through: take its result back, "
            "or enter who forfeited it.",
        )
    return entered


def fits(score: Score, stage: Stage) -> bool:
    """Tell whether extra time and penalties were played where they were due, and only there.

    Of a leg that has to be corrected together with the other it may be level without them.
    """
    try:
        _check_played(score, stage)
    except Senseless as error:
        return error.code == "level"
    return True


def _forfeited(entered: Entered, stage: Stage, goals: int) -> Entered:
    if not (entered.is_home_guilty or entered.is_away_guilty):
        raise Senseless("nobody_guilty", "Say who forfeited the match.")
    if not entered.ground:
        raise Senseless("no_ground", "Say on what ground the match is forfeited.")
    if not entered.score.is_empty:
        raise Senseless(
            "has_no_score",
            f"A forfeited match is lost by {goals}–0: leave its score empty.",
        )
    if entered.is_home_guilty and entered.is_away_guilty:
        if not stage.is_league:
            raise Senseless(
                "both_guilty_in_tie", "Somebody must go through: only one of the two can forfeit."
            )
        return entered
    goals = max(goals, 1)
    home, away = (0, goals) if entered.is_home_guilty else (goals, 0)
    if stage.first_leg is not None and stage.first_leg[0] + home == stage.first_leg[1] + away:
        # Who forfeits does not get extra time for it.
        home, away = home + (home > away), away + (away > home)
    return replace(entered, score=Score(home, away))


def _check_played(score: Score, stage: Stage) -> None:
    home, away = _goals(score)
    if stage.first_leg is None:
        if score.has_extra_time or score.home_penalties is not None:
            what = "A league match" if stage.is_league else "A first leg"
            raise Senseless("no_extra_time_here", f"{what} ends after 90 minutes, level or not.")
        return
    home_before, away_before = stage.first_leg
    lead = home_before + home - away_before - away
    aggregate = f"{home_before + home}–{away_before + away}"
    if not score.has_extra_time:
        if score.home_penalties is not None:
            raise Senseless("penalties_without_extra_time", "Extra time comes before penalties.")
        if lead == 0:
            raise Senseless("level", f"It is level at {aggregate}: extra time decides. Enter it.")
        return
    # After 90 minutes it was level, and who had fewer goals before scored as many more by then.
    if home < away_before - home_before or away < home_before - away_before:
        raise Senseless(
            "never_level", f"With {aggregate} it was never level, so there was no extra time."
        )
    _check_penalties(score, lead, aggregate)


def _check_penalties(score: Score, lead: int, aggregate: str) -> None:
    if score.home_penalties is None:
        if lead == 0:
            raise Senseless(
                "level_after_extra_time",
                f"It is level at {aggregate} after extra time: enter the penalties.",
            )
        return
    if lead != 0:
        raise Senseless(
            "not_level", f"It is decided at {aggregate} after extra time: there are no penalties."
        )
    if score.home_penalties == score.away_penalties:
        raise Senseless("penalties_level", "A shoot-out ends with a winner.")


def _goals(score: Score) -> tuple[int, int]:
    if score.home_goals is None or score.away_goals is None:
        raise Senseless("goals_missing", "A match that was played has the goals of both.")
    if (score.home_penalties is None) != (score.away_penalties is None):
        raise Senseless("penalties_missing", "Enter the penalties of both, or none.")
    counts = (score.home_goals, score.away_goals, score.home_penalties, score.away_penalties)
    if any(count is not None and not 0 <= count <= MOST_GOALS for count in counts):
        raise Senseless("out_of_range", f"Nobody scores more than {MOST_GOALS}, or fewer than 0.")
    return score.home_goals, score.away_goals
