"""The way to the Web API: each request is counted, and each answer is a success or an error."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils import timezone

from rest import outgoing
from spotify.client import errors, http, meter
from spotify.models import Call


class WebSession(http.Session):
    """What spotipy sends its requests with.

    Returns only successes; raises SpotifyProblem, or Unsure when a request with an effect may have
    been carried out. An answer to such a request is never looked at: it may be text or nothing.
    """

    def __init__(self, *, urgent: bool) -> None:
        super().__init__()
        self.urgent = urgent

    def request(  # type: ignore[override]
        self, method: str, url: str, **kwargs: Any
    ) -> requests.Response:
        path = urlsplit(url).path.removeprefix(urlsplit(settings.SPOTIFY_API_URL).path).strip("/")
        call = meter.admit(f"{method} {_without_ids(path)}", urgent=self.urgent)
        try:
            response = super().request(method, url, **kwargs)
        except (requests.RequestException, OSError) as error:
            if method != "GET" and not outgoing.surely_unsent(error):
                raise errors.Unsure(f"Spotify did not answer {method} {path}.") from error
            raise errors.Unavailable("Spotify cannot be reached.") from error
        Call.objects.filter(pk=call.pk).update(status=response.status_code)
        if not 200 <= response.status_code < 300:
            raise _problem(method, path, response)
        if method != "GET":
            response._content = b""
        else:
            _check(response)
        return response


def _problem(method: str, path: str, response: requests.Response) -> Exception:
    try:
        payload = http.decoded(response)
    except ValueError:
        payload = response.text[:500]
    now = timezone.now()
    error = errors.of(method, path, response.status_code, response.headers, payload, now)
    if isinstance(error, errors.Later):
        meter.open_breaker(error, now)
    return error


def _check(response: requests.Response) -> None:
    try:
        payload = http.decoded(response)
    except ValueError as error:
        raise errors.Unavailable("Spotify's answer cannot be read.") from error
    if payload is not None and not isinstance(payload, dict):
        raise errors.Unavailable("Spotify's answer cannot be understood.")


def _without_ids(path: str) -> str:
    return re.sub(r"\b[0-9A-Za-z]{22}\b", "{id}", path)[:50]
