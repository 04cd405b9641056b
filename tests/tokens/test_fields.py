"""Secrets at rest."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pydantic import SecretStr

from tokens import services
from tokens.fields import check_keys
from tokens.models import Token
from tokens.services import ReconnectNeeded

pytestmark = pytest.mark.django_db


@pytest.fixture
def token() -> Token:
    return Token.objects.create(
        provider="twitch",
        role="broadcaster",
        access_token=SecretStr("very secret"),
        refresh_token=SecretStr("even more"),
        expires_at=timezone.now() + timedelta(hours=1),
    )


def raw() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token FROM tokens_token")
        return str(cursor.fetchone()[0])


def test_the_database_holds_no_plain_token(token: Token) -> None:
    assert "secret" not in raw()
    assert Token.objects.get().access_token.get_secret_value() == "very secret"


def test_keys_are_rotated(token: Token, settings) -> None:
    old, new = settings.ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [new, old]
    before = raw()

    out = StringIO()
    call_command("rotate_encryption_keys", stdout=out)

    assert raw() != before
    settings.ENCRYPTION_KEYS = [new]
    assert Token.objects.get().access_token.get_secret_value() == "very secret"
    assert "1 rows" in out.getvalue()


def test_a_lost_key_is_said_plainly_and_destroys_nothing(token: Token, settings) -> None:
    old = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="not in ENCRYPTION_KEYS"):
        call_command("rotate_encryption_keys")
    with pytest.raises(ReconnectNeeded, match="ENCRYPTION_KEYS"):
        services.access_token("twitch", "broadcaster")
    assert any(c.role == "broadcaster" for c in services.connections())
    settings.ENCRYPTION_KEYS = old
    assert services.access_token("twitch", "broadcaster") == "very secret"


def test_bad_keys_are_named_by_their_place(settings) -> None:
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), "hunter2"]
    (error,) = check_keys()
    assert "Key 2" in error.msg
    assert "hunter2" not in error.msg
    settings.ENCRYPTION_KEYS = []
    assert [error.id for error in check_keys()] == ["tokens.E001"]
