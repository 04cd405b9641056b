"""The subject of a run: read before a step, compared after it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django.db import connection
from django.db.models import Model

from sagas.flow import Saga


def read(saga: Saga[Model], pk: str) -> Model | None:
    return saga.model._base_manager.filter(pk=pk).first()


def columns(row: Model) -> dict[str, Any]:
    """Return what is in the row; a value that can change in place is copied."""
    values = {f.attname: row.__dict__.get(f.attname) for f in row._meta.concrete_fields}
    return {
        name: deepcopy(value) if isinstance(value, list | dict | set | bytearray) else value
        for name, value in values.items()
    }


def changed(row: Model, before: dict[str, Any]) -> dict[str, Any]:
    """Return the database values, by column, of what was set on the row since."""
    return {
        str(field.column): field.get_db_prep_save(getattr(row, field.attname), connection)
        for field in row._meta.concrete_fields
        if row.__dict__.get(field.attname) != before[field.attname]
    }
