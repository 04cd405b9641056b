"""A text column that is encrypted at rest and never shows itself in a log or a repr."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import models
from pydantic import SecretStr

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    TextField = models.TextField[SecretStr, SecretStr]
else:
    TextField = models.TextField


class Undecryptable(Exception):
    """The column was encrypted with a key that ENCRYPTION_KEYS does not hold."""


class EncryptedTextField(TextField):
    """Holds a SecretStr; the column holds a Fernet token made with the newest of ENCRYPTION_KEYS.

    Raises Undecryptable when a row is read whose key is not among them. Such a column cannot be
    searched: equal texts are stored as different ones.
    """

    def from_db_value(self, value: str | None, *_: object) -> SecretStr | None:
        if not value:
            return None if value is None else SecretStr("")
        try:
            return SecretStr(keyring().decrypt(value.encode()).decode())
        except InvalidToken as error:
            raise Undecryptable from error

    def get_prep_value(self, value: Any) -> str | None:
        if value is None:
            return None
        secret = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        return keyring().encrypt(secret.encode()).decode() if secret else ""

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        return value if prepared else self.get_prep_value(value)

    def to_python(self, value: Any) -> SecretStr | None:
        return value if value is None or isinstance(value, SecretStr) else SecretStr(str(value))

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError("A secret is not serialised.")


def keyring() -> MultiFernet:
    """Return the ciphers for ENCRYPTION_KEYS: the first encrypts, every one decrypts."""
    return _keyring(tuple(settings.ENCRYPTION_KEYS))


@lru_cache(maxsize=4)
def _keyring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def check_keys(**_: object) -> list[CheckMessage]:
    """Name, by its place and never by its value, each of ENCRYPTION_KEYS that is no Fernet key."""
    if not settings.ENCRYPTION_KEYS:
        return [Error("ENCRYPTION_KEYS is empty: tokens cannot be stored.", id="tokens.E001")]
    return [
        Error(
            f"Key {place} of ENCRYPTION_KEYS is not 32 bytes in url-safe base64.",
            hint="Keys are comma-separated, the newest first.",
            id="tokens.E002",
        )
        for place, key in enumerate(settings.ENCRYPTION_KEYS, 1)
        if not _is_key(key)
    ]


def _is_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True
