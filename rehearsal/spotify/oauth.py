"""Spotify's accounts: the page that asks for consent, and the token call."""

from __future__ import annotations

import base64
import binascii
import html
import re
import secrets
from collections.abc import Awaitable, Callable
from string import Template
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from rehearsal.spotify.errors import AccountsError
from rehearsal.spotify.people import LISTENERS, STREAMER, Listener
from rehearsal.spotify.records import SpotifyToken
from rehearsal.spotify.stage import SPOTIFY, Spotify

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_SCOPES = (
    "app-remote-control playlist-modify-private playlist-modify-public playlist-read-collaborative"
    " playlist-read-private streaming ugc-image-upload user-follow-modify user-follow-read"
    " user-library-modify user-library-read user-modify-playback-state user-read-currently-playing"
    " user-read-email user-read-playback-position user-read-playback-state user-read-private"
    " user-read-recently-played user-top-read"
)
SCOPES = frozenset(_SCOPES.split())
_FIELDS = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "show_dialog",
    "code_challenge",
    "code_challenge_method",
)
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?/[^#]*")


async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer an accounts call, or refuse it in OAuth's words."""
    try:
        return await handler(request)
    except AccountsError as error:
        return error.answer()


class _BadPage(AccountsError):
    """The page cannot be shown at all; Spotify says so in bare text, to the person."""

    def __init__(self, text: str) -> None:
        super().__init__("invalid_request", text)

    def answer(self) -> web.Response:
        return web.Response(status=400, text=self.description)


async def show(request: web.Request) -> web.Response:
    """``GET authorize``: the page that asks who signs in and what they allow."""
    spotify = request.app[SPOTIFY]
    asked = _check_page(spotify, {name: request.query.get(name, "") for name in _FIELDS})
    wrong = _wrong(asked)
    if wrong:
        return _redirect(asked, error=wrong)
    scopes = "".join(f"<li>{html.escape(scope)}</li>" for scope in asked["scope"].split())
    page = _PAGE.substitute(
        client=html.escape(asked["client_id"]),
        target=html.escape(urlsplit(asked["redirect_uri"]).netloc),
        scopes=scopes or "<li>nothing but your name</li>",
        people="".join(_choice(listener) for listener in LISTENERS.values()),
        hidden="".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in asked.items()
        ),
    )
    return web.Response(text=page, content_type="text/html", headers=_PAGE_HEADERS)


async def decide(request: web.Request) -> web.Response:
    """``POST authorize``: the form's ``login`` and ``decision``; answers 302 to the app."""
    spotify = request.app[SPOTIFY]
    form = {name: str(value) for name, value in (await request.post()).items()}
    asked = _check_page(spotify, {name: form.get(name, "") for name in _FIELDS})
    wrong = _wrong(asked) or ("" if form.get("decision") == "authorize" else "access_denied")
    if wrong:
        return _redirect(asked, error=wrong)
    listener = LISTENERS.get(form.get("login", ""))
    if listener is None:
        raise _BadPage("Pick an account to sign in as.")
    code = spotify.signins.write_code(
        listener.id, asked["scope"].split(), asked["redirect_uri"], asked["code_challenge"]
    )
    return _redirect(asked, code=code)


async def token(request: web.Request) -> web.Response:
    """``POST api/token``: a code, a refresh token or the client's own secret for a token."""
    spotify = request.app[SPOTIFY]
    if request.content_type != "application/x-www-form-urlencoded":
        raise AccountsError("unsupported_grant_type", "grant_type parameter is missing")
    sent = {name: str(value) for name, value in (await request.post()).items()}
    is_public = _check_client(spotify, sent, request.headers.get("Authorization", ""))
    fresh: str | None = None
    match sent.get("grant_type", ""):
        case "authorization_code":
            token, fresh = spotify.signins.redeem_code(
                sent.get("code", ""),
                sent.get("redirect_uri", ""),
                sent.get("code_verifier", ""),
                is_public=is_public,
            )
        case "refresh_token":
            if not sent.get("refresh_token"):
                raise AccountsError("invalid_request", "refresh_token must be supplied")
            token, fresh = spotify.signins.refresh(sent["refresh_token"], is_public=is_public)
        case "client_credentials" if not is_public:
            token = spotify.signins.app_token()
        case "":
            raise AccountsError("unsupported_grant_type", "grant_type parameter is missing")
        case _:
            raise AccountsError("unsupported_grant_type", "grant_type is not supported")
    return web.json_response(shown(token, fresh))


