"""Codes, grants and tokens: who has signed in, and for how long that holds."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
import uuid

from rehearsal.spotify.errors import AccountsError
from rehearsal.spotify.records import SpotifyCode, SpotifyGrant, SpotifyToken
from rehearsal.spotify.state import State

CODE_SECONDS = 600
TOKEN_SECONDS = 3600


class SignIns:
    """Issues and withdraws what the accounts service hands out."""

    def __init__(self, state: State) -> None:
        self._state = state

    def write_code(self, user_id: str, scopes: list[str], redirect_uri: str, challenge: str) -> str:
        """A new authorization code; ``challenge`` is blank without PKCE."""
        code = SpotifyCode(
            secrets.token_urlsafe(96),
            user_id,
            scopes,
            redirect_uri,
            challenge,
            time.time() + CODE_SECONDS,
        )
        return self._state.codes.save(code).code

    def redeem_code(
        self, code: str, redirect_uri: str, verifier: str, *, is_public: bool
    ) -> tuple[SpotifyToken, str]:
        """Exchange a code, once, for an access and a refresh token."""
        found = self._state.codes.get(code)
        if found is None or found.expires_at < time.time():
            raise AccountsError("invalid_grant", "Invalid authorization code")
        self._state.codes.remove(found)
        if found.redirect_uri != redirect_uri:
            raise AccountsError("invalid_grant", "Invalid redirect URI")
        if is_public and not found.challenge:
            raise AccountsError("invalid_request", "code_verifier was given without a challenge")
        if found.challenge and not _pkce_fits(found.challenge, verifier):
            raise AccountsError("invalid_grant", "code_verifier was incorrect")
        return self.sign_in(found.user_id, found.scopes, is_public=is_public)

    def sign_in(
        self,
        user_id: str,
        scopes: list[str],
        lifetime: int = TOKEN_SECONDS,
        *,
        is_public: bool = False,
    ) -> tuple[SpotifyToken, str]:
        """A new grant's access token, good for ``lifetime`` seconds, and its refresh token."""
        refresh = secrets.token_urlsafe(98)
        grant = SpotifyGrant(str(uuid.uuid4()), user_id, scopes, [refresh], is_public, lifetime)
        with self._state.store.transaction():
            self._state.grants.save(grant)
            return self._token(grant), refresh

    def refresh(self, refresh_token: str, *, is_public: bool) -> tuple[SpotifyToken, str | None]:
        """A new access token, and a new refresh token when one is handed out.

        A public client gets one each time and must use it; another gets one every second time,
        and its old ones stay good.
        """
        for grant in self._state.grants:
            if refresh_token in grant.refresh_tokens and grant.is_public == is_public:
                break
        else:
            raise AccountsError("invalid_grant", "Invalid refresh token")
        fresh = None
        grant.refreshes += 1
        if grant.is_public or grant.refreshes % 2 == 0:
            fresh = secrets.token_urlsafe(98)
            kept = [] if grant.is_public else grant.refresh_tokens
            grant.refresh_tokens = [*kept, fresh]
        with self._state.store.transaction():
            self._state.grants.save(grant)
            return self._token(grant), fresh

    def app_token(self) -> SpotifyToken:
        """A new access token of the app itself."""
        token = SpotifyToken(secrets.token_urlsafe(48), time.time() + TOKEN_SECONDS)
        return self._state.tokens.save(token)

    def use(self, access: str) -> SpotifyToken | None:
        """The token a call is made with; nothing when there is none like it."""
        return self._state.tokens.get(access)

    def disconnect(self) -> None:
        """Everyone removes the app in their Spotify settings."""
        with self._state.store.transaction():
            self._state.grants.clear()
            for token in self._state.tokens:
                if token.user_id:
                    self._state.tokens.remove(token)

    def _token(self, grant: SpotifyGrant) -> SpotifyToken:
        token = SpotifyToken(
            secrets.token_urlsafe(150),
            time.time() + grant.lifetime,
            grant.user_id,
            grant.id,
            grant.scopes,
        )
        return self._state.tokens.save(token)


def _pkce_fits(challenge: str, verifier: str) -> bool:
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return secrets.compare_digest(challenge.encode(), digest)
