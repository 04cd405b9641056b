"""What upper apps tell accounts: what they know about a person, and the roles they offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from accounts.models import User
from twitch.models import Viewer


class StillNeeded(Exception):
    """Somebody cannot be forgotten yet; the message is a sentence for them that says why."""


class Section(Protocol):
    """What one app knows about a viewer, as the viewer sees, takes along and erases it."""

    # A fragment of the page /me, rendered with what `read` returns and the `viewer`.
    template: str

    def read(self, viewer: Viewer) -> Mapping[str, Any]:
        """Return the context of the template."""
        ...

    def export(self, viewer: Viewer) -> Any:
        """Return everything that is stored about the viewer, as JSON's types."""
        ...

    def forget(self, viewer: Viewer) -> None:
        """Erase what names the viewer or was written by them, within a transaction.

        The viewer's row stays under an id of nobody, so rows that only point to it need nothing,
        nor does JSON that holds the id. Raises StillNeeded while something must end first.
        """
        ...


@dataclass(frozen=True)
class Personal:
    """A section with its key in the export and its title on the page."""

    key: str
    title: str
    section: Section


class OwnSection(Protocol):
    """What one app keeps for an account, also of somebody who is no viewer.

    There is nothing to forget: its rows hang on the account, and go with it.
    """

    # A fragment of the page /me, rendered with what `read` returns.
    template: str

    def read(self, user: User) -> Mapping[str, Any]:
        """Return the context of the template."""
        ...

    def export(self, user: User) -> Any:
        """Return everything that is stored for the account, as JSON's types; no secrets."""
        ...


@dataclass(frozen=True)
class Own:
    """A section of an account, with its key in the export and its title on the page."""

    key: str
    title: str
    section: OwnSection


S = TypeVar("S", bound=Section)
OwnS = TypeVar("OwnS", bound=OwnSection)

_own: dict[str, Own] = {}
_sections: dict[str, Personal] = {}
_roles: dict[str, tuple[str, ...]] = {}


def personal(key: str, title: str) -> Callable[[type[S]], type[S]]:
    """Register a class as a section of /me; it is made without arguments."""

    def register(section: type[S]) -> type[S]:
        _sections[key] = Personal(key, title, section())
        return section

    return register


def own(key: str, title: str) -> Callable[[type[OwnS]], type[OwnS]]:
    """Register a class as a section of every account's /me; it is made without arguments."""

    def register(section: type[OwnS]) -> type[OwnS]:
        _own[key] = Own(key, title, section())
        return section

    return register


def own_sections() -> list[Own]:
    """Return every section of accounts."""
    return list(_own.values())


def sections() -> list[Personal]:
    """Return every section, the lowest app's first."""
    return list(_sections.values())


def role(name: str, *rights: str) -> None:
    """Offer a role that moderators may be given, with these rights (`app.codename`)."""
    _roles[name] = rights


def roles() -> dict[str, tuple[str, ...]]:
    """Return each role's rights by its name."""
    return dict(_roles)
