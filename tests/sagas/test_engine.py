"""Leading runs: order, exactness, what goes wrong, and the way back."""

from __future__ import annotations

import pytest

from tests.sagas.driving import effects_of, journal_of, lead, marks_of, run_of, send

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_run_takes_every_step_in_order() -> None:
    parcel = send()

    lead()

    run = run_of(parcel)
    assert run.status == "completed"
    assert [step for step, _ in journal_of(parcel)] == [
        step for step in run.plan if step != "POINT_OF_NO_RETURN"
    ]
    assert set(effects_of(parcel).values()) == {1}
    assert marks_of(parcel) == {"weigh": 1, "garnish": 1, "pack": 1, "announce": 1}
    parcel.refresh_from_db()
    assert (parcel.weighed, parcel.paid, parcel.packed) == ("3 kg", "5", "yes")
    assert parcel.notes == ["garnished"]
