"""The roles that moderators may be given: groups, as the apps offer them."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission

from accounts import registry


def write(**_: object) -> None:
    """Make the roles that are not there yet; one that the streamer changed stays changed.

    A role waits until every right of it is there, as rights are made app by app.
    """
    there = set(Group.objects.values_list("name", flat=True))
    for name, rights in registry.roles().items():
        if name in there:
            continue
        permissions = [found for right in rights if (found := _permission(right))]
        if len(permissions) == len(rights):
            Group.objects.create(name=name).permissions.set(permissions)


def _permission(right: str) -> Permission | None:
    app, _, codename = right.partition(".")
    return Permission.objects.filter(content_type__app_label=app, codename=codename).first()
