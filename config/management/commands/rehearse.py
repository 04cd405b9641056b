"""Set the stage for a rehearsal: accounts connected, rewards to redeem."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.rehearsing import Stay
from points.services import offers
from studio.services import setup
from tokens import services as tokens
from tokens.views import redirect_uri

ACCOUNTS = (
    ("twitch", "broadcaster", "greenroom"),
    ("twitch", "bot", "greenroom_bot"),
    ("spotify", "player", "greenroom"),
)


class Command(BaseCommand):
    help = "Connects the rehearsal's accounts and makes its rewards; changes nothing that is there."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REHEARSAL:
            raise CommandError("This is not a rehearsal: REHEARSAL is off.")
        for provider, role, login in ACCOUNTS:
            try:
                connect(provider, role, login)
            except tokens.AuthorizationFailed as failure:
                # A fault that is switched on; what was connected before may still be good.
                self.stderr.write(f"The {role} account is not connected anew: {failure.sentence}")
        setup.make_rewards()
        offers.ensure_reward(amount=100, cost=100)


def connect(provider: str, role: str, login: str) -> None:
    """Give the consent that a person would give on the rehearsal's sign-in page."""
    back = redirect_uri(provider)
    page = urlsplit(tokens.begin_authorization(provider, role, back))
    form = dict(parse_qsl(page.query)) | {"login": login, "decision": "authorize"}
    answer = parse_qs(urlsplit(_post(page._replace(query="").geturl(), form)).query)
    tokens.finish_authorization(provider, answer["state"][0], answer.get("code", [""])[0], back)


def _post(url: str, form: dict[str, str]) -> str:
    opener = urllib.request.build_opener(Stay)
    try:
        opener.open(url, urlencode(form).encode(), timeout=10).close()
    except urllib.error.HTTPError as answer:
        if answer.code in (302, 303) and answer.headers["Location"]:
            return str(answer.headers["Location"])
        raise CommandError(f"The rehearsal did not let us in: {answer.code}.") from answer
    except OSError as error:
        raise CommandError(f"The rehearsal does not answer at {url}: {error}.") from error
    raise CommandError("The rehearsal did not send us back after its sign-in page.")
