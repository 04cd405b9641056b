"""Codes, grants and tokens: who has signed in to which app, and for how long that holds."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
import uuid

from rehearsal.twitch.records import Code, Consent, Grant, Token
from rehearsal.twitch.state import State

CODE_SECONDS = 600
USER_TOKEN_SECONDS = 14_400
APP_TOKEN_SECONDS = 5_011_271


class BadCode(Exception):
    """The code is unknown, used, expired, someone else's, or its PKCE verifier does not fit."""


class BadRefreshToken(Exception):
    """The refresh token is unknown, replaced or revoked."""


class SignIns:
    """Issues and withdraws what the OAuth endpoints hand out."""

    def __init__(self, state: State) -> None:
        self._state = state

    def write_code(
        self, client_id: str, user_id: str, scopes: list[str], redirect_uri: str, pkce: list[str]
    ) -> str:
        """A new authorization code; ``pkce`` is ``[challenge, method]``, blank without PKCE."""
        self._consent(client_id, user_id, scopes)
        code = Code(
            code=secrets.token_hex(15),
            client_id=client_id,
            user_id=user_id,
            scopes=scopes,
            redirect_uri=redirect_uri,
            challenge=pkce[0],
            challenge_method=pkce[1],
            expires_at=time.time() + CODE_SECONDS,
        )
        return self._state.codes.save(code).code

    def redeem_code(
        self, client_id: str, code: str, redirect_uri: str, verifier: str
    ) -> tuple[Grant, Token]:
        """Exchange a code, once; ``BadCode`` otherwise."""
        found = self._state.codes.get(code)
        if found is None:
            raise BadCode
        self._state.codes.remove(found)
        fits = found.client_id == client_id and found.redirect_uri == redirect_uri
        if not fits or found.expires_at < time.time() or not _pkce_fits(found, verifier):
            raise BadCode
        return self.sign_in(client_id, found.user_id, found.scopes)

    def sign_in(
        self, client_id: str, user_id: str, scopes: list[str], lifetime: int = USER_TOKEN_SECONDS
    ) -> tuple[Grant, Token]:
        """A new grant and its first access token, good for ``lifetime`` seconds."""
        self._consent(client_id, user_id, scopes)
        grant = Grant(
            id=str(uuid.uuid4()),
            client_id=client_id,
            user_id=user_id,
            scopes=scopes,
            refresh="",
            newest_access="",
            lifetime=lifetime,
        )
        return self._renew(grant)

    def app_token(self, client_id: str) -> Token:
        """A new access token of the app itself."""
        token = Token(secrets.token_hex(15), client_id, time.time() + APP_TOKEN_SECONDS)
        return self._state.tokens.save(token)

    def refresh(self, client_id: str, refresh_token: str) -> tuple[Grant, Token]:
        """Rotate a refresh token; ``BadRefreshToken`` when it is not, or no longer, good."""
        for grant in self._state.grants:
            if grant.client_id == client_id and refresh_token in (grant.refresh, grant.spare):
                grant.spare = refresh_token
                return self._renew(grant)
        raise BadRefreshToken

    def use(self, access: str) -> Token | None:
        """The token as it is used for a call: nothing when it is unknown or has expired."""
        token = self._state.tokens.get(access)
        if token is None or token.seconds_left() <= 0:
            return None
        grant = self._state.grants.get(token.grant_id)
        if grant and grant.spare and grant.newest_access == access:
            grant.spare = ""
            self._state.grants.save(grant)
        return token

    def revoke(self, access: str) -> bool:
        """End one sign-in by any of its access tokens; whether there was one."""
        token = self._state.tokens.get(access)
        if token is None:
            return False
        grant = self._state.grants.get(token.grant_id)
        with self._state.store.transaction():
            self._state.tokens.remove(token)
            if grant:
                self._state.grants.remove(grant)
                for other in self._state.tokens:
                    if other.grant_id == grant.id:
                        self._state.tokens.remove(other)
        return True

    def disconnect(self, user_id: str) -> None:
        """A user takes back every consent, as in Twitch's own settings."""
        with self._state.store.transaction():
            for consent in self._state.consents:
                if consent.user_id == user_id:
                    self._state.consents.remove(consent)
            for grant in self._state.grants:
                if grant.user_id == user_id:
                    self._state.grants.remove(grant)
            for token in self._state.tokens:
                if token.user_id == user_id:
                    self._state.tokens.remove(token)

    def _renew(self, grant: Grant) -> tuple[Grant, Token]:
        token = Token(
            access=secrets.token_hex(15),
            client_id=grant.client_id,
            expires_at=time.time() + grant.lifetime,
            user_id=grant.user_id,
            grant_id=grant.id,
            scopes=grant.scopes,
        )
        grant.refresh = secrets.token_hex(25)
        grant.newest_access = token.access
        with self._state.store.transaction():
            self._state.grants.save(grant)
            self._state.tokens.save(token)
        return grant, token

    def _consent(self, client_id: str, user_id: str, scopes: list[str]) -> None:
        consent = Consent(client_id, user_id, [])
        consent = self._state.consents.get(consent.key) or consent
        consent.scopes = sorted({*consent.scopes, *scopes})
        self._state.consents.save(consent)


def _pkce_fits(code: Code, verifier: str) -> bool:
    if not code.challenge:
        return True
    if code.challenge_method == "plain":
        return secrets.compare_digest(code.challenge.encode(), verifier.encode())
    digest = hashlib.sha256(verifier.encode()).digest()
    return secrets.compare_digest(
        code.challenge.encode(), base64.urlsafe_b64encode(digest).rstrip(b"=")
    )
