"""Asking an account's owner for their consent, and taking in what they answered."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone
from pydantic import SecretStr

from tokens import registry
from tokens.models import OAuthState, Token
from tokens.registry import (
    Grant,
    GrantFailed,
    GrantRefused,
    Identity,
    Provider,
    TokenRejected,
    WrongAccount,
)

log = structlog.get_logger(__name__)

LIFE = timedelta(minutes=10)


class AuthorizationFailed(Exception):
    """The account was not connected; `code` is stable, `sentence` says what to do next.

    Codes: state_rejected, access_denied, code_rejected, wrong_account, unavailable.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def begin_authorization(provider: str, role: str, redirect_uri: str) -> str:
    """Return the provider's page on which the owner of the account consents, within ten minutes.

    Raises KeyError for a provider or role that does not exist.
    """
    authority = registry.find(provider)
    if role not in authority.roles:
        raise KeyError(role)
    state = secrets.token_urlsafe(32)
    verifier = secrets.token_urlsafe(48) if authority.offers_pkce else ""
    now = timezone.now()
    OAuthState.objects.filter(expires_at__lt=now).delete()
    OAuthState.objects.create(
        digest=_digest(state),
        provider=provider,
        role=role,
        redirect_uri=redirect_uri,
        verifier=SecretStr(verifier),
        expires_at=now + LIFE,
    )
    return authority.authorize_url(role, state, redirect_uri, _challenge(verifier))


def finish_authorization(
    provider: str, state: str, code: str, redirect_uri: str, error: str = ""
) -> Token:
    """Take in the answer that came with `state`: store the tokens, and return their row.

    The state is used up before anything of the answer is looked at. Raises AuthorizationFailed;
    whatever else goes wrong is raised as well, so that only a stored token is ever a success.
    """
    asked = _consume(state)
    now = timezone.now()
    if asked is None or asked.expires_at <= now:
        raise AuthorizationFailed(
            "state_rejected",
            "This answer was already used, or is older than ten minutes: begin anew.",
        )
    if (asked.provider, asked.redirect_uri) != (provider, redirect_uri):
        raise AuthorizationFailed(
            "state_rejected", "This answer belongs to another request: begin anew."
        )
    authority = registry.find(provider)
    if error or not code:
        log.info("token.consent_refused", provider=provider, role=asked.role)
        raise AuthorizationFailed(
            "access_denied", f"{authority.label} says that the consent was not given."
        )
    grant, identity = _redeem(authority, asked, code)
    token = _store(asked, grant, identity, now)
    log.info("token.connected", provider=provider, role=asked.role, account=identity.account_id)
    return token


def _consume(state: str) -> OAuthState | None:
    """Delete the state's row and return it: of two that bring the same state, one finds it."""
    rows = OAuthState.objects.raw(
        "DELETE FROM tokens_oauthstate WHERE digest = %s RETURNING *", [_digest(state)]
    )
    return next(iter(rows), None)


def _redeem(authority: Provider, asked: OAuthState, code: str) -> tuple[Grant, Identity]:
    label = authority.label
    try:
        grant = authority.exchange(code, asked.redirect_uri, asked.verifier)
        identity = authority.identify(grant.access_token)
        authority.check_account(asked.role, identity)
    except GrantRefused as refusal:
        raise AuthorizationFailed(
            "code_rejected", f"{label} did not accept its own answer: begin anew."
        ) from refusal
    except (GrantFailed, TokenRejected) as failure:
        raise AuthorizationFailed(
            "unavailable", f"{label} could not finish the connection ({failure}): begin anew."
        ) from failure
    except WrongAccount as wrong:
        raise AuthorizationFailed("wrong_account", str(wrong)) from wrong
    if not grant.refresh_token.get_secret_value():
        raise AuthorizationFailed(
            "unavailable",
            f"{label} gave no refresh token, so the connection would not last: begin anew.",
        )
    return grant, identity


def _store(asked: OAuthState, grant: Grant, identity: Identity, now: datetime) -> Token:
    with transaction.atomic():
        # A refresh of the former token may be under way: its answer must not replace this one.
        Token.objects.without_secrets().select_for_update().filter(
            provider=asked.provider, role=asked.role
        ).first()
        Token.objects.bulk_create(
            [
                Token(
                    provider=asked.provider,
                    role=asked.role,
                    account_id=identity.account_id,
                    account_name=identity.account_name,
                    access_token=grant.access_token,
                    refresh_token=grant.refresh_token,
                    scopes=list(identity.scopes or grant.scopes),
                    expires_at=now + timedelta(seconds=grant.expires_in),
                    connected_at=now,
                    validated_at=now,
                )
            ],
            update_conflicts=True,
            unique_fields=["provider", "role"],
            update_fields=[
                "account_id",
                "account_name",
                "access_token",
                "refresh_token",
                "scopes",
                "expires_at",
                "refresh_failures",
                "retry_at",
                "reconnect_needed",
                "reconnect_reason",
                "connected_at",
                "refreshed_at",
                "validated_at",
            ],
        )
    return Token.objects.without_secrets().get(provider=asked.provider, role=asked.role)


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _challenge(verifier: str) -> str:
    if not verifier:
        return ""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
