"""Connecting an account, page by page."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.backstage import Backstage, at_once
from tokens import registry, services
from tokens.models import OAuthState, Token
from tokens.services import AuthorizationFailed
from tokens.views import redirect_uri
from twitch.client.oauth import TwitchOAuth

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff(admin_user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(admin_user)
    return client


def answer(backstage: Backstage, client: Client, role: str = "broadcaster", **consent: str) -> str:
    """Go to Twitch and come back; returns the callback's path and query."""
    page = client.post(f"/connect/twitch/{role}")["Location"]
    back = urlsplit(backstage.consent(page, **consent))
    return f"{back.path}?{back.query}"


def begun() -> tuple[str, str]:
    """Begin a consent; returns its state and the page's address."""
    page = services.begin_authorization("twitch", "broadcaster", redirect_uri("twitch"))
    return parse_qs(urlsplit(page).query)["state"][0], page


def code(backstage: Backstage, page: str) -> str:
    return parse_qs(urlsplit(backstage.consent(page)).query)["code"][0]


def test_the_broadcaster_connects(backstage: Backstage, staff: Client) -> None:
    page = staff.get("/connect/twitch/broadcaster").content.decode()
    assert "channel:manage:redemptions" in page
    assert redirect_uri("twitch") in page

    response = staff.get(answer(backstage, staff))

    assert response.status_code == 200
    assert "greenroom</bdi> is connected" in response.content.decode()
    assert response["Referrer-Policy"] == "no-referrer"
    token = Token.objects.get()
    assert (token.account_id, token.role) == ("1000", "broadcaster")
    assert services.missing_scopes("twitch", "broadcaster") == []
    assert "Connected as" in staff.get("/connect/twitch/broadcaster").content.decode()


def test_a_bot_connects(backstage: Backstage, staff: Client) -> None:
    response = staff.get(answer(backstage, staff, "bot", login="greenroom_bot"))
    assert response.status_code == 200
    assert Token.objects.get().account_id == "1001"


def test_another_account_is_not_the_broadcaster(backstage: Backstage, staff: Client) -> None:
    response = staff.get(answer(backstage, staff, login="greenroom_bot"))
    assert response.status_code == 409
    assert "TWITCH_BROADCASTER_ID" in response.content.decode()
    assert not Token.objects.exists()


def test_a_refused_consent_uses_the_state_up(backstage: Backstage, staff: Client) -> None:
    denied = answer(backstage, staff, decision="deny")
    response = staff.get(denied)
    assert response.status_code == 403
    assert "access_denied" in response.content.decode()
    assert staff.get(denied).status_code == 400


def test_an_answer_is_taken_in_once(backstage: Backstage, staff: Client) -> None:
    path = answer(backstage, staff)
    assert staff.get(path).status_code == 200
    response = staff.get(path)
    assert response.status_code == 400
    assert "already used" in response.content.decode()


def test_of_ten_that_bring_the_same_answer_one_is_heard(backstage: Backstage) -> None:
    state, page = begun()
    given = code(backstage, page)
    results = at_once(
        10, lambda: services.finish_authorization("twitch", state, given, redirect_uri("twitch"))
    )
    assert sum(isinstance(result, Token) for result in results) == 1
    assert backstage.calls("oauth2/token") == 1


@pytest.mark.parametrize("path", ["", "?state=x&code=y", "?code=y", "?state=&code="])
def test_an_unknown_state_is_refused_before_twitch_is_asked(
    backstage: Backstage, staff: Client, path: str
) -> None:
    assert staff.get(f"/connect/twitch/callback{path}").status_code == 400
    assert backstage.calls("oauth2/token") == 0


def test_a_state_is_bound_to_its_provider_and_address(backstage: Backstage) -> None:
    for provider, address in (
        ("spotify", redirect_uri("twitch")),
        ("twitch", "https://evil.example/"),
    ):
        state, _ = begun()
        with pytest.raises(AuthorizationFailed) as caught:
            services.finish_authorization(provider, state, "code", address)
        assert caught.value.code == "state_rejected"
        assert not OAuthState.objects.exists()


