"""Twitch's OAuth endpoints: the sign-in page and the token, validate and revoke calls."""

from __future__ import annotations

import html
import secrets
from collections.abc import Awaitable, Callable
from string import Template
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from rehearsal.settings import hostname
from rehearsal.twitch.records import Account, Grant, Token
from rehearsal.twitch.scopes import KNOWN
from rehearsal.twitch.signins import BadCode, BadRefreshToken
from rehearsal.twitch.stage import TWITCH, Twitch

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_FIELDS = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "force_verify",
    "code_challenge",
    "code_challenge_method",
)


class OAuthError(Exception):
    """A refusal in Twitch's shape: ``{"status", "message"}``."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def answer(self) -> web.Response:
        """The refusal as an HTTP answer."""
        body = {"status": self.status, "message": self.message}
        return web.json_response(body, status=self.status)


async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer an OAuth call, or refuse it in Twitch's words."""
    try:
        return await handler(request)
    except OAuthError as error:
        return error.answer()


async def show(request: web.Request) -> web.Response:
    """``GET authorize``: the page that asks who signs in and what they allow."""
    twitch = request.app[TWITCH]
    asked = _check_request(twitch, {name: request.query.get(name, "") for name in _FIELDS})
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
        for name, value in asked.items()
    )
    scopes = "".join(f"<li>{html.escape(scope)}</li>" for scope in asked["scope"].split())
    page = _PAGE.substitute(
        client=html.escape(asked["client_id"]),
        target=html.escape(urlsplit(asked["redirect_uri"]).netloc),
        scopes=scopes or "<li>nothing but your name</li>",
        people="".join(_choice(account) for account in twitch.state.accounts),
        hidden=hidden,
    )
    return web.Response(text=page, content_type="text/html", headers=_PAGE_HEADERS)


async def decide(request: web.Request) -> web.Response:
    """``POST authorize``: the form's ``login`` and ``decision``; answers 302 to the app."""
    twitch = request.app[TWITCH]
    form = {name: str(value) for name, value in (await request.post()).items()}
    asked = _check_request(twitch, {name: form.get(name, "") for name in _FIELDS})
    if form.get("decision") != "authorize":
        return _redirect(
            asked,
            error="access_denied",
            error_description="The user denied you access",
        )
    account = twitch.state.account(form.get("login", ""))
    if account is None:
        raise OAuthError(400, "pick an account to sign in as")
    code = twitch.signins.write_code(
        asked["client_id"],
        account.id,
        asked["scope"].split(),
        asked["redirect_uri"],
        [asked["code_challenge"], asked["code_challenge_method"] or "plain"],
    )
    return _redirect(asked, code=code, scope=asked["scope"])


async def token(request: web.Request) -> web.Response:
    """``POST token``: a code, a refresh token or the client's own secret for a token."""
    twitch = request.app[TWITCH]
    sent = {**request.query, **{name: str(value) for name, value in (await request.post()).items()}}
    client_id = _check_client(twitch, sent)
    if sent.get("grant_type") == "client_credentials":
        return web.json_response(_shown(twitch.signins.app_token(client_id)))
    try:
        grant, token = _exchange(twitch, client_id, sent)
    except BadCode:
        raise OAuthError(400, "Invalid authorization code") from None
    except BadRefreshToken:
        raise OAuthError(400, "Invalid refresh token") from None
    return web.json_response(_shown(token, grant))


async def validate(request: web.Request) -> web.Response:
    """``GET validate``: whose token this is; takes ``OAuth`` and ``Bearer``."""
    kind, _, access = request.headers.get("Authorization", "").partition(" ")
    if not access:
        raise OAuthError(401, "missing authorization token")
    twitch = request.app[TWITCH]
    token = twitch.signins.use(access) if kind.lower() in ("oauth", "bearer") else None
    if token is None:
        raise OAuthError(401, "invalid access token")
    shown = {
        "client_id": token.client_id,
        "scopes": token.scopes,
        "expires_in": token.seconds_left(),
    }
    user = twitch.state.account(token.user_id) if token.user_id else None
    return web.json_response({**shown, "login": user.login, "user_id": user.id} if user else shown)


async def revoke(request: web.Request) -> web.Response:
    """``POST revoke``: end the sign-in that a token belongs to."""
    twitch = request.app[TWITCH]
    sent = {**request.query, **{name: str(value) for name, value in (await request.post()).items()}}
    if not sent.get("client_id"):
        raise OAuthError(400, "missing client id")
    if sent["client_id"] != twitch.settings.client_id:
        raise OAuthError(404, "client does not exist")
    if not sent.get("token"):
        raise OAuthError(400, "missing oauth token")
    if not twitch.signins.revoke(sent["token"]):
        raise OAuthError(400, "Invalid token")
    return web.Response()


