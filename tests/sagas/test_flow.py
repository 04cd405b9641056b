"""What a flow may be made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sagas import flow
from sagas.flow import POINT_OF_NO_RETURN, Call, RateLimited, Refused, Saga, Step, Wait
from tests.sagas.sample.models import Parcel


def first(_: Parcel) -> None: ...


def second(_: Parcel) -> None: ...


def told(_: Parcel, __: Refused) -> None: ...


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "_sagas", dict(flow._sagas))


def test_a_plan_is_the_names_of_the_steps() -> None:
    saga = Saga("t.plan", Parcel, Step(first), POINT_OF_NO_RETURN, Call(second))
    assert saga.plan == ["first", "POINT_OF_NO_RETURN", "second"]
    assert flow.find("t.plan") is saga
    assert saga.has("second")
    assert not saga.has("third")


@pytest.mark.parametrize(
    "entries",
    [
        (),
        (POINT_OF_NO_RETURN, Step(first)),
        (Step(first), Step(first)),
        (Step(first), POINT_OF_NO_RETURN, POINT_OF_NO_RETURN),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(entries: tuple[Step[Parcel], ...]) -> None:
    with pytest.raises(ValueError, match=r"t\.bad"):
        Saga("t.bad", Parcel, *entries)
    assert "t.bad" not in flow._sagas


def test_two_sagas_of_one_name_are_refused() -> None:
    Saga("t.twice", Parcel, Step(first))
    with pytest.raises(ValueError, match="Two sagas"):
        Saga("t.twice", Parcel, Step(first))


def test_what_tells_needs_a_name_that_no_step_has() -> None:
    def first_told(_: Parcel, __: Refused) -> None: ...

    first_told.__name__ = "first"
    with pytest.raises(ValueError, match="names of their own"):
        Saga("t.told", Parcel, Step(first), when_undone=first_told)


def test_pauses_double_up_to_the_longest() -> None:
    assert [flow.backoff(n) for n in (1, 2, 3, 5, 6, 100)] == [1, 2, 4, 16, 30, 30]
    assert flow.backoff(20, 300.0) == 300


def test_a_rate_limit_is_believed_for_half_an_hour_and_a_wait_for_ever() -> None:
    far = datetime.now(UTC) + timedelta(days=1)
    assert flow.believed(Wait(far)) == far
    assert flow.believed(RateLimited(far)) < far - timedelta(hours=23)


def test_nobody_comes_back_at_once() -> None:
    for wait in (Wait, RateLimited):
        until = flow.believed(wait(datetime.now(UTC) - timedelta(days=1)))
        assert until - datetime.now(UTC) > timedelta(seconds=0.1)


def test_until_when_to_wait_is_said_with_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Wait(datetime(2026, 1, 1))  # noqa: DTZ001


def test_an_error_without_words_is_told_by_its_name() -> None:
    assert flow.told(KeyError()) == "KeyError"
    assert flow.told(ValueError("a\0b")) == "ab"
    assert len(flow.told(ValueError("x" * 5000))) == 1000
