"""What the environment may choose about a rehearsal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


def hostname(url: str) -> str | None:
    """The host name in a URL; nothing when there is none or the URL is malformed."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split(",") if name.strip())


@dataclass(frozen=True)
class Settings:
    """Where the server listens, where its state lives and how strict its limits are."""

    home: Path
    host: str = "127.0.0.1"
    port: int = 8001
    client_id: str = "rehearsal"
    client_secret: str = "rehearsal-secret"  # noqa: S105 (a public, local-only constant)
    redirect_uris: frozenset[str] = frozenset()
    allowed_hosts: frozenset[str] = frozenset()
    points_per_minute: int = 800
    retry_seconds: float = 1.0

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Settings:
        """Read the ``REHEARSAL_*`` variables; ``ValueError`` when a number is not one."""
        return cls(
            home=Path(env.get("GREENROOM_HOME") or Path.home() / ".greenroom"),
            host=env.get("REHEARSAL_HOST", cls.host),
            port=int(env.get("REHEARSAL_PORT", cls.port)),
            client_id=env.get("REHEARSAL_CLIENT_ID", cls.client_id),
            client_secret=env.get("REHEARSAL_CLIENT_SECRET", cls.client_secret),
            redirect_uris=_names(env.get("REHEARSAL_REDIRECT_URIS", "")),
            allowed_hosts=_names(env.get("REHEARSAL_ALLOWED_HOSTS", "")),
            points_per_minute=int(env.get("REHEARSAL_POINTS_PER_MINUTE", cls.points_per_minute)),
            retry_seconds=float(env.get("REHEARSAL_RETRY_SECONDS", cls.retry_seconds)),
        )

    def is_ours(self, hostname: str | None) -> bool:
        """Whether a host name can only mean this machine, or was allowed by name."""
        return hostname in {"127.0.0.1", "localhost", "::1", self.host} | self.allowed_hosts
