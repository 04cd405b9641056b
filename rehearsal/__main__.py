"""``python -m rehearsal``: serve until told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from aiohttp import web

from rehearsal.server import build
from rehearsal.settings import Settings


async def serve(settings: Settings) -> None:
    """Listen, say so in one line, and stop at SIGTERM or Ctrl-C."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(build(settings), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        port = runner.addresses[0][1]
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        sys.stdout.write(f"rehearsal listening on http://{host}:{port}\n")
        sys.stdout.flush()
        await stop.wait()
    finally:
        await runner.cleanup()


def main() -> int:
    """Run with the environment's settings; answers the exit status."""
    try:
        asyncio.run(serve(Settings.from_environment(os.environ)))
    except (ValueError, OSError) as error:
        sys.stderr.write(f"rehearsal cannot start: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
