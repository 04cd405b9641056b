"""Connecting Spotify: the consent page, codes, PKCE and refreshing."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.rehearsal.client import CLIENT, LISTENING, Rehearsal

BACK = "http://127.0.0.1:3000/spotify/callback"
ASK = {
    "client_id": "rehearsal",
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": " ".join(LISTENING),
    "state": "xyzzy",
}
VERIFIER = "v" * 64
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


def page(rehearsal: Rehearsal, **form: str) -> requests.Response:
    return rehearsal.http.get(
        f"{rehearsal.url}/spotify/accounts/authorize",
        params={**ASK, **form},
        allow_redirects=False,
    )


def decide(rehearsal: Rehearsal, **form: str) -> dict[str, list[str]]:
    answer = rehearsal.http.post(
        f"{rehearsal.url}/spotify/accounts/authorize",
        data={**ASK, "login": "greenroom", "decision": "authorize", **form},
        allow_redirects=False,
    )
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(BACK)
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def token(rehearsal: Rehearsal, **form: str) -> requests.Response:
    return rehearsal.http.post(f"{rehearsal.url}/spotify/accounts/api/token", data=form)


def exchange(rehearsal: Rehearsal, code: str, **more: str) -> requests.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    return token(rehearsal, **form, **more)


def refresh(rehearsal: Rehearsal, refresh_token: str, **client: str) -> requests.Response:
    return token(rehearsal, grant_type="refresh_token", refresh_token=refresh_token, **client)


def test_the_page_shows_the_scopes_and_who_may_sign_in(rehearsal: Rehearsal) -> None:
    shown = page(rehearsal, state='"><script>alert(1)</script>')
    assert shown.status_code == 200
    assert "user-read-playback-state" in shown.text
    assert 'value="freddie"' in shown.text
    assert "<script>" not in shown.text


def test_a_code_becomes_tokens_once(rehearsal: Rehearsal) -> None:
    back = decide(rehearsal)
    assert back["state"] == ["xyzzy"]
    given = exchange(rehearsal, back["code"][0], **CLIENT).json()
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 3600)
    assert given["scope"] == " ".join(LISTENING)
    me = rehearsal.spotify("GET", "me", given["access_token"]).json()
    assert (me["id"], len(me["account_id"])) == ("greenroom", 22)
    again = exchange(rehearsal, back["code"][0], **CLIENT)
    assert again.status_code == 400
    assert again.json() == {
        "error": "invalid_grant",
        "error_description": "Invalid authorization code",
    }


def test_the_secret_may_come_in_the_header(rehearsal: Rehearsal) -> None:
    code = decide(rehearsal)["code"][0]
    answer = rehearsal.http.post(
        f"{rehearsal.url}/spotify/accounts/api/token",
        data={"grant_type": "authorization_code", "code": code, "redirect_uri": BACK},
        auth=("rehearsal", "rehearsal-secret"),
    )
    assert answer.ok, answer.text


def test_denying_sends_access_denied_back(rehearsal: Rehearsal) -> None:
    back = decide(rehearsal, decision="deny")
    assert (back["error"], back["state"]) == (["access_denied"], ["xyzzy"])


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:3000/spotify/callback",
        "http://127.0.0.1.example/callback",
        "http://example.com/callback",
        "https://example.com/callback",
        "javascript:alert(1)",
    ],
)
def test_only_loopback_addresses_may_do_without_registration(
    rehearsal: Rehearsal, uri: str
) -> None:
    refused = page(rehearsal, redirect_uri=uri)
    assert (refused.status_code, refused.text) == (400, "INVALID_CLIENT: Invalid redirect URI")


@pytest.mark.parametrize("uri", ["http://127.0.0.1/callback", "http://[::1]:8000/callback"])
def test_a_loopback_address_is_let_in_on_any_port(rehearsal: Rehearsal, uri: str) -> None:
    assert page(rehearsal, redirect_uri=uri).ok


def test_the_redirect_uri_must_be_the_same_in_both_calls(rehearsal: Rehearsal) -> None:
    code = decide(rehearsal)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": f"{BACK}/"}
    answer = token(rehearsal, **form, **CLIENT)
    assert answer.json()["error_description"] == "Invalid redirect URI"


def test_wrong_wishes_are_sent_back_as_oauth_errors(rehearsal: Rehearsal) -> None:
    for wrong, error in (
        ({"scope": "everything"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
    ):
        location = page(rehearsal, **wrong).headers["Location"]
        assert parse_qs(urlsplit(location).query)["error"] == [error]


def test_a_client_without_a_secret_proves_itself_by_pkce(rehearsal: Rehearsal) -> None:
    code = decide(rehearsal, **PKCE)["code"][0]
    wrong = exchange(rehearsal, code, client_id="rehearsal", code_verifier="w" * 64)
    assert wrong.json()["error_description"] == "code_verifier was incorrect"
    code = decide(rehearsal, **PKCE)["code"][0]
    given = exchange(rehearsal, code, client_id="rehearsal", code_verifier=VERIFIER).json()
    fresh = refresh(rehearsal, given["refresh_token"], client_id="rehearsal").json()
    assert fresh["refresh_token"] != given["refresh_token"]
    late = refresh(rehearsal, given["refresh_token"], client_id="rehearsal")
    assert late.json()["error"] == "invalid_grant"


def test_a_code_without_a_challenge_needs_the_secret(rehearsal: Rehearsal) -> None:
    code = decide(rehearsal)["code"][0]
    assert exchange(rehearsal, code, client_id="rehearsal").status_code == 400
    wrong = exchange(rehearsal, code, client_id="rehearsal", code_verifier=VERIFIER)
    assert wrong.json()["error"] == "invalid_request"


def test_a_refresh_sometimes_brings_no_refresh_token(rehearsal: Rehearsal) -> None:
    first = rehearsal.control("spotify/tokens", scopes=LISTENING)["refresh_token"]
    one, two = (refresh(rehearsal, first, **CLIENT).json() for _ in range(2))
    assert "refresh_token" not in one
    for kept in (first, two["refresh_token"]):
        assert refresh(rehearsal, kept, **CLIENT).ok
    assert rehearsal.spotify("GET", "me/player", one["access_token"]).ok


def test_a_wrong_secret_is_refused(rehearsal: Rehearsal) -> None:
    answer = token(
        rehearsal, grant_type="client_credentials", client_id="rehearsal", client_secret="wrong"
    )
    assert answer.json() == {
        "error": "invalid_client",
        "error_description": "Invalid client secret",
    }


def test_an_app_may_read_tracks_but_is_nobody(rehearsal: Rehearsal) -> None:
    app = token(rehearsal, grant_type="client_credentials", **CLIENT).json()["access_token"]
    assert rehearsal.spotify("GET", f"tracks/{rehearsal.track('Glasshouse')}", app).ok
    assert rehearsal.spotify("GET", "me", app).status_code == 401
