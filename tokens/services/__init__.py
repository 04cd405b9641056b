"""What other apps may ask of the tokens' part."""

from tokens.services.access import (
    MissingScope,
    NotConnected,
    ReconnectNeeded,
    TokenProblem,
    Unavailable,
    access_token,
    account_id,
    refresh,
    refresh_due,
    validate_all,
)
from tokens.services.connections import Connection, connections, is_connected, missing_scopes
from tokens.services.consent import (
    AuthorizationFailed,
    begin_authorization,
    finish_authorization,
)

__all__ = [
    "AuthorizationFailed",
    "Connection",
    "MissingScope",
    "NotConnected",
    "ReconnectNeeded",
    "TokenProblem",
    "Unavailable",
    "access_token",
    "account_id",
    "begin_authorization",
    "connections",
    "finish_authorization",
    "is_connected",
    "missing_scopes",
    "refresh",
    "refresh_due",
    "validate_all",
]
