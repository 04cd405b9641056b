"""Client apps that act for a person: short access tokens, and refresh tokens that work once.

Both are JWTs of ours. An access token is good for minutes and for as long as its session exists; a
refresh token is good until it is used. One that comes a second time was stolen on one of its two
ways, so the whole session ends.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import AppCode, AppSession, User

CODE_LIFE = timedelta(minutes=1)
ACCESS_LIFE = timedelta(minutes=10)
# A session that is not refreshed for so long is over.
REFRESH_LIFE = timedelta(days=30)
ALGORITHM = "HS256"


class BadToken(Exception):
    """The code or token is unknown, used, ended or too old."""


@dataclass(frozen=True)
class Tokens:
    """What an app gets: `access` for its calls, `refresh` for the next pair."""

    access: str
    refresh: str
    session: AppSession


def origin_of(redirect_uri: str) -> str | None:
    """Return the configured app that this address belongs to; None for any other."""
    try:
        parts = urlsplit(redirect_uri)
    except ValueError:
        return None
    origin = f"{parts.scheme}://{parts.netloc}"
    is_good = parts.fragment == "" and origin in settings.CLIENT_APPS
    return origin if is_good else None


def make_code(user: User, redirect_uri: str, challenge: str, *, now: datetime) -> str:
    """Return a code that the app at this address exchanges within a minute, once."""
    code = secrets.token_urlsafe(32)
    AppCode.objects.filter(expires_at__lt=now).delete()
    AppCode.objects.create(
        digest=_digest(code),
        user=user,
        redirect_uri=redirect_uri,
        challenge=challenge,
        expires_at=now + CODE_LIFE,
    )
    return code


def begin(code: str, redirect_uri: str, verifier: str, *, now: datetime) -> Tokens:
    """Exchange a code for the first tokens; raises BadToken. A code is used up by any try."""
    with transaction.atomic():
        found = AppCode.objects.select_for_update(of=("self",)).filter(digest=_digest(code)).first()
        if found:
            found.delete()
    origin = origin_of(redirect_uri)
    is_good = (
        found is not None
        and origin is not None
        and found.expires_at > now
        and found.redirect_uri == redirect_uri
        and hmac.compare_digest(found.challenge, _challenge(verifier))
    )
    if found is None or origin is None or not is_good or not found.user.is_active:
        raise BadToken
    session = AppSession.objects.create(
        user=found.user, origin=origin, expires_at=now + REFRESH_LIFE
    )
    return _tokens(session, now)


def refresh(token: str, *, now: datetime) -> Tokens:
    """Exchange a refresh token for the next pair, once; raises BadToken.

    A token that was exchanged before ends the session, for whoever holds it.
    """
    claims = _read(token, "refresh", now)
    session = _renewed(claims["sid"], claims["gen"], now)
    if session is None:
        raise BadToken
    return _tokens(session, now)


def session_of(access: str, *, now: datetime) -> AppSession:
    """Return the session that an access token stands for; raises BadToken when it is over."""
    claims = _read(access, "access", now)
    session = (
        AppSession.objects.select_related("user", "user__viewer")
        .filter(pk=claims["sid"], user__is_active=True)
        .first()
    )
    if session is None:
        raise BadToken
    return session


def sessions(user: User) -> QuerySet[AppSession]:
    """Return where this person is signed in by an app, the newest first."""
    return user.app_sessions.order_by("-used_at", "pk")


def end(user: User, session_id: str) -> bool:
    """Sign the person out there; tell whether there was such a session of theirs."""
    deleted, _ = user.app_sessions.filter(pk=session_id).delete()
    return bool(deleted)


def sweep(*, now: datetime) -> int:
    """Delete sessions and codes that are over; return how many sessions were."""
    AppCode.objects.filter(expires_at__lt=now).delete()
    return AppSession.objects.filter(expires_at__lt=now).delete()[0]


@transaction.atomic
def _renewed(session_id: str, generation: int, now: datetime) -> AppSession | None:
    """Return the session as of its next token; end it, and return None, for any but the newest."""
    session = (
        AppSession.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=session_id)
        .first()
    )
    if session is None:
        return None
    is_newest = session.generation == generation and session.expires_at > now
    if not (is_newest and session.user.is_active):
        session.delete()
        return None
    session.generation += 1
    session.used_at, session.expires_at = now, now + REFRESH_LIFE
    session.save(update_fields=["generation", "used_at", "expires_at"])
    return session


def _tokens(session: AppSession, now: datetime) -> Tokens:
    access = _token(session, "access", now + ACCESS_LIFE, now)
    renewal = _token(session, "refresh", now + REFRESH_LIFE, now, gen=session.generation)
    return Tokens(access, renewal, session)


def _token(session: AppSession, use: str, until: datetime, now: datetime, **more: Any) -> str:
    claims = {
        "iss": settings.PUBLIC_URL,
        "sub": str(session.user_id),
        "sid": session.pk,
        "use": use,
        "iat": int(now.timestamp()),
        "exp": int(until.timestamp()),
        **more,
    }
    return jwt.encode(claims, _key(), algorithm=ALGORITHM)


def _read(token: str, use: str, now: datetime) -> dict[str, Any]:
    """Return the claims of a token of ours for that use; raises BadToken."""
    required = ["iss", "sub", "sid", "use", "exp", *(["gen"] if use == "refresh" else [])]
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(),
            algorithms=[ALGORITHM],
            issuer=settings.PUBLIC_URL,
            # `now` is given, so the time is compared here.
            options={"require": required, "verify_exp": False, "verify_iat": False},
        )
    except jwt.PyJWTError as error:
        raise BadToken from error
    if claims["use"] != use or claims["exp"] <= now.timestamp():
        raise BadToken
    return claims


def _key() -> bytes:
    """Return the key of these tokens, which signs nothing else."""
    return hmac.new(settings.SECRET_KEY.encode(), b"accounts.apps", hashlib.sha256).digest()


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
