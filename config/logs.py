"""Logs: one line for each event, readable or JSON, with the ids of its flow and without secrets."""

from __future__ import annotations

import logging
import logging.config
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog
from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ulid import ULID

HIDDEN = "[hidden]"
LONGEST = 1000

_SECRET_NAME = re.compile(
    r"token|secret|password|passwd|authorization|signature|cookie|api_?key|admin_?key|fernet"
    r"|^code$|code_verifier|session_key",
    re.IGNORECASE,
)
_SPOKEN_NAME = re.compile(r"^(user_input|message_text|chat_text|body|raw_body)$")
_SECRET_IN_TEXT = re.compile(
    r"(?P<name>(?:bearer|oauth)\s+"
    r"|(?:[\w-]*(?:token|secret|password|signature|api_key|admin-key|sessionid)[\"']?)\s*[=:]\s*[\"']?"
    r"|\bcode\s*=\s*"
    r"|sha256="
    r"|/sign-in/"
    r"|://[^/\s:@]*:(?=[^/\s@]+@))"
    r"(?P<value>[^\s&\"',;)@]+)",
    re.IGNORECASE,
)


def redacted(value: object, name: str = "") -> object:
    """Return `value` as it may stand in a log: without secrets, and without what people typed."""
    if _SECRET_NAME.search(name) and not isinstance(value, bool | int | float | None):
        return HIDDEN
    if isinstance(value, str):
        if _SPOKEN_NAME.match(name):
            return f"[{len(value)} characters]"
        return _SECRET_IN_TEXT.sub(rf"\g<name>{HIDDEN}", value)[:LONGEST]
    if isinstance(value, bytes):
        return f"[{len(value)} bytes]"
    if isinstance(value, dict):
        return {str(key): redacted(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(item, name) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    # What an object says of itself may hold a secret: a request, the address that it was sent to.
    return redacted(str(value), name)


def redact(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide secrets in a log line; the traceback is text by now and is searched too."""
    for name, value in event.items():
        limit_free = name in ("exception", "stack")
        if limit_free and isinstance(value, str):
            event[name] = _SECRET_IN_TEXT.sub(rf"\g<name>{HIDDEN}", value)
        else:
            event[name] = redacted(value, name)
    return event


def configure(log_format: str, level: str) -> None:
    """Send the logs of Greenroom and of its libraries through one pipe to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    ending: list[Any] = [structlog.processors.format_exc_info, redact]
    if log_format == "json":
        ending.append(structlog.processors.JSONRenderer())
    else:
        ending.append(structlog.dev.ConsoleRenderer(colors=False, pad_event_to=28))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": [*shared, structlog.stdlib.ExtraAdder()],
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        *ending,
                    ],
                }
            },
            "handlers": {"line": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["line"], "level": level},
            "loggers": {
                # One line for each request or task is written by ourselves where it is worth one.
                name: {"level": "WARNING"}
                for name in (
                    "daphne",
                    "uvicorn.access",
                    "celery.worker.request",
                    "celery.worker.strategy",
                    "celery.app.trace",
                    "celery.beat",
                    "django_celery_beat",
                    "urllib3",
                    "websockets",
                    "asyncio",
                    "django.channels.server",
                )
            },
        }
    )


Answer = HttpResponseBase | Awaitable[HttpResponseBase]


class RequestContextMiddleware:
    """Gives each request an id of our own making, in its log lines and in its answer."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Answer]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        request_id = str(ULID())
        if self.is_async:
            return self._answer_async(request, request_id)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        assert isinstance(response, HttpResponseBase)  # noqa: S101 (narrows for mypy)
        response["X-Request-Id"] = request_id
        return response

    async def _answer_async(self, request: HttpRequest, request_id: str) -> HttpResponseBase:
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            answer = self.get_response(request)
            assert isinstance(answer, Awaitable)  # noqa: S101 (narrows for mypy)
            response = await answer
        response["X-Request-Id"] = request_id
        return response
