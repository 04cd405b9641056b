"""Links that let somebody in, once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import SignInLink, User

LINK_LIFE = timedelta(minutes=30)
ADMIN_NAME = "streamer"


def ensure_admin(username: str = ADMIN_NAME) -> User:
    """Return the account of that name: an administrator without a password if it is new."""
    user, created = User.objects.get_or_create(
        username=username, defaults={"is_staff": True, "is_superuser": True}
    )
    if created:
        user.set_unusable_password()
        user.save()
    return user


def make_sign_in_link(user: User, *, now: datetime) -> str:
    """Return the secret of a link that signs this person in once within half an hour."""
    secret = secrets.token_urlsafe(32)
    SignInLink.objects.filter(expires_at__lt=now).delete()
    SignInLink.objects.create(digest=_digest(secret), user=user, expires_at=now + LINK_LIFE)
    return secret


@transaction.atomic
def use_sign_in_link(secret: str, *, now: datetime) -> User | None:
    """Return whom the link signs in and use it up; None when it is unknown, used or too old."""
    link = (
        SignInLink.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(digest=_digest(secret))
        .first()
    )
    if link is None:
        return None
    link.delete()
    return link.user if link.expires_at > now and link.user.is_active else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
