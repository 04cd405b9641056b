"""How the API's schema describes the ways to say who calls."""

from __future__ import annotations

from drf_spectacular.authentication import SessionScheme as Session
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from accounts import cookies
from accounts.authentication import HEADER


class AdminKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.AdminKeyAuthentication"
    name = "adminKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": HEADER}


class SessionScheme(Session):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.SessionAuthentication"
    priority = 0


class AppScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.AppAuthentication"
    name = ["appToken", "appCookie"]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, str]]:
        return [
            {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            {
                "type": "apiKey",
                "in": "cookie",
                "name": cookies.ACCESS,
                "description": "What changes something needs `X-CSRFToken`, too.",
            },
        ]
