"""Lets the pages of client apps call the API from their own addresses, and no others."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

API = "/api/"
METHODS = "GET, POST, PUT, PATCH, DELETE"
HEADERS = "Authorization, Content-Type, X-CSRFToken, Idempotency-Key"
# So long a browser remembers what it was allowed.
SECONDS = "600"


class ClientAppsMiddleware:
    """Answers the browser's question ahead (a preflight), and marks what an app's page may read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.CLIENT_APPS or not request.path.startswith(API):
            return self.get_response(request)
        origin = request.headers.get("Origin", "")
        is_app = origin in settings.CLIENT_APPS
        is_preflight = request.method == "OPTIONS" and (
            "Access-Control-Request-Method" in request.headers
        )
        response = HttpResponse(status=204) if is_preflight else self.get_response(request)
        patch_vary_headers(response, ["Origin"])
        if is_app:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Allow-Credentials"] = "true"
            if is_preflight:
                response["Access-Control-Allow-Methods"] = METHODS
                response["Access-Control-Allow-Headers"] = HEADERS
                response["Access-Control-Max-Age"] = SECONDS
        return response
