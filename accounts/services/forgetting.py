"""Forgetting a person: what names them goes, what they did stays as somebody's who left.

Sums, tables and tournaments must go on adding up, so no row of theirs is deleted that others need.
The viewer's row gets a random id and no name, and every row that points to it follows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import pgtrigger
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction
from django.db.models.fields.reverse_related import ForeignObjectRel
from psycopg import sql
from ulid import ULID

from accounts import registry
from accounts.models import Shunned, User
from accounts.registry import StillNeeded
from accounts.services import signing
from twitch.models import Viewer

Field: TypeAlias = "models.Field[Any, Any]"

_FOLLOW = "UPDATE {table} SET {column} = %s WHERE {column} = %s"
_SCRUB = """
UPDATE {table} SET {column} = regexp_replace(regexp_replace(regexp_replace(
    {column}::text, %s, %s, 'g'), %s, %s, 'g'), %s, %s, 'g')::jsonb
WHERE position(%s in {column}::text) > 0
"""

NOBODY = "somebody who left"
# How the id of a viewer who left begins.
GONE = "gone-"

ADMINISTRATOR = (
    "You are an administrator here. Have another administrator take these rights from you first."
)
OWNER = "You own this channel: without you there is nobody who could run it."


def forget(user: User) -> None:
    """Erase the account and all that names its person, in one transaction.

    Raises StillNeeded, with a sentence for the person, when something must end first.
    """
    with transaction.atomic(), pgtrigger.ignore():
        user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        _check(user)
        _remember_ban(user)
        viewer = user.viewer
        User.objects.filter(pk=user.pk).update(viewer=None)
        if viewer is not None:
            for personal in registry.sections():
                personal.section.forget(viewer)
            _unname(viewer)
        _forget_account(user)


def _check(user: User) -> None:
    if user.viewer_id and user.viewer_id == settings.TWITCH_BROADCASTER_ID:
        raise StillNeeded(OWNER)
    if user.is_superuser:
        raise StillNeeded(ADMINISTRATOR)


def _unname(viewer: Viewer) -> None:
    """Move the viewer's row to an id of nobody, with every column that holds the old one."""
    new = f"{GONE}{str(ULID()).lower()}"
    for field in _fields_of(Viewer):
        _execute(_FOLLOW, field, new, viewer.pk)
    for field in _json_fields():
        _scrub(field, viewer, new)
    Viewer.objects.filter(pk=new).update(login=new, display_name=NOBODY)


def _fields_of(model: type[models.Model]) -> Iterator[Field]:
    """Yield the key of a table, and every field that refers to it, however far away."""
    yield model._meta.pk
    for relation in _references(model):
        field = relation.field
        if field.primary_key:
            yield from _fields_of(field.model)
        else:
            yield field


def _references(model: type[models.Model]) -> list[ForeignObjectRel]:
    """Return what refers to a table, also where the way back has no name (`+`)."""
    fields = model._meta.get_fields(include_hidden=True)
    return [f for f in fields if isinstance(f, ForeignObjectRel) and not f.many_to_many]


def _json_fields() -> Iterator[Field]:
    """Yield every field of JSON: facts, and what flows and pushes remember."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, models.JSONField):
                yield field


def _scrub(field: Field, viewer: Viewer, new: str) -> None:
    """Replace the viewer's id and names where they are values, in rows that hold the id."""
    names = [viewer.pk, viewer.login or viewer.pk, viewer.display_name or viewer.pk]
    quoted = [json.dumps(name, ensure_ascii=False) for name in names]
    pairs = zip(quoted, [new, new, NOBODY], strict=True)
    # What a colon follows is a key.
    values = [text for old, now in pairs for text in (f"{re.escape(old)}(?!:)", json.dumps(now))]
    _execute(_SCRUB, field, *values, quoted[0])


def _execute(statement: str, field: Field, *values: str) -> None:
    """Run a statement about the field's `{table}` and `{column}`."""
    names = {
        "table": sql.Identifier(field.model._meta.db_table),
        "column": sql.Identifier(str(field.column)),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(**names), list(values))


def _forget_account(user: User) -> None:
    for relation in _references(User):
        field = relation.field
        named = f"{field.name}_name"
        if any(other.name == named for other in field.model._meta.local_fields):
            rows = field.model._base_manager.filter(**{field.name: user})
            rows.update(**{named: NOBODY})
    for column in _signatures():
        rows = column.model._base_manager.filter(**{column.name: user.username})
        rows.update(**{column.name: NOBODY})
    # What staff did in the admin stays, but not what the row was called.
    called = rf"(^|\W){re.escape(user.name)}(\W|$)"
    LogEntry.objects.filter(object_repr__regex=called).update(object_repr=NOBODY)
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
    user.delete()


def _signatures() -> Iterator[Field]:
    """Yield every column in which diaries keep a username, such as `by` and `entered_by`."""
    longest = User._meta.get_field("username").max_length or 0
    for model in apps.get_models():
        for field in model._meta.local_fields:
            # Shorter ones say by which rule.
            is_long = isinstance(field, models.CharField) and (field.max_length or 0) >= longest
            if is_long and re.fullmatch(r"(\w+_)?by", field.name):
                yield field


def _remember_ban(user: User) -> None:
    """Keep a fingerprint of a banned identity, which tells nobody's name: leaving lifts no ban."""
    if user.is_banned:
        for account in SocialAccount.objects.filter(user=user):
            digest = signing.fingerprint(account.provider, account.uid)
            Shunned.objects.get_or_create(digest=digest)
