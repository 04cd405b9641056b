"""When a fact counts and when an achievement is earned, as pure functions of the history."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import ge, le, ne
from typing import Any, Literal, get_args

Counter = Literal["count", "streak", "first_of_session", "threshold", "record"]
Scope = Literal["session", "cumulative"]
# Whose standing, and in which session; "" stands for all time.
Whose = tuple[str, str]
Kind = type[bool] | type[int] | type[str] | type[tuple[str, ...]]

ALL_TIME = ""


# --- Conditions ------------------------------------------------------------------------------


# What JSON can spell and a database's text cannot hold: a NUL, and half of a character.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def _contains(value: Any, part: str) -> bool:
    texts = value if isinstance(value, list | tuple) else [value]
    return any(part.casefold() in str(text).casefold() for text in texts)


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "at_least": ge,
    "at_most": le,
    "differs": ne,
    "contains": _contains,
}


def matches(condition: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    """Tell whether a fact with these fields meets every demand of a condition without problems.

    A fact from before a field existed does not meet a demand on it.
    """
    for name, demand in condition.items():
        if name not in fields:
            return False
        value = fields[name]
        wanted = demand if isinstance(demand, dict) else {"equals": demand}
        for comparison, other in wanted.items():
            if comparison == "equals":
                met = value == other
            else:
                met = COMPARISONS[comparison](value, other)
            if not met:
                return False
    return True


def condition_problem(condition: Any, known: Mapping[str, Kind]) -> str:
    """Return what is wrong with a condition on a fact with the known fields; "" when it is right.

    A condition is an object: `{"is_win": false, "distance": {"at_most": 100}}`.
    """
    if not isinstance(condition, dict):
        return 'A condition is an object such as {} or {"is_win": true}.'
    for name, demand in condition.items():
        if name not in known:
            return f"The fact has no field {name!r}; it has {', '.join(known)}."
        if demand == {}:
            return f"{name}: nothing is demanded of it."
        wanted = demand if isinstance(demand, dict) else {"equals": demand}
        for comparison, other in wanted.items():
            if problem := _demand_problem(known[name], comparison, other):
                return f"{name}: {problem}"
    return ""


def _demand_problem(kind: Kind, comparison: str, other: Any) -> str:
    if comparison != "equals" and comparison not in COMPARISONS:
        return f"There is no {comparison!r}; there are equals, {', '.join(COMPARISONS)}."
    is_list = kind not in (bool, int, str)
    if isinstance(other, str) and _UNSTORABLE.search(other):
        return "It holds a character that no text can have."
    if comparison == "contains":
        if kind in (bool, int):
            return "Only a text can be asked for what it contains."
        return "" if isinstance(other, str) and other else "What it contains must be a text."
    if is_list:
        return "A list can only be asked for what it contains."
    if comparison in ("at_least", "at_most") and kind is not int:
        return "Only a number can be at least or at most something."
    # True is an int to Python, and to nobody else.
    if type(other) is not kind:
        words = {bool: "true or false", int: "a whole number", str: "a text"}
        return f"{other!r} is not {words[kind]}."
    return ""


# --- Standings -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """How one achievement is counted."""

    counter: Counter
    scope: Scope
    threshold: int = 1
    condition: Mapping[str, Any] = field(default_factory=dict)
    measure: str = ""
    lowest_is_best: bool = False

    @property
    def is_shared(self) -> bool:
        """Whether one viewer's fact may change what another one holds."""
        return self.counter in ("first_of_session", "record")


def rule_problem(rule: Rule, known: Mapping[str, Kind]) -> str:
    """Return what is wrong with a rule for a fact with the known fields; "" when it is right."""
    if rule.counter not in get_args(Counter) or rule.scope not in get_args(Scope):
        return f"There is no counter {rule.counter!r} in the scope {rule.scope!r}."
    if problem := condition_problem(rule.condition, known):
        return problem
    if rule.threshold < 1:
        return "The threshold must be at least 1."
    if rule.counter == "first_of_session" and rule.scope != "session":
        return "The first of a session has the scope session."
    if rule.counter in ("threshold", "record"):
        numbers = [name for name, kind in known.items() if kind is int]
        if rule.measure not in numbers:
            return f"It must measure a number of the fact: {', '.join(numbers) or 'it has none'}."
    elif rule.measure:
        return "Only a threshold and a record measure a field."
    return ""


