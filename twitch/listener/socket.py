"""One connection to EventSub's WebSocket, from its welcome to its close."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from twitch.client.envelope import Frame, Malformed, read_frame

log = structlog.get_logger(__name__)

LARGEST_FRAME = 1024 * 1024
OPEN_SECONDS = 10
CLOSE_SECONDS = 2
# Keepalives are sent at the end of their window and take a moment to arrive.
GRACE_SECONDS = 3.0


class Lost(Exception):
    """The connection is over; the text says how."""


@dataclass
class Socket:
    """A welcomed connection; `window` is how many seconds it may be silent."""

    session_id: str
    window: float
    _connection: ClientConnection

    async def next(self) -> Frame:
        """Return the next frame that makes sense; raises Lost. May be cancelled at no loss."""
        while True:
            try:
                async with asyncio.timeout(self.window + GRACE_SECONDS):
                    frame = _read(await self._connection.recv())
            except TimeoutError:
                raise Lost(f"silent for more than {self.window:g} s") from None
            except WebSocketException as error:
                raise Lost(_how(self._connection)) from error
            if frame is not None:
                return frame

    async def close(self) -> None:
        """Say goodbye; what has arrived can still be taken by `next`."""
        with suppress(WebSocketException, OSError):
            await self._connection.close()


async def open_socket(url: str) -> Socket:
    """Connect, and wait for the welcome; raises Lost."""
    try:
        connection = await connect(
            url,
            # Twitch ends a connection on which we say anything, so not even pings are sent.
            ping_interval=None,
            compression=None,
            proxy=None,
            user_agent_header="Greenroom",
            open_timeout=OPEN_SECONDS,
            close_timeout=CLOSE_SECONDS,
            max_size=LARGEST_FRAME,
        )
    except (WebSocketException, OSError, TimeoutError) as error:
        raise Lost(f"could not connect ({type(error).__name__})") from error
    try:
        return await _welcomed(connection)
    except BaseException:
        await connection.close()
        raise


async def _welcomed(connection: ClientConnection) -> Socket:
    try:
        async with asyncio.timeout(OPEN_SECONDS):
            frame = _read(await connection.recv())
    except TimeoutError:
        raise Lost("no welcome") from None
    except WebSocketException as error:
        raise Lost(_how(connection)) from error
    session = frame.session if frame and frame.kind == "session_welcome" else {}
    session_id, window = session.get("id"), session.get("keepalive_timeout_seconds")
    if not isinstance(session_id, str) or not session_id:
        raise Lost("no welcome")
    # Twitch documents ten seconds as what applies when nothing is said.
    seconds = float(window) if isinstance(window, int | float) and window > 0 else 10.0
    return Socket(session_id, seconds, connection)


def _read(text: str | bytes) -> Frame | None:
    try:
        return read_frame(text if isinstance(text, str) else text.decode())
    except (Malformed, UnicodeDecodeError) as error:
        log.error("eventsub.malformed_frame", why=type(error).__name__, detail=str(error)[:200])
        return None


def _how(connection: ClientConnection) -> str:
    code, reason = connection.close_code, connection.close_reason
    return f"closed with {code} {reason or ''}".strip()
