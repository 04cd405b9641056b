"""The tables of tokens: what providers granted, and consents that are being asked for."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from tokens.fields import EncryptedTextField

# A token is renewed this long before it ends, so that no call begins with one that ends on its way.
BUFFER = timedelta(minutes=5)


class TokenQuerySet(models.QuerySet["Token"]):
    def without_secrets(self) -> TokenQuerySet:
        """Rows that can be shown even when their secrets cannot be decrypted."""
        return self.defer("access_token", "refresh_token")

    def due(self, now: datetime) -> TokenQuerySet:
        """Tokens that are to be renewed now."""
        return self.filter(expires_at__lte=now + BUFFER, reconnect_needed=False).exclude(
            retry_at__gt=now
        )


class Token(models.Model):
    """What one account granted to us, in one role: broadcaster, bot, or app (no account)."""

    provider = models.CharField(max_length=20)
    role = models.CharField(max_length=20)
    account_id = models.CharField(max_length=64, blank=True)
    account_name = models.CharField(max_length=128, blank=True)
    access_token = EncryptedTextField()
    refresh_token = EncryptedTextField(blank=True)
    scopes = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    expires_at = models.DateTimeField()
    refresh_failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(
        null=True, blank=True, help_text="No refresh is tried before, since the last one failed."
    )
    reconnect_needed = models.BooleanField(default=False)
    reconnect_reason = models.CharField(max_length=200, blank=True)
    connected_at = models.DateTimeField(db_default=Now())
    refreshed_at = models.DateTimeField(null=True, blank=True)
    validated_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = "connection"
        constraints = [
            models.UniqueConstraint(fields=["provider", "role"], name="one_token_per_role")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.role}"

    @property
    def state(self) -> str:
        """`connected`, `reconnect_needed`, or `unavailable` while no new token is to be had."""
        if self.reconnect_needed:
            return "reconnect_needed"
        now = timezone.now()
        waits = self.retry_at is not None and self.retry_at > now
        return "unavailable" if waits and not self.is_usable(now) else "connected"

    def is_fresh(self, now: datetime) -> bool:
        """Whether it may be used without thinking of its end."""
        return self.expires_at - now > BUFFER

    def is_usable(self, now: datetime) -> bool:
        return self.expires_at > now


class OAuthState(models.Model):
    """A consent that was asked for: of one use, and only for its own provider and address."""

    digest = models.CharField(primary_key=True, max_length=64, help_text="SHA-256 of the state.")
    provider = models.CharField(max_length=20)
    role = models.CharField(max_length=20)
    redirect_uri = models.CharField(max_length=500)
    verifier = EncryptedTextField(blank=True, help_text="Of PKCE; empty where it is not offered.")
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.provider} {self.role}"
