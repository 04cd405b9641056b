"""Signing in, refreshing, validating and revoking."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import requests

from tests.rehearsal.client import CLIENT, Rehearsal

BACK = "http://localhost:3000/callback"
ASK = {
    "client_id": "rehearsal",
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "user:read:chat user:write:chat",
    "state": "xyzzy",
}


def decide(rehearsal: Rehearsal, **form: str) -> dict[str, list[str]]:
    answer = rehearsal.http.post(
        f"{rehearsal.url}/twitch/oauth2/authorize",
        data={**ASK, "login": "greenroom_bot", "decision": "authorize", **form},
        allow_redirects=False,
    )
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(BACK)
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def exchange(rehearsal: Rehearsal, code: str, **more: str) -> requests.Response:
    return rehearsal.oauth(
        "token", grant_type="authorization_code", code=code, redirect_uri=BACK, **CLIENT, **more
    )


def refresh(rehearsal: Rehearsal, token: str) -> requests.Response:
    return rehearsal.oauth("token", grant_type="refresh_token", refresh_token=token, **CLIENT)


def validate(rehearsal: Rehearsal, token: str, kind: str = "OAuth") -> requests.Response:
    return rehearsal.http.get(
        f"{rehearsal.url}/twitch/oauth2/validate", headers={"Authorization": f"{kind} {token}"}
    )


def test_the_page_shows_the_scopes_and_the_cast(rehearsal: Rehearsal) -> None:
    page = rehearsal.http.get(f"{rehearsal.url}/twitch/oauth2/authorize", params=ASK)
    assert page.status_code == 200
    assert "user:write:chat" in page.text
    assert 'value="greenroom_bot"' in page.text
    assert "はなちゃん" in page.text


def test_a_hostile_state_is_escaped_on_the_page(rehearsal: Rehearsal) -> None:
    page = rehearsal.http.get(
        f"{rehearsal.url}/twitch/oauth2/authorize",
        params={**ASK, "state": '"><script>alert(1)</script>'},
    )
    assert "<script>" not in page.text


def test_a_code_becomes_tokens_once(rehearsal: Rehearsal) -> None:
    back = decide(rehearsal)
    assert back["state"] == ["xyzzy"]
    tokens = exchange(rehearsal, back["code"][0]).json()
    assert tokens["scope"] == ["user:read:chat", "user:write:chat"]
    assert tokens["token_type"] == "bearer"
    for kind in ("OAuth", "Bearer"):
        seen = validate(rehearsal, tokens["access_token"], kind).json()
        assert (seen["login"], seen["user_id"]) == ("greenroom_bot", "1001")
        assert 0 < seen["expires_in"] <= 14_400
    again = exchange(rehearsal, back["code"][0])
    assert again.status_code == 400
    assert again.json() == {"status": 400, "message": "Invalid authorization code"}


def test_denying_sends_access_denied_back(rehearsal: Rehearsal) -> None:
    back = decide(rehearsal, decision="deny")
    assert back["error"] == ["access_denied"]
    assert back["state"] == ["xyzzy"]
    assert "code" not in back


def test_pkce_is_enforced_once_it_was_asked_for(rehearsal: Rehearsal) -> None:
    verifier = "a" * 50
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    code = decide(rehearsal, **asked)["code"][0]
    assert exchange(rehearsal, code, code_verifier="b" * 50).status_code == 400
    code = decide(rehearsal, **asked)["code"][0]
    assert exchange(rehearsal, code, code_verifier=verifier).status_code == 200


def test_bad_requests_are_shown_to_the_person_and_never_redirected(rehearsal: Rehearsal) -> None:
    for wrong, message in (
        ({"client_id": "stranger"}, "invalid client"),
        (
            {"redirect_uri": "https://evil.example/"},
            "Parameter redirect_uri does not match registered URI",
        ),
        ({"response_type": "token"}, "Parameter response_type must be code"),
        ({"scope": "chat:everything"}, "invalid scope requested: 'chat:everything'"),
    ):
        answer = rehearsal.http.get(
            f"{rehearsal.url}/twitch/oauth2/authorize",
            params={**ASK, **wrong},
            allow_redirects=False,
        )
        assert answer.status_code == 400
        assert answer.json() == {"status": 400, "message": message}


def test_a_wrong_secret_is_refused(rehearsal: Rehearsal) -> None:
    answer = rehearsal.oauth(
        "token", grant_type="client_credentials", client_id="rehearsal", client_secret="wrong"
    )
    assert answer.status_code == 403
    assert answer.json()["message"] == "invalid client secret"


def test_an_app_token_has_no_user(rehearsal: Rehearsal) -> None:
    seen = validate(rehearsal, rehearsal.app_token()).json()
    assert seen["client_id"] == "rehearsal"
    assert "user_id" not in seen


def test_a_lost_refresh_answer_locks_nobody_out(rehearsal: Rehearsal) -> None:
    first = rehearsal.sign_in("greenroom_bot", "user:write:chat")["refresh_token"]
    lost = refresh(rehearsal, first).json()
    again = refresh(rehearsal, first).json()
    assert refresh(rehearsal, lost["refresh_token"]).status_code == 400
    assert validate(rehearsal, again["access_token"]).status_code == 200
    late = refresh(rehearsal, first)
    assert late.status_code == 400
    assert late.json() == {"status": 400, "message": "Invalid refresh token"}
    assert refresh(rehearsal, again["refresh_token"]).status_code == 200


def test_a_newer_refresh_kills_the_one_before_it(rehearsal: Rehearsal) -> None:
    first = rehearsal.sign_in("greenroom_bot")["refresh_token"]
    second = refresh(rehearsal, first).json()["refresh_token"]
    assert refresh(rehearsal, second).status_code == 200
    assert refresh(rehearsal, first).status_code == 400


def test_an_expired_token_is_refused_and_can_be_refreshed(rehearsal: Rehearsal) -> None:
    tokens = rehearsal.sign_in("greenroom_bot", expires_in=0)
    assert validate(rehearsal, tokens["access_token"]).json() == {
        "status": 401,
        "message": "invalid access token",
    }
    assert rehearsal.helix("GET", "users", tokens["access_token"]).status_code == 401
    assert refresh(rehearsal, tokens["refresh_token"]).status_code == 200


def test_a_revoked_token_is_gone(rehearsal: Rehearsal) -> None:
    tokens = rehearsal.sign_in("greenroom_bot")
    answer = rehearsal.oauth("revoke", client_id="rehearsal", token=tokens["access_token"])
    assert answer.status_code == 200
    assert validate(rehearsal, tokens["access_token"]).status_code == 401
    assert refresh(rehearsal, tokens["refresh_token"]).status_code == 400
    again = rehearsal.oauth("revoke", client_id="rehearsal", token=tokens["access_token"])
    assert again.json() == {"status": 400, "message": "Invalid token"}
