from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from raffle import rules, services
from raffle.models import Roll
from sagas.flow import Refused
from tests.backstage import Backstage
from twitch.models import Redemption, Viewer


def test_draws_are_within_range_and_reach_both_ends() -> None:
    draws = Counter(services.draw() for _ in range(200_000))
    assert min(draws) == rules.LEAST
    assert max(draws) == rules.MOST


def test_a_roll_is_judged_against_the_closest_miss_before_it(
    ann: Viewer,
    bob: Viewer,
    rolled: Callable[[Viewer, int, int], Roll],
    redeem: Callable[[Viewer], Redemption],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rolled(bob, 1000, 1100)
    draws = iter([5000, 5099, 5000, 5099, 5000, 5000])
    monkeypatch.setattr(services, "draw", lambda: next(draws))

    def roll() -> Roll:
        row = Roll.objects.create(redemption=redeem(ann), viewer=ann)
        services.roll_and_record(row)
        row.save()
        return row

    closer, tie, win = roll(), roll(), roll()
    assert (closer.distance, closer.is_win, closer.is_record) == (99, False, True)
    assert (tie.distance, tie.is_win, tie.is_record) == (99, False, False)
    assert (win.distance, win.is_win, win.is_record) == (0, True, False)


def test_a_withdrawn_roll_counts_nowhere_and_keeps_its_numbers(
    ann: Viewer, rolled: Callable[[Viewer, int, int], Roll]
) -> None:
    roll = rolled(ann, 10, 20)
    services.withdraw(roll)
    withdrawn_at = Roll.objects.get(pk=roll.pk).withdrawn_at
    services.withdraw(roll)
    assert Roll.objects.get(pk=roll.pk).withdrawn_at == withdrawn_at is not None
    assert Roll.objects.closest_miss() is None
    assert not Roll.objects.made().exists()
    assert Roll.objects.get(pk=roll.pk).distance == 10


def test_chat_calls_a_viewer_by_the_name_that_notifies(
    ann: Viewer, rolled: Callable[[Viewer, int, int], Roll], rehearsal_url: str
) -> None:
    backstage = Backstage(rehearsal_url)
    backstage.connect()
    ann.display_name = "アン"
    roll = rolled(ann, 1, 3)
    services.tell_chat(roll)
    services.tell_refunded(roll, Refused("sold_out", "Sold out."))
    said = [effect["detail"]["text"] for effect in backstage.effects("chat_sent")]
    assert [line.split()[0] for line in said] == ["@ann", "@ann"]
