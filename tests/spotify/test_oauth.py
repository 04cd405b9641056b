"""Connecting the player's account, page by page."""

from __future__ import annotations

import logging
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from spotify import services as spotify
from spotify.client.oauth import SpotifyOAuth
from spotify.models import Call
from spotify.services import budget, player
from tests.backstage import Backstage
from tokens import services
from tokens.models import Token
from tokens.registry import GrantFailed, UnusableAddress

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/connect/spotify/player"


@pytest.fixture
def staff(admin_user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(admin_user)
    return client


def answer(backstage: Backstage, client: Client, **consent: str) -> str:
    """Go to Spotify and come back; returns the callback's path and query."""
    back = urlsplit(backstage.consent(client.post(PAGE)["Location"], **consent))
    return f"{back.path}?{back.query}"


def test_the_player_connects(backstage: Backstage, staff: Client, settings: LazySettings) -> None:
    page = staff.get(PAGE).content.decode()
    assert "user-modify-playback-state" in page
    assert f"http://127.0.0.1:{settings.PORT}/connect/spotify/callback" in page

    asked = parse_qs(urlsplit(staff.post(PAGE)["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    response = staff.get(answer(backstage, staff))

    assert response.status_code == 200
    assert "Greenroom</bdi> is connected" in response.content.decode()
    token = Token.objects.get(provider="spotify")
    assert (token.role, token.account_name) == ("player", "Greenroom")
    assert services.missing_scopes("spotify", "player") == []
    assert budget.closed(timezone.now()) is None
    assert Call.objects.get().name == "GET me"
    assert player.read()


def test_a_refused_consent_says_so(backstage: Backstage, staff: Client) -> None:
    response = staff.get(answer(backstage, staff, decision="deny"))
    assert response.status_code == 403
    assert "Spotify says that the consent was not given" in response.content.decode()


def test_an_account_that_the_application_does_not_know_is_refused(
    backstage: Backstage, staff: Client
) -> None:
    response = staff.get(answer(backstage, staff, login="stranger"))
    assert response.status_code == 503
    assert "not a user of your application" in response.content.decode()
    assert not Token.objects.exists()


def test_a_connection_while_the_quota_is_spent_says_so(backstage: Backstage, staff: Client) -> None:
    backstage.breaks("spotify_quota")
    response = staff.get(answer(backstage, staff))
    assert response.status_code == 503
    assert "quota" in response.content.decode()


@pytest.mark.parametrize(
    ("public", "home"),
    [
        ("http://localhost:8000", "http://127.0.0.1:8000"),
        ("http://localhost", "http://127.0.0.1"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://stage.example", "https://stage.example"),
        ("https://localhost:8443", "https://127.0.0.1:8443"),
    ],
)
def test_a_loopback_name_becomes_an_address(public: str, home: str) -> None:
    assert SpotifyOAuth().home(public) == home


def test_plain_http_elsewhere_is_explained(staff: Client, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "http://stage.example:8000"
    for response in (staff.get(PAGE), staff.post(PAGE), staff.get("/connect/spotify/callback")):
        assert response.status_code == 409
        assert "https" in response.content.decode()
    with pytest.raises(UnusableAddress):
        SpotifyOAuth().home(settings.PUBLIC_URL)


def test_missing_credentials_are_named(staff: Client, settings: LazySettings) -> None:
    settings.SPOTIFY_CLIENT_SECRET = ""
    assert "SPOTIFY_CLIENT_SECRET is not set yet" in staff.get(PAGE).content.decode()


def test_a_renewed_token_may_come_without_a_refresh_token(backstage: Backstage) -> None:
    before = backstage.connect_spotify()
    services.refresh("spotify", "player", failed=before.access_token.get_secret_value())
    after = Token.objects.get(provider="spotify")
    assert after.access_token != before.access_token
    assert after.refresh_token.get_secret_value()
    assert after.scopes == before.scopes


def test_the_hourly_look_at_tokens_costs_no_call(backstage: Backstage) -> None:
    backstage.connect()
    backstage.connect_spotify()
    services.validate_all(timezone.now())
    assert Token.objects.get(provider="twitch").validated_at
    assert backstage.spotify_calls() == 0


@pytest.mark.parametrize("fault", ["500", "429", "drop_before"])
def test_an_outage_of_the_accounts_is_no_lost_consent(backstage: Backstage, fault: str) -> None:
    backstage.connect_spotify(expires_in=1)
    backstage.breaks(fault, path="/spotify/accounts/api/token")
    token = Token.objects.get(provider="spotify")
    with pytest.raises(GrantFailed):
        SpotifyOAuth().refresh(token.refresh_token)
    Token.objects.update(expires_at=timezone.now())
    with pytest.raises(spotify.Unavailable):
        player.read()
    assert not Token.objects.get(provider="spotify").reconnect_needed


def test_no_log_line_holds_a_token(backstage: Backstage, caplog: pytest.LogCaptureFixture) -> None:
    token = backstage.connect_spotify()
    with caplog.at_level(logging.DEBUG):
        player.read()
        backstage.breaks("spotify_premium")
        with pytest.raises(spotify.PremiumRequired):
            player.skip()
    assert token.access_token.get_secret_value() not in caplog.text
    assert "spotipy" not in {record.name.partition(".")[0] for record in caplog.records}
