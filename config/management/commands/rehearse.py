"""Set the stage for a rehearsal: accounts connected, a reward to redeem."""

from __future__ import annotations

import urllib.error
import urllib.request
from email.message import Message
from typing import IO, Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from tokens import services as tokens
from twitch.models import Reward
from twitch.services import rewards

ACCOUNTS = {"broadcaster": "greenroom", "bot": "greenroom_bot"}
REWARD = {
    "title": "Keyboard Raffle",
    "prompt": "Roll from 1 to 10,000: hit the winning number and the keyboard is yours.",
    "cost": 500,
    "action": "keyboard_raffle",
}


class Command(BaseCommand):
    help = "Connects the rehearsal's accounts and makes its rewards; changes nothing that is there."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REHEARSAL:
            raise CommandError("This is not a rehearsal: REHEARSAL is off.")
        for role, login in ACCOUNTS.items():
            connect(role, login)
        rewards.lint()
        if not Reward.objects.ours().filter(action=REWARD["action"]).exists():
            rewards.create_on_twitch(Reward(**REWARD))


def connect(role: str, login: str) -> None:
    """Give the consent that a person would give on the rehearsal's sign-in page."""
    redirect_uri = settings.PUBLIC_URL + reverse("twitch:callback")
    page = urlsplit(tokens.begin_authorization("twitch", role, redirect_uri))
    form = dict(parse_qsl(page.query)) | {"login": login, "decision": "authorize"}
    answer = parse_qs(urlsplit(_post(page._replace(query="").geturl(), form)).query)
    tokens.finish_authorization(
        "twitch", answer["state"][0], answer.get("code", [""])[0], redirect_uri
    )


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The answer is the address that we would be sent to."""

    def redirect_request(
        self, req: Any, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


def _post(url: str, form: dict[str, str]) -> str:
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        opener.open(url, urlencode(form).encode(), timeout=10).close()
    except urllib.error.HTTPError as answer:
        if answer.code in (302, 303) and answer.headers["Location"]:
            return str(answer.headers["Location"])
        raise CommandError(f"The rehearsal did not let us in: {answer.code}.") from answer
    except OSError as error:
        raise CommandError(f"The rehearsal does not answer at {url}: {error}.") from error
    raise CommandError("The rehearsal did not send us back after its sign-in page.")
