"""From a proven identity to an account: who somebody is here, as Twitch or Discord has said."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction

from accounts.models import Shunned, User
from accounts.services import links
from twitch.services import viewers

TWITCH = "twitch"


class NotSignedIn(Exception):
    """An identity that is good, but opens nothing here; the message is for the person."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True)
class Identity:
    """Who somebody is elsewhere: the id stays, the names are what they are called today."""

    provider: str
    id: str
    login: str
    name: str

    @property
    def username(self) -> str:
        """A name for the account that nobody can choose, rename or inherit."""
        return f"{self.provider}-{self.id}"


@transaction.atomic
def sign_in(identity: Identity, *, now: datetime) -> User:
    """Return whose identity this is; a new account for somebody new.

    Raises NotSignedIn when the account is switched off.
    """
    known = SocialAccount.objects.filter(provider=identity.provider, uid=identity.id).first()
    user = known.user if known else _newcomer(identity)
    if not user.is_active:
        raise NotSignedIn("switched_off", "This account is switched off.")
    return _note(user, identity, now)


@transaction.atomic
def link(user: User, identity: Identity, *, now: datetime) -> User:
    """Let this identity open the account, too; raises NotSignedIn when it opens another's.

    An account has one identity of each provider.
    """
    whose = SocialAccount.objects.filter(provider=identity.provider, uid=identity.id).first()
    has = SocialAccount.objects.filter(provider=identity.provider, user=user).first()
    is_taken = bool(whose and whose.user_id != user.pk) or _is_another_viewer(user, identity)
    if is_taken:
        raise NotSignedIn("taken", f"{identity.name} belongs to another account here.")
    if has and has.uid != identity.id:
        raise NotSignedIn("linked_already", "Your account is linked to somebody else there.")
    return _note(user, identity, now)


def _is_another_viewer(user: User, identity: Identity) -> bool:
    if identity.provider != TWITCH:
        return False
    known = User.objects.filter(viewer=identity.id).exclude(pk=user.pk).exists()
    return known or user.viewer_id not in (None, identity.id)


def _newcomer(identity: Identity) -> User:
    """Return the account for an identity that opens none yet.

    The owner of the channel takes over the administrator who came by link, and whom an
    administrator linked to a viewer by hand is that viewer.
    """
    if identity.provider == TWITCH:
        if by_hand := User.objects.filter(viewer=identity.id).first():
            return by_hand
        administrator = User.objects.filter(
            username=links.ADMIN_NAME, is_superuser=True, viewer=None
        ).first()
        if is_owner(identity) and administrator:
            return administrator
    user, is_new = User.objects.get_or_create(username=identity.username)
    if is_new:
        user.set_unusable_password()
        known = Shunned.objects.filter(digest=fingerprint(identity.provider, identity.id))
        user.is_banned = known.exists()
    return user


def _note(user: User, identity: Identity, now: datetime) -> User:
    """Write down the newest names, and the viewer that a Twitch account is."""
    SocialAccount.objects.update_or_create(
        provider=identity.provider,
        uid=identity.id,
        defaults={
            "user": user,
            "extra_data": {"login": identity.login, "name": identity.name},
        },
    )
    if identity.provider == TWITCH:
        viewers.remember(identity.id, identity.login, identity.name, now)
        user.viewer_id = identity.id
        if is_owner(identity):
            user.is_staff = user.is_superuser = True
    elif user.viewer_id is None:
        user.first_name = identity.name[:150]
    user.save()
    return user


def is_owner(identity: Identity) -> bool:
    """Tell whether this is the broadcaster, to whom Greenroom belongs."""
    return identity.provider == TWITCH and identity.id == settings.TWITCH_BROADCASTER_ID


def fingerprint(provider: str, uid: str) -> str:
    """Return what stays of a banned identity that left; it names nobody."""
    said = f"{provider}:{uid}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()