@dataclass(frozen=True)
class Deed:
    """A fact about a viewer, as the counting sees it; `session` is "" outside of any session."""

    key: str
    viewer: str
    session: str
    at: datetime
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class State:
    """How far somebody is, and since when and by which fact the achievement is theirs.

    A record that somebody else has bettered was passed on at `passed_at`.
    """

    progress: int = 0
    earned_at: datetime | None = None
    earned_by: str = ""
    passed_at: datetime | None = None

    @property
    def is_held(self) -> bool:
        return self.earned_at is not None and self.passed_at is None


NOTHING = State()


class Tally:
    """One achievement's standings, moved on by deeds in the order of time.

    Begin with none for the whole history; or with the standings that the next deed can touch (its
    viewer's, and the present holder's when the rule is shared): the result is the same.
    """

    def __init__(self, rule: Rule, standings: Mapping[Whose, State] | None = None) -> None:
        self.rule = rule
        self.standings = dict(standings or {})
        self._holders = {
            session: (viewer, session)
            for (viewer, session), state in self.standings.items()
            if rule.is_shared and state.is_held
        }

    def take(self, deed: Deed) -> None:
        """Count a deed that is later than every one before it."""
        if self.rule.scope == "session" and not deed.session:
            return
        whose = (deed.viewer, deed.session if self.rule.scope == "session" else ALL_TIME)
        before = self.standings.get(whose, NOTHING)
        counts = matches(self.rule.condition, deed.fields)
        after = getattr(self, f"_{self.rule.counter}")(whose, before, deed, counts)
        if after != before:
            self.standings[whose] = after

    def _count(self, whose: Whose, before: State, deed: Deed, counts: bool) -> State:
        return self._reached(before, before.progress + 1, deed) if counts else before

    def _streak(self, whose: Whose, before: State, deed: Deed, counts: bool) -> State:
        if not counts:
            return replace(before, progress=0)
        return self._reached(before, before.progress + 1, deed)

    def _threshold(self, whose: Whose, before: State, deed: Deed, counts: bool) -> State:
        measured = self._measured(deed) if counts else None
        if measured is None:
            return before
        return self._reached(before, max(before.progress, measured), deed)

    def _first_of_session(self, whose: Whose, before: State, deed: Deed, counts: bool) -> State:
        if not counts or whose[1] in self._holders:
            return before
        self._holders[whose[1]] = whose
        return State(1, deed.at, deed.key)

    def _record(self, whose: Whose, before: State, deed: Deed, counts: bool) -> State:
        measured = self._measured(deed) if counts else None
        if measured is None:
            return before
        holder = self._holders.get(whose[1])
        if holder is not None:
            best = self.standings[holder].progress
            if not (measured < best if self.rule.lowest_is_best else measured > best):
                return before
        if holder == whose:
            return replace(before, progress=measured)
        if holder is not None:
            self.standings[holder] = replace(self.standings[holder], passed_at=deed.at)
        self._holders[whose[1]] = whose
        return State(measured, deed.at, deed.key)

    def _reached(self, before: State, progress: int, deed: Deed) -> State:
        if before.earned_at is not None or progress < self.rule.threshold:
            return replace(before, progress=progress)
        return State(progress, deed.at, deed.key)

    def _measured(self, deed: Deed) -> int | None:
        value = deed.fields.get(self.rule.measure)
        return value if isinstance(value, int) else None


def tally(rule: Rule, deeds: Iterable[Deed]) -> dict[Whose, State]:
    """Return every standing that a history, in the order of time, leads to."""
    result = Tally(rule)
    for deed in deeds:
        result.take(deed)
    return {whose: state for whose, state in result.standings.items() if state != NOTHING}
