"""What the overlay is told to show, who may watch it, and who does."""

from __future__ import annotations

from overlay.services.addresses import address, check, revoke, starter, token_of
from overlay.services.assets import page_files, version
from overlay.services.cues import GROUP, cue, latest, snapshot, test_cue
from overlay.services.pages import Page, presence
from overlay.services.payloads import (
    KINDS,
    Payload,
    alert_payload,
    raid_payload,
    request_payload,
    roll_payload,
    unlocks_payload,
)
from overlay.services.sheets import SHEETS, show_sheet

__all__ = [
    "GROUP",
    "KINDS",
    "SHEETS",
    "Page",
    "Payload",
    "address",
    "alert_payload",
    "check",
    "cue",
    "latest",
    "page_files",
    "presence",
    "raid_payload",
    "request_payload",
    "revoke",
    "roll_payload",
    "show_sheet",
    "snapshot",
    "starter",
    "test_cue",
    "token_of",
    "unlocks_payload",
    "version",
]
