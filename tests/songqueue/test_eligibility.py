"""Whether a song may be requested."""

from __future__ import annotations

from dataclasses import replace

import pytest

from songqueue.rules import eligibility
from songqueue.rules.eligibility import Blocked, Limits, No, Place, Song
from songqueue.rules.times import about, length
from songqueue.rules.words import fold, has_word, shorten

SONG = Song("track", "isrc", "Swear Jar", ("Rue Havoc",), ("rue",), 183, is_explicit=True)
OTHER = Song("other", "", "Fog", ("The Quiet Switchmen",), ("quiet",), 264, is_explicit=False)
ADA, BO = "1004", "1005"


def place(viewer: str = ADA, track: str = "x", isrc: str = "", is_playing: bool = False) -> Place:
    return Place(viewer, track, isrc, is_playing)


def code(no: No | None) -> str:
    return no.code if no else ""


# --- Who -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "welcome"),
    [
        ("everyone", {"nobody", "subscriber", "vip", "moderator", "broadcaster"}),
        ("subscribers", {"subscriber", "vip", "moderator", "broadcaster"}),
        ("vips", {"vip", "moderator", "broadcaster"}),
        ("moderators", {"moderator", "broadcaster"}),
    ],
)
@pytest.mark.parametrize("person", ["nobody", "subscriber", "vip", "moderator", "broadcaster"])
def test_who_may_ask(who: str, welcome: set[str], person: str) -> None:
    no = eligibility.refuse_person(
        who,
        is_subscriber=person == "subscriber",
        is_vip=person == "vip",
        is_moderator=person == "moderator",
        is_broadcaster=person == "broadcaster",
    )
    assert code(no) == ("" if person in welcome else f"{who}_only")


# --- The song --------------------------------------------------------------------------------


def test_a_song_may_be_as_long_as_the_limit() -> None:
    assert eligibility.refuse_song(OTHER, Limits(longest_seconds=264)) is None
    assert eligibility.refuse_song(OTHER, Limits(longest_seconds=0)) is None
    no = eligibility.refuse_song(OTHER, Limits(longest_seconds=263))
    assert no == No("too_long", {"length": "4:24", "longest": "4:23"})


def test_explicit_songs_are_the_streamers_choice() -> None:
    assert eligibility.refuse_song(SONG, Limits()) is None
    assert code(eligibility.refuse_song(SONG, Limits(explicit_allowed=False))) == "explicit"
    assert eligibility.refuse_song(OTHER, Limits(explicit_allowed=False)) is None


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("viewer", ADA, "blocked_viewer"),
        ("viewer", BO, ""),
        ("track", "track", "blocked_track"),
        ("artist", "rue", "blocked_artist"),
        ("artist", "Rue Havoc", ""),
        ("word", "swear", "blocked_word"),
        ("word", "HAVOC", "blocked_word"),
        ("word", "hav", ""),
    ],
)
def test_what_is_blocked(kind: str, value: str, expected: str) -> None:
    assert code(eligibility.refuse_blocked(SONG, ADA, [Blocked(kind, value)])) == expected


def test_a_blocked_viewer_is_told_that_first() -> None:
    blocks = [Blocked("word", "jar"), Blocked("track", "track"), Blocked("viewer", ADA)]
    assert code(eligibility.refuse_blocked(SONG, ADA, blocks)) == "blocked_viewer"
    assert code(eligibility.refuse_blocked(SONG, ADA, blocks[:2])) == "blocked_track"


# --- Its place -------------------------------------------------------------------------------


def refused(*queue: Place, song: Song = SONG, ago: int | None = None, **limits: int) -> str:
    return code(eligibility.refuse_place(song, ADA, queue, Limits(**limits), ago))


def test_the_queue_has_room_for_so_many_that_wait() -> None:
    two = [place(BO), place(BO)]
    assert refused(*two, queue_length=3) == ""
    assert refused(*two, queue_length=2) == "queue_full"
    assert refused(*two, place(BO, is_playing=True), queue_length=3) == ""
    assert refused(*two, queue_length=0) == ""


def test_a_song_that_is_in_the_queue_is_not_taken_again() -> None:
    assert refused(place(BO, "track"), repeat_minutes=30) == "in_queue"
    assert refused(place(BO, "another id", "isrc"), repeat_minutes=30) == "in_queue"
    assert refused(place(BO, "track", is_playing=True), repeat_minutes=30) == "plays_now"
    assert refused(place(BO, "track"), repeat_minutes=0) == ""
    # Recordings of which the code is not known are not the same for that.
    assert refused(place(BO, "x", ""), song=replace(SONG, isrc=""), repeat_minutes=30) == ""


def test_a_song_that_was_played_recently_is_not_taken_again() -> None:
    no = eligibility.refuse_place(SONG, ADA, [], Limits(repeat_minutes=30), 12)
    assert no == No("played_recently", {"minutes": "12", "wait": "18"})
    assert refused(ago=0, repeat_minutes=30) == "plays_now"


def test_one_viewer_has_so_many_at_once() -> None:
    assert refused(place(), place(BO), open_per_viewer=2) == ""
    assert refused(place(), place(), open_per_viewer=2) == "too_many_open"
    assert refused(place(is_playing=True), place(), open_per_viewer=2) == "too_many_open"


def test_one_viewer_has_so_many_in_a_row_while_others_wait() -> None:
    assert refused(place(BO), place(), in_a_row_per_viewer=1) == "too_many_in_a_row"
    assert refused(place(BO), place(), in_a_row_per_viewer=2) == ""
    assert refused(place(), place(BO), in_a_row_per_viewer=1) == ""
    assert refused(place(), place(), in_a_row_per_viewer=1) == ""


# --- Words and times -------------------------------------------------------------------------


def test_words_are_found_however_they_are_spelled() -> None:
    assert fold("  ＦＵＬＬ  Wïdth\u200b ") == "full width"
    assert has_word("Zażółć Gęślą", "zażołc")
    assert has_word("S\u00ad\u200bwear Jar", "swear")
    assert has_word("Don't (Stop)", "stop")
    assert has_word("Two Left Shoes", "left  SHOES")
    assert not has_word("Shoestring", "shoes")
    assert has_word("夜明けの電車", "電車")
    assert not has_word("anything", "  ")
    assert has_word("a+b (c)", "a+b")


def test_long_titles_are_cut_between_characters() -> None:
    assert shorten("abcdef", 6) == "abcdef"
    assert shorten("abcdefg", 6) == "abcde…"
    assert shorten("👩‍👩‍👧‍👦" * 5, 3) == "👩‍👩‍👧‍👦" * 2 + "…"


def test_times_are_said_as_people_do() -> None:
    assert [length(s) for s in (0, 61, 3723)] == ["0:00", "1:01", "1:02:03"]
    said = [about(seconds) for seconds in (None, 0, 38, 75, 660, 7200)]
    assert said == ["soon", "~10 s", "~40 s", "~1 min", "~11 min", "~2.0 h"]
