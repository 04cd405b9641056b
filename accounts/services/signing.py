"""From a proven identity to an account: who somebody is here, as Twitch or Discord has said."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import QuerySet

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
    _lock(identity)
    known = SocialAccount.objects.filter(provider=identity.provider, uid=identity.id).first()
    user = (_locked(known.user_id) if known else None) or _newcomer(identity)
    if not user.is_active:
        raise NotSignedIn("switched_off", "This account is switched off.")
    return _note(user, identity, now)


@transaction.atomic
def link(user: User, identity: Identity, *, now: datetime) -> User:
    """Let this identity open the account, too; raises NotSignedIn when it opens another's.

    An account has one identity of each provider.
    """
    _lock(identity)
    locked = _locked(user.pk)
    if locked is None:
        raise NotSignedIn("gone", "Your account was deleted meanwhile.")
    user = locked
    whose = SocialAccount.objects.filter(provider=identity.provider, uid=identity.id).first()
    has = SocialAccount.objects.filter(provider=identity.provider, user=user).first()
    is_taken = bool(whose and whose.user_id != user.pk) or _is_another_viewer(user, identity)
    if is_taken:
        raise NotSignedIn("taken", f"{identity.name} belongs to another account here.")
    if has and has.uid != identity.id:
        raise NotSignedIn("linked_already", "Your account is linked to somebody else there.")
    return _note(user, identity, now)


def unlinkable(user: User) -> QuerySet[SocialAccount]:
    """Return the identities that this account can be without.

    Twitch's says who somebody is in chat, and one names the account: both stay, as do those of
    who is banned.
    """
    known: QuerySet[SocialAccount] = SocialAccount.objects.filter(user=user)
    if user.is_banned:
        return known.none()
    provider, _, uid = user.username.partition("-")
    return known.exclude(provider=TWITCH).exclude(provider=provider, uid=uid)


@transaction.atomic
def unlink(user: User, provider: str) -> bool:
    """Let that provider's identity open the account no more; tell whether it did and may be."""
    locked = _locked(user.pk)
    if locked is None:
        return False
    deleted, _ = unlinkable(locked).filter(provider=provider).delete()
    return bool(deleted)


def _lock(identity: Identity) -> None:
    """Let nobody else sign in with this identity, or link it, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [identity.username])


def _locked(user_id: int) -> User | None:
    """Return the account as it is now, for it may have been banned while the provider was asked."""
    return User.objects.select_for_update(of=("self",)).filter(pk=user_id).first()


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
    new = {"password": make_password(None)}
    return User.objects.get_or_create(username=identity.username, defaults=new)[0]


def _note(user: User, identity: Identity, now: datetime) -> User:
    """Write down the newest names, and the viewer that a Twitch account is.

    An identity that was banned when its account was deleted brings the ban along.
    """
    _, is_new = SocialAccount.objects.update_or_create(
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
    if is_new and not user.is_superuser:
        user.is_banned |= _is_shunned(identity)
    user.save(
        update_fields=["viewer", "is_staff", "is_superuser", "is_banned", "first_name"],
    )
    return user


def _is_shunned(identity: Identity) -> bool:
    digest = fingerprint(identity.provider, identity.id)
    return Shunned.objects.filter(digest=digest).exists()


def is_owner(identity: Identity) -> bool:
    """Tell whether this is the broadcaster, to whom Greenroom belongs."""
    return identity.provider == TWITCH and identity.id == settings.TWITCH_BROADCASTER_ID


def fingerprint(provider: str, uid: str) -> str:
    """Return what stays of a banned identity that left; it names nobody."""
    said = f"{provider}:{uid}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()
