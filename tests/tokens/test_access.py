"""Handing out access tokens, against a provider that really answers, or does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from pydantic import SecretStr

from tests.backstage import Backstage, at_once
from tokens import services
from tokens.models import Token
from tokens.services import MissingScope, NotConnected, ReconnectNeeded, Unavailable

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "/twitch/oauth2/token"


def expire(**more: object) -> None:
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1), **more)


def broadcaster() -> Token:
    return Token.objects.get(role="broadcaster")


def test_fifty_callers_at_once_cause_one_refresh(backstage: Backstage) -> None:
    before = backstage.connect()
    expire()

    results = at_once(50, lambda: services.access_token("twitch", "broadcaster"))

    assert len(set(results)) == 1
    assert results[0] == broadcaster().access_token.get_secret_value()
    assert backstage.calls("oauth2/token") == 1
    assert broadcaster().refresh_token != before.refresh_token


def test_fifty_callers_that_were_refused_cause_one_refresh(backstage: Backstage) -> None:
    refused = backstage.connect().access_token.get_secret_value()

    results = at_once(50, lambda: services.refresh("twitch", "broadcaster", failed=refused))

    assert len(set(results)) == 1
    assert refused not in results
    assert backstage.calls("oauth2/token") == 1


def test_fifty_callers_meet_a_dead_provider_once(backstage: Backstage) -> None:
    backstage.connect()
    expire()
    backstage.breaks("500", path=TOKEN)

    results = at_once(50, lambda: services.access_token("twitch", "broadcaster"))

    assert {type(result) for result in results} == {Unavailable}
    assert backstage.calls("oauth2/token") == 1


def test_a_good_token_is_handed_out_without_asking(backstage: Backstage) -> None:
    token = backstage.connect()
    assert services.access_token("twitch", "broadcaster") == token.access_token.get_secret_value()
    assert backstage.calls("oauth2/token") == 0


def test_a_token_is_renewed_five_minutes_before_its_end(backstage: Backstage) -> None:
    token = backstage.connect(expires_in=299)
    assert services.access_token("twitch", "broadcaster") != token.access_token.get_secret_value()


def test_a_token_that_still_works_is_used_while_the_provider_is_down(backstage: Backstage) -> None:
    token = backstage.connect(expires_in=299)
    backstage.breaks("500", path=TOKEN)
    assert services.access_token("twitch", "broadcaster") == token.access_token.get_secret_value()


@pytest.mark.parametrize("fault", ["500", "429", "drop_before", "drop_after"])
def test_trouble_is_waited_out(backstage: Backstage, fault: str) -> None:
    backstage.connect()
    expire()
    backstage.breaks(fault, path=TOKEN, count=1)

    with pytest.raises(Unavailable) as caught:
        services.access_token("twitch", "broadcaster")

    pause = caught.value.retry_at - timezone.now()
    assert timedelta(seconds=50) < pause <= timedelta(seconds=60)
    assert not broadcaster().reconnect_needed
    Token.objects.update(retry_at=None)
    assert services.access_token("twitch", "broadcaster")
    assert broadcaster().refresh_failures == 0


def test_pauses_grow_to_ten_minutes(backstage: Backstage) -> None:
    backstage.connect()
    expire()
    backstage.breaks("500", path=TOKEN)
    pauses = []
    for _ in range(5):
        Token.objects.update(retry_at=None)
        with pytest.raises(Unavailable) as caught:
            services.access_token("twitch", "broadcaster")
        pauses.append(round((caught.value.retry_at - timezone.now()).total_seconds(), -1))
    assert pauses == [60, 120, 240, 600, 600]


def test_a_dead_refresh_token_needs_a_person(backstage: Backstage) -> None:
    backstage.connect()
    expire()
    backstage.breaks("revoke_tokens")

    with pytest.raises(ReconnectNeeded):
        services.access_token("twitch", "broadcaster")

    assert broadcaster().reconnect_needed
    assert "Invalid refresh token" in broadcaster().reconnect_reason
    with pytest.raises(ReconnectNeeded):
        services.access_token("twitch", "broadcaster")
    assert backstage.calls("oauth2/token") == 1
    state = next(c for c in services.connections() if c.role == "broadcaster")
    assert (state.state, state.is_problem) == ("reconnect_needed", True)
    assert state.connect_url == "/connect/twitch/broadcaster"


def test_a_wrong_client_secret_is_our_trouble_and_not_the_streamers(
    backstage: Backstage, settings
) -> None:
    backstage.connect()
    expire()
    settings.TWITCH_CLIENT_SECRET = "wrong"
    with pytest.raises(Unavailable):
        services.access_token("twitch", "broadcaster")
    assert not broadcaster().reconnect_needed


def test_nobody_is_connected(backstage: Backstage) -> None:
    with pytest.raises(NotConnected) as caught:
        services.access_token("twitch", "bot")
    assert caught.value.code == "not_connected"
    assert caught.value.retry_at > timezone.now()


def test_a_missing_permission_is_named(backstage: Backstage) -> None:
    backstage.connect(without="bits:read")
    with pytest.raises(MissingScope, match="bits:read"):
        services.access_token("twitch", "broadcaster", "bits:read")
    assert services.missing_scopes("twitch", "broadcaster") == ["bits:read"]
    state = next(c for c in services.connections() if c.role == "broadcaster")
    assert "bits:read (hear of cheers)" in state.sentence


def test_the_applications_own_token_is_asked_for_once(backstage: Backstage) -> None:
    results = at_once(10, lambda: services.access_token("twitch", "app"))
    assert len(set(results)) == 1
    assert isinstance(results[0], str)
    assert backstage.calls("oauth2/token") == 1


def test_a_transaction_around_it_is_refused(backstage: Backstage) -> None:
    backstage.connect()
    expire()
    with pytest.raises(RuntimeError), transaction.atomic():
        services.access_token("twitch", "broadcaster")
    assert backstage.calls("oauth2/token") == 0


def test_tokens_are_renewed_before_anybody_needs_them(backstage: Backstage) -> None:
    backstage.connect()
    bot = backstage.connect("bot")
    Token.objects.filter(role="broadcaster").update(expires_at=timezone.now())

    services.refresh_due(timezone.now())

    assert backstage.calls("oauth2/token") == 1
    assert broadcaster().expires_at > timezone.now() + timedelta(hours=3)
    assert Token.objects.get(role="bot").access_token == bot.access_token


def test_one_bad_token_does_not_hold_up_the_others(backstage: Backstage) -> None:
    backstage.connect()
    backstage.connect("bot")
    backstage.breaks("revoke_tokens", login="greenroom_bot")
    expire()
    services.refresh_due(timezone.now())
    assert Token.objects.get(role="bot").reconnect_needed
    assert not broadcaster().reconnect_needed


def test_a_token_that_twitch_no_longer_accepts_is_found_and_renewed(backstage: Backstage) -> None:
    backstage.connect()
    Token.objects.update(access_token=SecretStr("stale"))

    services.validate_all(timezone.now())

    assert backstage.calls("oauth2/token") == 1


def test_validation_notes_scopes_and_time(backstage: Backstage) -> None:
    backstage.connect()
    Token.objects.update(scopes=[], account_name="old")
    now = timezone.now()
    services.validate_all(now)
    token = broadcaster()
    assert "channel:manage:redemptions" in token.scopes
    assert (token.account_name, token.validated_at) == ("greenroom", now)


def test_a_repr_never_shows_a_token(backstage: Backstage) -> None:
    token = backstage.connect()
    secret = token.access_token.get_secret_value()
    assert secret not in f"{token!r} {token} {token.access_token!r} {token.__dict__}"
