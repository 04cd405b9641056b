"""Discord's OAuth: the page, the token calls, and the webhook that comes with a consent."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.rehearsal.client import CLIENT, Rehearsal

BACK = "http://localhost:8000/watch/connect/callback"
LIVE, FAN_CLUB = "381870553235193857", "381870553235193860"
API = "discord/api/v10"
ASK = {
    "client_id": "rehearsal",
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "identify",
    "state": "xyzzy",
}
VERIFIER = "v" * 64
_DIGEST = hashlib.sha256(VERIFIER.encode()).digest()
PKCE = {
    "code_challenge": base64.urlsafe_b64encode(_DIGEST).rstrip(b"=").decode(),
    "code_challenge_method": "S256",
}


def page(rehearsal: Rehearsal, **query: str) -> requests.Response:
    return rehearsal.http.get(
        f"{rehearsal.url}/discord/oauth2/authorize",
        params={**ASK, **query},
        allow_redirects=False,
    )


def press(rehearsal: Rehearsal, **form: str) -> requests.Response:
    return rehearsal.http.post(
        f"{rehearsal.url}/discord/oauth2/authorize",
        data={**ASK, "login": "greenroom", "decision": "authorize", **form},
        allow_redirects=False,
    )


def decide(rehearsal: Rehearsal, **form: str) -> dict[str, list[str]]:
    answer = press(rehearsal, **form)
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(BACK)
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def token(rehearsal: Rehearsal, **form: str) -> requests.Response:
    return rehearsal.http.post(f"{rehearsal.url}/{API}/oauth2/token", data={**CLIENT, **form})


def exchange(rehearsal: Rehearsal, code: str, **more: str) -> requests.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    return token(rehearsal, **{**form, **more})


def me(rehearsal: Rehearsal, access: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {access}"}
    return rehearsal.http.get(f"{rehearsal.url}/{API}/users/@me", headers=headers)


def test_the_page_shows_what_is_asked_and_who_may_sign_in(rehearsal: Rehearsal) -> None:
    shown = page(rehearsal, state='"><script>alert(1)</script>')
    assert shown.status_code == 200
    assert 'value="nelly"' in shown.text
    assert "<script>" not in shown.text
    assert "streams-forum" not in shown.text
    assert "streams-forum" in page(rehearsal, scope="webhook.incoming").text


def test_a_code_becomes_tokens_once(rehearsal: Rehearsal) -> None:
    back = decide(rehearsal)
    assert back["state"] == ["xyzzy"]
    given = exchange(rehearsal, back["code"][0]).json()
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 604_800)
    assert "webhook" not in given
    assert me(rehearsal, given["access_token"]).json()["global_name"] == "Greenroom"
    again = exchange(rehearsal, back["code"][0])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_a_consent_for_a_channel_brings_a_webhook(rehearsal: Rehearsal) -> None:
    code = decide(rehearsal, scope="webhook.incoming", channel=LIVE)["code"][0]
    assert rehearsal.effects("webhook_made") == []
    given = exchange(rehearsal, code).json()
    webhook = given["webhook"]
    assert (webhook["channel_id"], webhook["type"]) == (LIVE, 1)
    assert webhook["url"].endswith(f"/{webhook['id']}/{webhook['token']}")
    assert me(rehearsal, given["access_token"]).status_code == 401
    assert len(rehearsal.effects("webhook_made")) == 1


def test_a_webhook_is_added_only_where_one_may(rehearsal: Rehearsal) -> None:
    for login, channel in (("greenroom", FAN_CLUB), ("otto", LIVE), ("greenroom", "")):
        refused = press(rehearsal, scope="webhook.incoming", login=login, channel=channel)
        assert refused.status_code == 400
    assert "code" in decide(rehearsal, scope="webhook.incoming", login="nelly", channel=FAN_CLUB)


def test_a_channel_has_fifteen_webhooks_at_most(rehearsal: Rehearsal) -> None:
    rehearsal.control("discord/webhooks", channel=LIVE, count=15)
    code = decide(rehearsal, scope="webhook.incoming", channel=LIVE)["code"][0]
    refused = exchange(rehearsal, code)
    assert (refused.status_code, refused.json()["code"]) == (400, 30007)


def test_denying_sends_access_denied_back(rehearsal: Rehearsal) -> None:
    back = decide(rehearsal, decision="deny")
    assert (back["error"], back["state"]) == (["access_denied"], ["xyzzy"])


@pytest.mark.parametrize(
    "uri", ["", "http://example.com/callback", "javascript:alert(1)", "http://127.0.0.1.example/"]
)
def test_people_are_sent_to_known_addresses_only(rehearsal: Rehearsal, uri: str) -> None:
    assert page(rehearsal, redirect_uri=uri).status_code == 400


def test_wrong_wishes_are_sent_back_as_oauth_errors(rehearsal: Rehearsal) -> None:
    for wrong, error in (
        ({"scope": "everything"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
    ):
        location = page(rehearsal, **wrong).headers["Location"]
        assert parse_qs(urlsplit(location).query)["error"] == [error]


def test_a_challenge_must_be_met(rehearsal: Rehearsal) -> None:
    code = decide(rehearsal, **PKCE)["code"][0]
    assert exchange(rehearsal, code, code_verifier="w" * 64).status_code == 400
    code = decide(rehearsal, **PKCE)["code"][0]
    assert exchange(rehearsal, code, code_verifier=VERIFIER).ok


def test_a_code_is_good_for_its_own_address_and_client_only(rehearsal: Rehearsal) -> None:
    code = decide(rehearsal)["code"][0]
    wrong = exchange(rehearsal, code, client_secret="wrong")
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert exchange(rehearsal, code, redirect_uri=f"{BACK}/").status_code == 400


def test_the_secret_may_come_in_the_header(rehearsal: Rehearsal) -> None:
    form = {"grant_type": "authorization_code", "code": decide(rehearsal)["code"][0]}
    answer = rehearsal.http.post(
        f"{rehearsal.url}/{API}/oauth2/token",
        data={**form, "redirect_uri": BACK},
        auth=("rehearsal", "rehearsal-secret"),
    )
    assert answer.ok, answer.text


def test_a_refresh_token_is_used_up(rehearsal: Rehearsal) -> None:
    first = exchange(rehearsal, decide(rehearsal)["code"][0]).json()
    fresh = token(rehearsal, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert me(rehearsal, fresh.json()["access_token"]).ok
    assert me(rehearsal, first["access_token"]).status_code == 401
    late = token(rehearsal, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert late.json()["error"] == "invalid_grant"


def test_revoking_one_token_ends_all_of_that_person(rehearsal: Rehearsal) -> None:
    one, two = (exchange(rehearsal, decide(rehearsal)["code"][0]).json() for _ in range(2))
    url = f"{rehearsal.url}/{API}/oauth2/token/revoke"
    assert rehearsal.http.post(url, data={**CLIENT, "token": one["refresh_token"]}).ok
    assert me(rehearsal, two["access_token"]).json() == {"message": "401: Unauthorized", "code": 0}
