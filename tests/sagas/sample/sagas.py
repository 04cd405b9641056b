"""Sagas with every kind of step."""

from __future__ import annotations

import os

from django.utils import timezone

from sagas.flow import POINT_OF_NO_RETURN, Call, Refused, Saga, Step
from tests.sagas.sample import outside
from tests.sagas.sample.acting import act
from tests.sagas.sample.models import Parcel


def weigh(parcel: Parcel) -> None:
    act(parcel, "weigh")
    parcel.weighed = "3 kg"


def undo_weigh(parcel: Parcel) -> None:
    act(parcel, "undo_weigh")


def label(parcel: Parcel) -> None:
    act(parcel, "label")
    parcel.labelled = timezone.now().isoformat()[:20]


def undo_label(parcel: Parcel) -> None:
    act(parcel, "undo_label")


def pay(parcel: Parcel) -> None:
    act(parcel, "pay")
    parcel.paid = "5"


def undo_pay(parcel: Parcel) -> None:
    act(parcel, "undo_pay")
    parcel.paid = "back"


def insure(parcel: Parcel) -> None:
    act(parcel, "insure")


def hint(parcel: Parcel) -> None:
    act(parcel, "hint")


def garnish(parcel: Parcel) -> None:
    parcel.notes.append("garnished")
    act(parcel, "garnish")


def ring(parcel: Parcel) -> None:
    act(parcel, "ring")


def pack(parcel: Parcel) -> None:
    act(parcel, "pack")
    parcel.packed = "yes"


def undo_pack(parcel: Parcel) -> None:
    act(parcel, "undo_pack")


def tell(parcel: Parcel) -> None:
    act(parcel, "tell")


def announce(parcel: Parcel) -> None:
    act(parcel, "announce")


def apologise(parcel: Parcel, why: Refused) -> None:
    parcel.notes.append(why.sentence)
    act(parcel, "apologise")


def wire(parcel: Parcel) -> None:
    act(parcel, "wire")
    parcel.paid = "believed"


def was_wired(parcel: Parcel) -> bool | None:
    """Look in the outside world; a script's `blind` cannot tell."""
    if "blind" in parcel.script:
        return None
    act(parcel, "look")
    parcel.paid = "found"
    return outside.times(parcel.pk, "wire") > 0


# A deploy in the middle of a test: the next release has one more step.
_NEW = [Step(insure)] if os.environ.get("SAMPLE_RELEASE") == "next" else []

parcel = Saga(
    "sample.parcel",
    Parcel,
    Step(weigh, undo=undo_weigh),
    Call(label, undo=undo_label),
    Call(pay, undo=undo_pay, if_unsure="stop"),
    *_NEW,
    Call(hint, if_unsure="skip"),
    Step(garnish, best_effort=True),
    Call(ring, best_effort=True),
    Step(pack, undo=undo_pack),
    POINT_OF_NO_RETURN,
    Call(tell, if_unsure="skip", best_effort=True),
    Step(announce),
    when_undone=apologise,
)

letter = Saga("sample.letter", Parcel, Step(announce))

telegram = Saga(
    "sample.telegram",
    Parcel,
    Step(weigh, undo=undo_weigh),
    Call(wire, if_unsure="stop", look=was_wired),
    when_undone=apologise,
)
by_sea = Saga(
    "sample.by_sea",
    Parcel,
    Call(label, if_unsure="stop", look=was_wired),
    Step(announce),
    lane="slow",
    may_vanish=True,
)
