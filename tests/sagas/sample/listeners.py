"""Who hears that a parcel was sent."""

from __future__ import annotations

from sagas.flow import Call
from sagas.registry import listen
from tests.sagas.sample.acting import act
from tests.sagas.sample.events import ParcelSent
from tests.sagas.sample.models import Parcel


@listen(ParcelSent)
def count(fact: ParcelSent) -> None:
    act(Parcel.objects.get(pk=fact.parcel_id), "count")


@listen(ParcelSent, Call)
def shout(fact: ParcelSent) -> None:
    parcel = Parcel.objects.get(pk=fact.parcel_id)
    act(parcel, "shout")
    parcel.notes.append([fact.sent_at.isoformat(), *fact.words])
    parcel.save()