def shown(token: SpotifyToken, refresh: str | None) -> dict[str, object]:
    """A token as the token call answers it; the refresh token may be missing."""
    answer: dict[str, object] = {
        "access_token": token.access,
        "token_type": "Bearer",
        "expires_in": token.seconds_left() + 1,
    }
    if token.user_id:
        answer["scope"] = " ".join(token.scopes)
    return {**answer, "refresh_token": refresh} if refresh else answer


ROUTES = [
    web.get("/spotify/accounts/authorize", show),
    web.post("/spotify/accounts/authorize", decide),
    web.post("/spotify/accounts/api/token", token),
]


def _check_page(spotify: Spotify, asked: dict[str, str]) -> dict[str, str]:
    """The parameters of the page when it is safe to send the person back with an answer."""
    if asked["client_id"] != spotify.settings.client_id:
        raise _BadPage("INVALID_CLIENT: Invalid client")
    target = asked["redirect_uri"]
    if not target:
        raise _BadPage("Missing required parameter: redirect_uri")
    # `localhost` is refused: only the loopback addresses themselves may do without https.
    if not _LOOPBACK.fullmatch(target) and target not in spotify.settings.redirect_uris:
        raise _BadPage("INVALID_CLIENT: Invalid redirect URI")
    return asked


def _wrong(asked: dict[str, str]) -> str:
    """The OAuth error with which the person is sent back, if any."""
    if asked["response_type"] != "code":
        return "unsupported_response_type"
    if not SCOPES.issuperset(asked["scope"].split()):
        return "invalid_scope"
    if asked["code_challenge"] and asked["code_challenge_method"] != "S256":
        return "invalid_request"
    return ""


def _check_client(spotify: Spotify, sent: dict[str, str], authorization: str) -> bool:
    """Whether the client is public, that is proves itself by PKCE and has shown no secret."""
    client_id, secret = sent.get("client_id", ""), sent.get("client_secret", "")
    kind, _, coded = authorization.partition(" ")
    if kind.lower() == "basic":
        try:
            plain = base64.b64decode(coded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise AccountsError("invalid_client", "Invalid client", 400) from None
        client_id, _, secret = plain.partition(":")
    if client_id != spotify.settings.client_id:
        raise AccountsError("invalid_client", "Invalid client")
    if not secret and (sent.get("code_verifier") or sent.get("grant_type") == "refresh_token"):
        return True
    if not secrets.compare_digest(secret.encode(), spotify.settings.client_secret.encode()):
        raise AccountsError("invalid_client", "Invalid client secret")
    return False


def _redirect(asked: dict[str, str], **answer: str) -> web.Response:
    uri = asked["redirect_uri"]
    if asked["state"]:
        answer["state"] = asked["state"]
    joint = "&" if urlsplit(uri).query else "?"
    return web.Response(status=302, headers={"Location": f"{uri}{joint}{urlencode(answer)}"})


def _choice(listener: Listener) -> str:
    first = " checked" if listener == STREAMER else ""
    return (
        f'<label><input type="radio" name="login" value="{html.escape(listener.id)}"{first}>'
        f" <bdi>{html.escape(listener.name)}</bdi> <small>{html.escape(listener.note)}</small>"
        "</label>"
    )


_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'"
    ),
}

_PAGE = Template(
    """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Connect Spotify · rehearsal</title>
<link rel="icon" href="/console/icon.svg">
<link rel="stylesheet" href="/console/console.css">
<body class="sign-in">
<main class="card">
  <p class="eyebrow">Rehearsal · not the real Spotify</p>
  <h1>Let <em>$client</em> use your Spotify</h1>
  <p>It will send you back to <code>$target</code> and may use:</p>
  <ul class="scopes">$scopes</ul>
  <form method="post" action="authorize">
    $hidden
    <fieldset><legend>Sign in as</legend>$people</fieldset>
    <p class="row">
      <button name="decision" value="authorize" class="primary">Agree</button>
      <button name="decision" value="deny">Cancel</button>
    </p>
  </form>
</main>
</body>
</html>
"""
)
