"""Handing out access tokens: fresh ones, renewed by one caller at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone
from pydantic import SecretStr

from sagas.flow import Wait
from tokens.fields import Undecryptable
from tokens.models import Token
from tokens.registry import (
    APP,
    Grant,
    GrantFailed,
    GrantRefused,
    Identity,
    Provider,
    TokenRejected,
    every,
    find,
)

log = structlog.get_logger(__name__)

FIRST_PAUSES = (60, 120, 240)
LONGEST_PAUSE = 600
# How soon a flow that waits for a person to connect an account looks again.
LOOK_AGAIN = timedelta(minutes=1)


class TokenProblem(Wait):
    """No token can be handed out now: a flow waits for it, however long a person takes.

    `code` is stable and for programs, `sentence` is for the streamer; ask again at `retry_at`.
    """

    code = "unavailable"

    def __init__(self, sentence: str, retry_at: datetime | None = None) -> None:
        super().__init__(retry_at or timezone.now() + LOOK_AGAIN, sentence)
        self.sentence = sentence

    @property
    def retry_at(self) -> datetime:
        return self.until


class NotConnected(TokenProblem):
    """Nobody has connected this account yet."""

    code = "not_connected"


class ReconnectNeeded(TokenProblem):
    """The consent is gone: only connecting the account again helps."""

    code = "reconnect_needed"


class MissingScope(TokenProblem):
    """The consent lacks a permission; the sentence says which."""

    code = "missing_scope"

    def __init__(self, provider: str, role: str, scope: str) -> None:
        super().__init__(
            f"The {role} account lacks the permission {scope}:"
            f" connect it to {find(provider).label} again."
        )
        self.scope = scope


class Unavailable(TokenProblem):
    """The provider gives no new token at the moment; the next try is at `retry_at`."""


def access_token(provider: str, role: str, scope: str = "") -> str:
    """Return a token that is good for five more minutes at least, where that is possible.

    Raises NotConnected, ReconnectNeeded, MissingScope (when `scope` was not granted) or
    Unavailable. Call it outside of transactions: a new refresh token must not be rolled back.
    """
    token = _stored(provider, role)
    if token.reconnect_needed:
        raise ReconnectNeeded(_reconnect(token))
    if scope and scope not in token.scopes:
        raise MissingScope(provider, role, scope)
    if token.is_fresh(timezone.now()):
        return token.access_token.get_secret_value()
    return _renewed(provider, role)


def refresh(provider: str, role: str, failed: str) -> str:
    """Return another token than `failed`, which the provider has just refused.

    When somebody else has renewed it meanwhile, that one is returned. Raises as `access_token`.
    """
    return _renewed(provider, role, failed)


def account_id(provider: str, role: str) -> str:
    """Return the provider's id of the account in that role; raises NotConnected."""
    found = (
        Token.objects.filter(provider=provider, role=role)
        .values_list("account_id", flat=True)
        .first()
    )
    if found is None:
        raise NotConnected(_unconnected(provider, role))
    return found


def refresh_due(now: datetime) -> None:
    """Renew every token that ends soon, needed now or not: a refund may need it any moment."""
    for provider, role in Token.objects.due(now).values_list("provider", "role"):
        try:
            access_token(provider, role)
        except TokenProblem as problem:
            log.warning("token.not_renewed", provider=provider, role=role, why=problem.code)


def validate_all(now: datetime) -> None:
    """Ask each provider that wants it whether our tokens are good; one that is not is renewed."""
    asked = [provider.name for provider in every() if provider.wants_validation]
    rows = Token.objects.filter(reconnect_needed=False, provider__in=asked).values_list(
        "provider", "role"
    )
    for provider, role in rows:
        try:
            _validate(provider, role, now)
        except (TokenProblem, GrantFailed) as problem:
            log.warning("token.not_validated", provider=provider, role=role, why=str(problem))


def _validate(provider: str, role: str, now: datetime) -> None:
    secret = access_token(provider, role)
    try:
        identity = find(provider).identify(SecretStr(secret))
    except TokenRejected:
        log.warning("token.rejected", provider=provider, role=role)
        secret = refresh(provider, role, failed=secret)
        return
    with transaction.atomic():
        token = Token.objects.select_for_update().get(provider=provider, role=role)
        if token.access_token.get_secret_value() == secret:
            _note_identity(token, identity)
            token.validated_at = now
            token.save(update_fields=["account_name", "scopes", "validated_at"])


def _note_identity(token: Token, identity: Identity) -> None:
    token.account_name = identity.account_name
    token.scopes = list(identity.scopes)


# --- Renewing --------------------------------------------------------------------------------


