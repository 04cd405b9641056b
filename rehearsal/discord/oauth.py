"""Discord's OAuth: the page that asks for consent and a channel, and the token calls."""

from __future__ import annotations

import base64
import binascii
import html
import secrets
from collections.abc import Awaitable, Callable
from string import Template
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from rehearsal.discord import payloads, world
from rehearsal.discord.api import API
from rehearsal.discord.errors import OAuthError
from rehearsal.discord.records import DiscordToken
from rehearsal.discord.stage import DISCORD, Discord
from rehearsal.settings import hostname

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

AUTHORIZE = "/discord/oauth2/authorize"
WEBHOOK = "webhook.incoming"
# What each scope lets an app do, as the page words it.
SCOPES = {
    "identify": "see your username, name and picture",
    "email": "see your e-mail address",
    "guilds": "see which servers you are on",
    WEBHOOK: "add a webhook to a channel of a server of yours",
}
WEBHOOK_NAME = "Greenroom"
_FIELDS = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "prompt",
    "code_challenge",
    "code_challenge_method",
)


async def page(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer the page, or say to the person why it cannot be shown."""
    try:
        return await handler(request)
    except OAuthError as error:
        return web.Response(status=400, text=f"{error.error}: {error.description}")


async def show(request: web.Request) -> web.Response:
    """``GET authorize``: who signs in, what they allow and, for a webhook, in which channel."""
    discord = request.app[DISCORD]
    asked = _check_page(discord, {name: request.query.get(name, "") for name in _FIELDS})
    wrong = _wrong(asked)
    if wrong:
        return _redirect(asked, error=wrong)
    scopes = asked["scope"].split()
    shown = _PAGE.substitute(
        client=html.escape(asked["client_id"]),
        target=html.escape(urlsplit(asked["redirect_uri"]).netloc),
        scopes="".join(f"<li>{html.escape(SCOPES[scope])}</li>" for scope in scopes),
        people="".join(_person(it) for it in world.PEOPLE.values()),
        channels=_CHANNELS.substitute(groups=_groups()) if WEBHOOK in scopes else "",
        hidden="".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in asked.items()
        ),
    )
    return web.Response(text=shown, content_type="text/html", headers=_PAGE_HEADERS)


async def decide(request: web.Request) -> web.Response:
    """``POST authorize``: the form's ``login``, ``channel`` and ``decision``; 302 to the app."""
    discord = request.app[DISCORD]
    form = {name: str(value) for name, value in (await request.post()).items()}
    asked = _check_page(discord, {name: form.get(name, "") for name in _FIELDS})
    wrong = _wrong(asked) or ("" if form.get("decision") == "authorize" else "access_denied")
    if wrong:
        return _redirect(asked, error=wrong)
    person = world.person(form.get("login", ""))
    if person is None:
        raise OAuthError("invalid_request", "Pick an account to sign in as.")
    channel = ""
    if WEBHOOK in asked["scope"].split():
        channel = form.get("channel", "")
        if channel not in {it.id for it in world.channels_of(person.id)}:
            raise OAuthError("invalid_request", f"{person.name} may not add webhooks there.")
    return _redirect(asked, code=discord.signins.write_code(person.id, asked, channel))


async def token(request: web.Request) -> web.Response:
    """``POST token``: a code or a refresh token for tokens, and a webhook if one was allowed."""
    discord = request.app[DISCORD]
    sent = await _form(request, discord)
    match sent.get("grant_type", ""):
        case "authorization_code":
            code = discord.signins.redeem_code(
                sent.get("code", ""), sent.get("redirect_uri", ""), sent.get("code_verifier", "")
            )
            webhook = None
            if code.channel_id:
                app = discord.settings.client_id
                webhook = discord.make_webhook(code.channel_id, WEBHOOK_NAME, _application(app))
            granted = discord.signins.sign_in(code.user_id, code.scopes)
            more = {"webhook": payloads.webhook(webhook)} if webhook else {}
            return web.json_response({**payloads.token(granted), **more})
        case "refresh_token":
            fresh: DiscordToken = discord.signins.refresh(sent.get("refresh_token", ""))
            return web.json_response(payloads.token(fresh))
    raise OAuthError("unsupported_grant_type")


async def revoke(request: web.Request) -> web.Response:
    """``POST token/revoke``: takes back all that the person of this token has allowed."""
    discord = request.app[DISCORD]
    sent = await _form(request, discord)
    discord.signins.revoke(sent.get("token", ""))
    return web.json_response({})


ROUTES = [
    web.get(AUTHORIZE, show),
    web.post(AUTHORIZE, decide),
    web.post(f"{API}/oauth2/token", token),
    web.post(f"{API}/oauth2/token/revoke", revoke),
]


def _application(client_id: str) -> str:
    """The app's id, which is a snowflake even where the client's is none."""
    return str(int.from_bytes(client_id.encode()[:7]))


async def _form(request: web.Request, discord: Discord) -> dict[str, str]:
    """What a client has sent, which has shown its secret in the form or the header."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise OAuthError("invalid_request", "Content-Type must be a form.")
    sent = {name: str(value) for name, value in (await request.post()).items()}
    client_id, secret = sent.get("client_id", ""), sent.get("client_secret", "")
    kind, _, coded = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise OAuthError("invalid_client", status=401) from None
    settings = discord.settings
    is_right = secrets.compare_digest(secret.encode(), settings.client_secret.encode())
    if client_id != settings.client_id or not is_right:
        raise OAuthError("invalid_client", status=401)
    return sent


def _check_page(discord: Discord, asked: dict[str, str]) -> dict[str, str]:
    """The parameters of the page when it is safe to send the person back with an answer."""
    settings = discord.settings
    if asked["client_id"] != settings.client_id:
        raise OAuthError("invalid_client", "Unknown application")
    target = asked["redirect_uri"]
    is_web = urlsplit(target).scheme in ("http", "https") if target.isprintable() else False
    if target not in settings.redirect_uris and not (is_web and settings.is_ours(hostname(target))):
        raise OAuthError("invalid_request", "Invalid OAuth2 redirect_uri")
    return asked


def _wrong(asked: dict[str, str]) -> str:
    """The OAuth error with which the person is sent back, if any."""
    if asked["response_type"] != "code":
        return "unsupported_response_type"
    if not asked["scope"].split() or not SCOPES.keys() >= set(asked["scope"].split()):
        return "invalid_scope"
    if asked["code_challenge"] and asked["code_challenge_method"] != "S256":
        return "invalid_request"
    return ""


def _redirect(asked: dict[str, str], **answer: str) -> web.Response:
    uri = asked["redirect_uri"]
    if asked["state"]:
        answer["state"] = asked["state"]
    joint = "&" if urlsplit(uri).query else "?"
    return web.Response(status=302, headers={"Location": f"{uri}{joint}{urlencode(answer)}"})


def _person(it: world.Person) -> str:
    first = " checked" if it.username == "greenroom" else ""
    return (
        f'<label><input type="radio" name="login" value="{it.username}"{first}>'
        f" <bdi>{html.escape(it.name)}</bdi> <small>{html.escape(it.note)}</small></label>"
    )


def _groups() -> str:
    groups = []
    for guild in world.GUILDS.values():
        choices = "".join(
            f'<option value="{it.id}">#{html.escape(it.name)}</option>'
            for it in world.CHANNELS.values()
            if it.guild_id == guild.id
        )
        groups.append(f'<optgroup label="{html.escape(guild.name)}">{choices}</optgroup>')
    return "".join(groups)


_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'"
    ),
}
_CHANNELS = Template(
    '<label class="field">Channel for the webhook<select name="channel">$groups</select></label>'
)
_PAGE = Template(
    """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Authorize on Discord · rehearsal</title>
<link rel="icon" href="/console/icon.svg">
<link rel="stylesheet" href="/console/console.css">
<body class="sign-in">
<main class="card">
  <p class="eyebrow">Rehearsal · not the real Discord</p>
  <h1><em>$client</em> wants to access your Discord account</h1>
  <p>It will send you back to <code>$target</code> and may:</p>
  <ul class="scopes">$scopes</ul>
  <form method="post" action="authorize">
    $hidden
    <fieldset><legend>Sign in as</legend>$people</fieldset>
    $channels
    <p class="row">
      <button name="decision" value="authorize" class="primary">Authorize</button>
      <button name="decision" value="deny">Cancel</button>
    </p>
  </form>
</main>
</body>
</html>
"""
)
