"""Print a link that signs the administrator in, once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.urls import reverse
from django.utils import timezone

from accounts.services import links


class Command(BaseCommand):
    help = "Prints a link that signs an administrator in, once, within half an hour."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", nargs="?", default=links.ADMIN_NAME)

    def handle(self, *args: Any, **options: Any) -> None:
        user = links.ensure_admin(options["username"])
        secret = links.make_sign_in_link(user, now=timezone.now())
        self.stdout.write(settings.PUBLIC_URL + reverse("sign_in_link", args=[secret]))
