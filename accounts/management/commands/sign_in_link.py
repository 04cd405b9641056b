"""Print a link that signs somebody in, once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import links, people


class Command(BaseCommand):
    help = "Prints a link that signs the administrator in, once, within half an hour."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "username", nargs="?", help="Another account, by its user name: Accounts in the admin."
        )
        parser.add_argument(
            "--new", action="store_true", help="Make an administrator of that name, if need be."
        )

    def handle(self, *args: Any, username: str | None, new: bool, **options: Any) -> None:
        if username is None:
            user = links.ensure_admin()
        else:
            user = _make(username) if new else _find(username)
        secret = links.make_sign_in_link(user, now=timezone.now())
        self.stdout.write(settings.PUBLIC_URL + reverse("sign_in_link", args=[secret]))


def _make(username: str) -> User:
    try:
        User._meta.get_field("username").run_validators(username)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    return links.ensure_admin(username)


def _find(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        known = ", ".join(map(_told, people.backstage())) or "nobody yet"
        raise CommandError(
            f"There is no account {username!r}. Backstage: {known}."
            " With --new it is made, as an administrator."
        )
    if not user.is_active:
        raise CommandError(f"The account {username} is switched off, in the admin under Accounts.")
    return user


def _told(user: User) -> str:
    return user.username if user.name == user.username else f"{user.username} ({user.name})"
