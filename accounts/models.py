"""People who sign in, and the links that let them in once."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models


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


class SignInLink(models.Model):
    """A link that signs one person in, once; only its digest is kept."""

    digest = models.CharField(primary_key=True, max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