def test_a_state_ends_after_ten_minutes(backstage: Backstage) -> None:
    state, page = begun()
    OAuthState.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(AuthorizationFailed, match="ten minutes"):
        services.finish_authorization(
            "twitch", state, code(backstage, page), redirect_uri("twitch")
        )
    assert backstage.calls("oauth2/token") == 0


def test_a_made_up_code_is_refused(backstage: Backstage) -> None:
    state, _ = begun()
    with pytest.raises(AuthorizationFailed) as caught:
        services.finish_authorization("twitch", state, "made-up", redirect_uri("twitch"))
    assert caught.value.code == "code_rejected"


@pytest.mark.parametrize("fault", ["500", "drop_after", "429"])
def test_trouble_at_twitch_is_no_success(backstage: Backstage, staff: Client, fault: str) -> None:
    path = answer(backstage, staff)
    backstage.breaks(fault, path="/twitch/oauth2/token")
    assert staff.get(path).status_code == 503
    assert not Token.objects.exists()


def test_tokens_that_cannot_be_stored_are_no_success(backstage: Backstage, staff: Client) -> None:
    path = answer(backstage, staff)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tokens_token RENAME TO tokens_elsewhere")
    try:
        response = staff.get(path)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE tokens_elsewhere RENAME TO tokens_token")
    assert response.status_code == 503
    assert "could not be stored" in response.content.decode()


def test_connecting_again_heals_a_lost_consent(backstage: Backstage, staff: Client) -> None:
    backstage.connect()
    Token.objects.update(reconnect_needed=True, reconnect_reason="gone", refresh_failures=3)
    staff.get(answer(backstage, staff))
    token = Token.objects.get()
    assert (token.reconnect_needed, token.reconnect_reason, token.refresh_failures) == (
        False,
        "",
        0,
    )


def test_a_proof_key_is_made_and_brought_back(backstage: Backstage, monkeypatch) -> None:
    monkeypatch.setattr(TwitchOAuth, "offers_pkce", True)
    state, page = begun()
    assert parse_qs(urlsplit(page).query)["code_challenge_method"] == ["S256"]
    given = code(backstage, page)
    assert (
        services.finish_authorization("twitch", state, given, redirect_uri("twitch")).account_id
        == "1000"
    )


def test_only_staff_may_begin(backstage: Backstage, client: Client) -> None:
    assert "/admin/login/" in client.post("/connect/twitch/broadcaster")["Location"]
    assert not OAuthState.objects.exists()


def test_staff_need_the_right_to_change_connections(backstage: Backstage, client: Client) -> None:
    client.force_login(User.objects.create_user("moderator", is_staff=True))
    assert client.post("/connect/twitch/bot").status_code == 403
    assert not OAuthState.objects.exists()


def test_an_unknown_role_is_not_found(backstage: Backstage, staff: Client) -> None:
    assert staff.get("/connect/twitch/janitor").status_code == 404
    with pytest.raises(KeyError):
        services.begin_authorization("twitch", "janitor", redirect_uri("twitch"))


def test_looking_at_the_page_begins_nothing(backstage: Backstage, staff: Client) -> None:
    staff.get("/connect/twitch/broadcaster")
    assert not OAuthState.objects.exists()


def test_the_state_is_not_stored_as_it_is(backstage: Backstage) -> None:
    state, _ = begun()
    assert OAuthState.objects.get().digest != state


def test_no_secret_reaches_the_log(backstage: Backstage, staff: Client, caplog, capfd) -> None:
    path = answer(backstage, staff)
    staff.get(path)
    token = Token.objects.get()
    logged = caplog.text + "".join(capfd.readouterr())
    for secret in (
        token.access_token.get_secret_value(),
        token.refresh_token.get_secret_value(),
        parse_qs(urlsplit(path).query)["code"][0],
    ):
        assert secret not in logged


def test_every_provider_is_registered_once() -> None:
    with pytest.raises(ValueError, match="Two providers"):
        registry.register(TwitchOAuth())
