"""The subject of the bench's saga: what each of its steps found."""

from __future__ import annotations

from typing import Any

from django.db import models


class Work(models.Model):
    first: models.JSONField[Any, Any] = models.JSONField(null=True)
    second: models.JSONField[Any, Any] = models.JSONField(null=True)
    third: models.JSONField[Any, Any] = models.JSONField(null=True)
    fourth: models.JSONField[Any, Any] = models.JSONField(null=True)
    fifth: models.JSONField[Any, Any] = models.JSONField(null=True)

    class Meta:
        app_label = "fivesteps"