def _renewed(provider: str, role: str, failed: str | None = None) -> str:
    """Renew the token unless somebody just did, and return it.

    The provider is asked while the token's row is locked, which is done nowhere else: this lock
    makes fifty callers, in whatever processes, cause one request, and keeps two of them from using
    up the same one-time refresh token. It lasts as long as one request with short timeouts (some
    seconds), and nothing but that row is locked by it. `durable` refuses a surrounding transaction,
    whose rollback would lose the new refresh token for ever.
    """
    now = timezone.now()
    with transaction.atomic(durable=True):
        token = _stored(provider, role, lock=True)
        problem: TokenProblem | None = None
        if token.reconnect_needed:
            problem = ReconnectNeeded(_reconnect(token))
        elif not _is_done(token, now, failed):
            problem = _renew(token, find(provider), now, failed is not None)
    if problem is None:
        return token.access_token.get_secret_value()
    if isinstance(problem, Unavailable) and token.is_usable(now):
        return token.access_token.get_secret_value()
    raise problem


def _is_done(token: Token, now: datetime, failed: str | None) -> bool:
    if failed is None:
        return token.is_fresh(now)
    return token.access_token.get_secret_value() != failed and token.is_usable(now)


def _renew(
    token: Token, provider: Provider, now: datetime, was_refused: bool
) -> TokenProblem | None:
    """Ask the provider for new tokens and save what came of it; returns what went wrong."""
    if was_refused:
        # Whatever comes of the refresh, nobody else should try this one.
        token.expires_at = min(token.expires_at, now)
        token.save(update_fields=["expires_at"])
    if token.retry_at is not None and token.retry_at > now:
        return Unavailable(_unavailable(token, provider), token.retry_at)
    try:
        is_app = token.role == APP
        grant = provider.app_grant() if is_app else provider.refresh(token.refresh_token)
    except GrantRefused as refusal:
        return _give_up(token, str(refusal))
    except GrantFailed as failure:
        return _put_off(token, provider, now, str(failure))
    _store(token, grant, now)
    log.info("token.renewed", provider=token.provider, role=token.role)
    return None


def _store(token: Token, grant: Grant, now: datetime) -> None:
    token.access_token = grant.access_token
    if grant.refresh_token.get_secret_value():
        token.refresh_token = grant.refresh_token
    if grant.scopes:
        token.scopes = list(grant.scopes)
    token.expires_at = now + timedelta(seconds=grant.expires_in)
    token.refreshed_at = now
    token.refresh_failures = 0
    token.retry_at = None
    token.save()


def _give_up(token: Token, reason: str) -> ReconnectNeeded:
    token.reconnect_needed = True
    token.reconnect_reason = reason[:200]
    token.save(update_fields=["reconnect_needed", "reconnect_reason"])
    log.error("token.reconnect_needed", provider=token.provider, role=token.role, reason=reason)
    return ReconnectNeeded(_reconnect(token))


def _put_off(token: Token, provider: Provider, now: datetime, why: str) -> Unavailable:
    failures = token.refresh_failures
    pause = FIRST_PAUSES[failures] if failures < len(FIRST_PAUSES) else LONGEST_PAUSE
    token.refresh_failures = failures + 1
    token.retry_at = now + timedelta(seconds=pause)
    token.save(update_fields=["refresh_failures", "retry_at"])
    log.warning(
        "token.refresh_failed",
        provider=token.provider,
        role=token.role,
        why=why,
        next_try_in=pause,
    )
    return Unavailable(_unavailable(token, provider), token.retry_at)


# --- Rows and sentences ----------------------------------------------------------------------


def _stored(provider: str, role: str, lock: bool = False) -> Token:
    rows = Token.objects.select_for_update() if lock else Token.objects.all()
    try:
        token = rows.filter(provider=provider, role=role).first()
    except Undecryptable as error:
        raise ReconnectNeeded(
            f"The {role} account's token cannot be decrypted with ENCRYPTION_KEYS:"
            " bring the missing key back, or connect the account again."
        ) from error
    if token is None and role == APP:
        _make_room_for_app(provider)
        return _stored(provider, role, lock)
    if token is None:
        raise NotConnected(_unconnected(provider, role))
    return token


def _make_room_for_app(provider: str) -> None:
    """An application needs nobody's consent: its row is made, outdated, when first asked for."""
    nothing = SecretStr("")
    row = Token(
        provider=provider,
        role=APP,
        access_token=nothing,
        refresh_token=nothing,
        expires_at=timezone.now(),
    )
    Token.objects.bulk_create([row], ignore_conflicts=True)


def _unconnected(provider: str, role: str) -> str:
    return f"No {role} account is connected to {find(provider).label} yet."


def _reconnect(token: Token) -> str:
    label = find(token.provider).label
    return f"{label} no longer accepts our consent of the {token.role} account: connect it again."


def _unavailable(token: Token, provider: Provider) -> str:
    when = f"{token.retry_at:%H:%M:%S} UTC" if token.retry_at else "soon"
    return f"{provider.label} gives no new token at the moment; the next try is at {when}."
