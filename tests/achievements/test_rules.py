from __future__ import annotations

from typing import Any

import pytest

from achievements.registry import COUNTED
from achievements.rules import Rule, condition_problem, matches, rule_problem

KNOWN = COUNTED["raffle.RollMade"].fields | {"artists": tuple[str, ...]}
ROLL = {"distance": 100, "is_win": False, "viewer_name": "Ann", "artists": ["Ann", "The Bobs"]}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, True),
        ({"distance": 100}, True),
        ({"distance": {"at_most": 100, "at_least": 100}}, True),
        ({"distance": {"at_most": 99}}, False),
        ({"distance": {"at_least": 101}}, False),
        ({"is_win": False, "distance": {"differs": 7}}, True),
        ({"is_win": {"equals": True}}, False),
        ({"viewer_name": {"contains": "aN"}}, True),
        ({"artists": {"contains": "bobs"}}, True),
        ({"artists": {"contains": "queen"}}, False),
        ({"from_before": 1}, False),
    ],
)
def test_a_fact_matches_when_every_demand_is_met(condition: Any, expected: bool) -> None:
    assert matches(condition, ROLL) is expected


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ([], "A condition is an object"),
        ("distance < 100", "A condition is an object"),
        ({"luck": 1}, "no field 'luck'"),
        ({"distance": {}}, "nothing is demanded"),
        ({"distance": {"below": 5}}, "There is no 'below'"),
        ({"distance": "5"}, "'5' is not a whole number"),
        ({"distance": True}, "True is not a whole number"),
        ({"distance": {"at_most": 1.5}}, "1.5 is not a whole number"),
        ({"distance": {"contains": "5"}}, "Only a text"),
        ({"is_win": 1}, "1 is not true or false"),
        ({"is_win": {"at_least": True}}, "Only a number"),
        ({"viewer_name": {"contains": ""}}, "must be a text"),
        ({"viewer_name": {"at_least": "a"}}, "Only a number"),
        ({"artists": ["Ann"]}, "A list can only"),
        ({"distance": None}, "None is not a whole number"),
        ({"viewer_name": "a\0b"}, "no text can have"),
        ({"viewer_name": {"contains": "\ud800"}}, "no text can have"),
    ],
)
def test_a_senseless_condition_is_refused_with_its_reason(condition: Any, problem: str) -> None:
    assert problem in condition_problem(condition, KNOWN)


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (Rule("guess", "cumulative"), "no counter 'guess'"),  # type: ignore[arg-type]
        (Rule("count", "cumulative", threshold=0), "at least 1"),
        (Rule("first_of_session", "cumulative"), "scope session"),
        (Rule("record", "cumulative"), "must measure a number"),
        (Rule("record", "cumulative", measure="is_win"), "must measure a number"),
        (Rule("threshold", "cumulative", measure="viewer_name"), "must measure a number"),
        (Rule("count", "cumulative", measure="distance"), "Only a threshold and a record"),
        (Rule("count", "cumulative", condition={"luck": 7}), "no field 'luck'"),
    ],
)
def test_a_senseless_rule_is_refused_with_its_reason(rule: Rule, problem: str) -> None:
    assert problem in rule_problem(rule, KNOWN)
    assert rule_problem(Rule("record", "session", measure="distance"), KNOWN) == ""
