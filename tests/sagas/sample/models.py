"""A parcel on its way: the subject of the sample sagas, and what became of it."""

from __future__ import annotations

from typing import Any

from django.db import models


class Parcel(models.Model):
    """`script` says what each step shall do at each of its tries: see `acting.py`."""

    script: models.JSONField[Any, Any] = models.JSONField(default=dict)
    weighed = models.CharField(max_length=20, default="")
    labelled = models.CharField(max_length=20, default="")
    paid = models.CharField(max_length=20, default="")
    packed = models.CharField(max_length=20, default="")
    notes: models.JSONField[Any, Any] = models.JSONField(default=list)

    class Meta:
        app_label = "sample"


class Mark(models.Model):
    """What a step of ours did, in the step's own transaction."""

    parcel_id = models.BigIntegerField()
    what = models.CharField(max_length=40)

    class Meta:
        app_label = "sample"


class Effect(models.Model):
    """What happened in the outside world: written by a connection of its own, for good."""

    parcel_id = models.BigIntegerField()
    what = models.CharField(max_length=40)

    class Meta:
        app_label = "sample"
