"""Codes and tokens: who has signed in, and for how long that holds."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time

from rehearsal.discord.errors import OAuthError
from rehearsal.discord.records import DiscordCode, DiscordToken
from rehearsal.discord.state import State

CODE_SECONDS = 600
TOKEN_SECONDS = 604_800


class SignIns:
    """Issues and withdraws what the token call hands out."""

    def __init__(self, state: State) -> None:
        self._state = state

    def write_code(self, user_id: str, asked: dict[str, str], channel_id: str) -> str:
        """A new authorization code for what an app has asked for."""
        code = DiscordCode(
            secrets.token_urlsafe(22),
            user_id,
            asked["scope"].split(),
            asked["redirect_uri"],
            asked["code_challenge"],
            channel_id,
            time.time() + CODE_SECONDS,
        )
        return self._state.codes.save(code).code

    def redeem_code(self, code: str, redirect_uri: str, verifier: str) -> DiscordCode:
        """Use up a code; raises OAuthError when it is not good for this."""
        found = self._state.codes.get(code)
        if found is None or found.expires_at < time.time():
            raise OAuthError("invalid_grant", 'Invalid "code" in request.')
        self._state.codes.remove(found)
        if found.redirect_uri != redirect_uri:
            raise OAuthError("invalid_grant", 'Invalid "redirect_uri" in request.')
        if found.challenge and not _pkce_fits(found.challenge, verifier):
            raise OAuthError("invalid_grant", 'Invalid "code_verifier" in request.')
        return found

    def sign_in(
        self, user_id: str, scopes: list[str], lifetime: int = TOKEN_SECONDS
    ) -> DiscordToken:
        """A new access token, good for ``lifetime`` seconds, and its refresh token."""
        return self._state.tokens.save(
            DiscordToken(
                secrets.token_urlsafe(22),
                secrets.token_urlsafe(22),
                user_id,
                scopes,
                time.time() + lifetime,
            )
        )

    def refresh(self, refresh_token: str) -> DiscordToken:
        """New tokens for a refresh token, which is used up."""
        found = next((it for it in self._state.tokens if it.refresh == refresh_token), None)
        if found is None:
            raise OAuthError("invalid_grant", 'Invalid "refresh_token" in request.')
        self._state.tokens.remove(found)
        return self.sign_in(found.user_id, found.scopes)

    def use(self, access: str) -> DiscordToken | None:
        """The token a call is made with; nothing when there is none like it or it is too old."""
        token = self._state.tokens.get(access)
        return token if token and token.seconds_left() > 0 else None

    def revoke(self, secret: str) -> None:
        """Take back an access or refresh token, and with it all of that person's."""
        found = next((it for it in self._state.tokens if secret in (it.access, it.refresh)), None)
        if found:
            self.disconnect(found.user_id)

    def disconnect(self, user_id: str) -> None:
        """A person removes the app from their account."""
        with self._state.store.transaction():
            for token in self._state.tokens:
                if token.user_id == user_id:
                    self._state.tokens.remove(token)


def _pkce_fits(challenge: str, verifier: str) -> bool:
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return secrets.compare_digest(challenge.encode(), digest)
