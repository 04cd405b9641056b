"""People who sign in, the links that let them in once, and the client apps that act for them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models.functions import Now
from ulid import ULID


def new_app_session_id() -> str:
    return f"apps_{ULID()}"


class User(AbstractUser):
    """A person with an account; staff work in the admin."""

    viewer = models.OneToOneField(
        "twitch.Viewer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="user",
        help_text="Who this is in chat, known since they signed in with Twitch.",
    )
    is_banned = models.BooleanField(
        "banned", default=False, help_text="Sees everything, but registers, votes and bets nothing."
    )
    banned_reason = models.CharField(
        max_length=200,
        blank=True,
        validators=[ProhibitNullCharactersValidator()],
        help_text="The banned person reads it, too.",
    )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What this person is called: in chat, or where else they come from."""
        return str(self.viewer) if self.viewer else self.first_name or self.username

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Tell whether this person has a right; a banned one has none, whatever their role."""
        return not self.is_banned and super().has_perm(perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        return not self.is_banned and super().has_module_perms(app_label)


class Shunned(models.Model):
    """A banned identity whose account was deleted: a keyed digest, so that the ban stays."""

    digest = models.CharField(primary_key=True, max_length=64)


class SignInLink(models.Model):
    """A link that signs one person in, once; only its digest is kept."""

    digest = models.CharField(primary_key=True, max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()


class AppCode(models.Model):
    """A code that a client app exchanges for its first tokens, once; only its digest is kept."""

    digest = models.CharField(primary_key=True, max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    redirect_uri = models.CharField(max_length=500)
    challenge = models.CharField(max_length=43, help_text="Of PKCE, S256.")
    expires_at = models.DateTimeField()


class AppSession(models.Model):
    """A client app in which a person is signed in: deleting the row signs it out at once.

    `generation` counts the refresh tokens; only the newest is good, and an older one ends it all.
    """

    id = models.CharField(
        primary_key=True, max_length=40, default=new_app_session_id, editable=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="app_sessions"
    )
    origin = models.CharField(max_length=200, help_text="The app's address.")
    generation = models.PositiveIntegerField(default=1)
    begun_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(db_default=Now(), help_text="When it was last refreshed.")
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user} in {self.origin}"
