"""Every reason has its own words."""

from __future__ import annotations

import re

import pytest

from songqueue import texts
from songqueue.models import SongRules
from songqueue.rules.eligibility import KINDS
from songqueue.services.refusals import refuse
from spotify import services as spotify
from twitch import registry, rules
from twitch.models import ChatText

TYPED = [
    "empty",
    "too_long_text",
    "not_a_link",
    "album",
    "playlist",
    "episode",
    "show",
    "artist",
    "other_kind",
    "other_host",
    "look_alike_host",
    "bad_track_id",
    "short_link_dead",
]
PLAYER = [
    kind.code
    for kind in vars(spotify).values()
    if isinstance(kind, type)
    and issubclass(kind, spotify.SpotifyProblem)
    and kind is not spotify.SpotifyProblem
    and kind is not spotify.Unavailable
]
RULES = [
    "offline",
    "paused",
    "queue_full",
    "standing_unknown",
    "too_long",
    "explicit",
    "in_queue",
    "plays_now",
    "played_recently",
    "too_many_open",
    "too_many_in_a_row",
    "spotify_unavailable",
]
ENDS = [
    "skipped_by_hand",
    "skipped",
    "removed_by_moderator",
    "withdrawn",
    "stream_ended",
    "lost_in_player",
    "rejected_on_twitch",
    "undone_by_hand",
    "unavailable",
]
WHO = [f"{who}_only" for who in SongRules.Who if who != SongRules.Who.EVERYONE]
BLOCKED = [f"blocked_{kind}" for kind in KINDS]
CODES = [*TYPED, *PLAYER, *RULES, *ENDS, *WHO, *BLOCKED]


def test_every_reason_that_is_given_is_in_the_table_and_no_other() -> None:
    assert sorted(texts.REASONS) == sorted(CODES)
    assert len(CODES) >= 25


@pytest.mark.parametrize("code", CODES)
def test_a_reason_is_a_sentence_that_goes_on_behind_the_viewers_name(code: str) -> None:
    label, text = texts.REASONS[code]
    assert label
    assert text.name == f"songqueue.refused.{code}"
    assert registry.texts()[text.name] is text
    assert len(text.name) <= 60
    assert text.default.endswith(".")
    assert set(re.findall(r"\{(\w+)\}", text.default)) <= set(text.variables)
    line = rules.fill(texts.REFUNDED.default, {"viewer": "x" * 25, "reason": text.default})
    assert rules.chat_line(line) == line


@pytest.mark.django_db
def test_a_code_that_nobody_knows_is_our_fault() -> None:
    refused = refuse("brand_new")
    assert refused.code == "brand_new"
    assert refused.sentence == refuse("unavailable").sentence


@pytest.mark.django_db
def test_a_reason_may_be_reworded_and_silenced() -> None:
    ChatText.objects.create(name="songqueue.refused.album", text="albums are for Sundays.")
    ChatText.objects.create(name="songqueue.refused.show", text="")
    assert refuse("album").sentence == "albums are for Sundays."
    assert refuse("show").sentence == ""