ROUTES = [
    web.get("/twitch/oauth2/authorize", show),
    web.post("/twitch/oauth2/authorize", decide),
    web.post("/twitch/oauth2/token", token),
    web.get("/twitch/oauth2/validate", validate),
    web.post("/twitch/oauth2/revoke", revoke),
]


def _check_request(twitch: Twitch, asked: dict[str, str]) -> dict[str, str]:
    """The authorize parameters when they are good; otherwise an error the person sees."""
    if asked["client_id"] != twitch.settings.client_id:
        raise OAuthError(400, "invalid client" if asked["client_id"] else "missing client id")
    target = asked["redirect_uri"]
    loopback = target.startswith("http://") and twitch.settings.is_ours(hostname(target))
    if not loopback and target not in twitch.settings.redirect_uris:
        raise OAuthError(400, "Parameter redirect_uri does not match registered URI")
    if asked["response_type"] != "code":
        raise OAuthError(400, "Parameter response_type must be code")
    unknown = [scope for scope in asked["scope"].split() if scope not in KNOWN]
    if unknown:
        raise OAuthError(400, f"invalid scope requested: '{unknown[0]}'")
    if asked["code_challenge_method"] not in ("", "plain", "S256"):
        raise OAuthError(400, "Parameter code_challenge_method must be plain or S256")
    return asked


def _check_client(twitch: Twitch, sent: dict[str, str]) -> str:
    client_id = sent.get("client_id", "")
    if client_id != twitch.settings.client_id:
        raise OAuthError(400, "invalid client" if client_id else "missing client id")
    if sent.get("grant_type") not in (
        "authorization_code",
        "refresh_token",
        "client_credentials",
    ):
        raise OAuthError(400, "invalid grant type")
    secret = sent.get("client_secret", "")
    if not secret:
        raise OAuthError(400, "missing client secret")
    if not secrets.compare_digest(secret.encode(), twitch.settings.client_secret.encode()):
        raise OAuthError(403, "invalid client secret")
    return client_id


def _exchange(twitch: Twitch, client_id: str, sent: dict[str, str]) -> tuple[Grant, Token]:
    if sent["grant_type"] == "refresh_token":
        if not sent.get("refresh_token"):
            raise OAuthError(400, "missing refresh token")
        return twitch.signins.refresh(client_id, sent["refresh_token"])
    if not sent.get("code"):
        raise OAuthError(400, "missing authorization code")
    return twitch.signins.redeem_code(
        client_id, sent["code"], sent.get("redirect_uri", ""), sent.get("code_verifier", "")
    )


def _shown(token: Token, grant: Grant | None = None) -> dict[str, object]:
    answer: dict[str, object] = {
        "access_token": token.access,
        "expires_in": token.seconds_left() + 1,
        "token_type": "bearer",
    }
    return {**answer, "refresh_token": grant.refresh, "scope": grant.scopes} if grant else answer


def _redirect(asked: dict[str, str], **answer: str) -> web.Response:
    uri = asked["redirect_uri"]
    if asked["state"]:
        answer["state"] = asked["state"]
    joint = "&" if urlsplit(uri).query else "?"
    return web.Response(status=302, headers={"Location": f"{uri}{joint}{urlencode(answer)}"})


def _choice(account: Account) -> str:
    first = " checked" if "broadcaster" in account.roles else ""
    role = ", ".join(account.roles) or "viewer"
    return (
        f'<label><input type="radio" name="login" value="{html.escape(account.login)}"{first}>'
        f" <bdi>{html.escape(account.display_name)}</bdi>"
        f" <small>{html.escape(account.login)} · {html.escape(role)}</small></label>"
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
<title>Sign in · rehearsal</title>
<link rel="icon" href="/console/icon.svg">
<link rel="stylesheet" href="/console/console.css">
<body class="sign-in">
<main class="card">
  <p class="eyebrow">Rehearsal · not the real Twitch</p>
  <h1>Authorize <em>$client</em></h1>
  <p>It will send you back to <code>$target</code> and may use:</p>
  <ul class="scopes">$scopes</ul>
  <form method="post" action="authorize">
    $hidden
    <fieldset><legend>Sign in as</legend>$people</fieldset>
    <p class="row">
      <button name="decision" value="authorize" class="primary">Authorize</button>
      <button name="decision" value="deny">Deny</button>
    </p>
  </form>
</main>
</body>
</html>
"""
)
