"""What Greenroom says in chat, where the streamer has worded it otherwise."""

from __future__ import annotations

from django.db import models


class ChatText(models.Model):
    name = models.CharField(primary_key=True, max_length=60)
    text = models.CharField(max_length=500, help_text="Empty: nothing is said.", blank=True)

    def __str__(self) -> str:
        return self.name
