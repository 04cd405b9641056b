"""A viewer of the rehearsal at a browser: signs in on Twitch's page, and uses our API."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from email.message import Message
from http.cookiejar import CookieJar
from typing import IO, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

SECONDS = 20
TOO_MANY = 429
AWAY = 503
TRIES = 5


class NoAnswer(Exception):
    """A server did not answer as it should; the message says which, and how."""


class Stay(urllib.request.HTTPRedirectHandler):
    """The answer is the address that we would be sent to."""

    def redirect_request(
        self, req: Any, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


class Browser:
    """One person's session at our address `home`; with a `key` a program's."""

    def __init__(self, home: str, key: str = "") -> None:
        self.home = home
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(
            Stay, urllib.request.HTTPCookieProcessor(self._cookies)
        )
        self._key = {"X-Admin-Key": key} if key else {}

    def sign_in(self, login: str) -> None:
        """Sign in as a viewer of the rehearsal's Twitch, who consents on its page."""
        self.send(f"{self.home}/sign-in")
        page = self._sent_to(f"{self.home}/sign-in/with/twitch", {"next": "/"})
        place = urlsplit(page)._replace(query="").geturl()
        form = dict(parse_qsl(urlsplit(page).query)) | {"login": login, "decision": "authorize"}
        back = self._sent_to(place, form)
        self._sent_to(back)

    def call(self, verb: str, path: str, **body: Any) -> tuple[int, Any]:
        """Call the API; return the status and what it says."""
        status, _, content = self.send(
            f"{self.home}/api/{path}",
            json.dumps(body).encode() if verb != "GET" else None,
            {"Content-Type": "application/json", **self._key},
            verb,
        )
        return status, json.loads(content) if content else None

    def _sent_to(self, address: str, form: dict[str, str] | None = None) -> str:
        body = urlencode(form).encode() if form is not None else None
        status, location, _ = self.send(address, body)
        if status not in (302, 303) or not location:
            raise NoAnswer(f"{address} did not send us on: {status}.")
        return location

    def send(
        self,
        address: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        verb: str = "",
    ) -> tuple[int, str, bytes]:
        """Return status, Location and content; when told to come back later, come back then."""
        ours = {"X-CSRFToken": self._csrf(), "Referer": f"{self.home}/", "Origin": self.home}
        sent = {**(headers or {}), **(ours if address.startswith(self.home) else {})}
        request = urllib.request.Request(  # noqa: S310 (our own addresses)
            address, body, sent, method=verb or ("GET" if body is None else "POST")
        )
        for _ in range(TRIES):
            try:
                with self._opener.open(request, timeout=SECONDS) as answer:
                    return answer.status, "", answer.read()
            except urllib.error.HTTPError as error:
                if error.code not in (TOO_MANY, AWAY) or "Retry-After" not in error.headers:
                    return error.code, error.headers.get("Location", ""), error.read()
                time.sleep(float(error.headers["Retry-After"]))
            except OSError as error:
                raise NoAnswer(f"{address} does not answer: {error}.") from error
        raise NoAnswer(f"{address} asks us to come back later, again and again.")

    def _csrf(self) -> str:
        return next((it.value or "" for it in self._cookies if it.name == "csrftoken"), "")


def control(rehearsal: str, path: str, **wish: Any) -> Any:
    """Ask the rehearsal's stage for something; return what it says."""
    status, _, content = Browser(rehearsal).send(
        f"{rehearsal}/control/{path}",
        json.dumps(wish).encode(),
        {"Content-Type": "application/json"},
    )
    if status != 200:
        raise NoAnswer(f"The rehearsal did not do that ({status}): {content.decode()}")
    return json.loads(content)
