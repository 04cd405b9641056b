"""What the overlay makes of facts."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from achievements.events import AchievementsUnlocked
from overlay.services import (
    alert_payload,
    cue,
    raid_payload,
    request_payload,
    roll_payload,
    unlocks_payload,
)
from pushes.services import push_on_commit
from raffle.events import RollMade
from sagas.registry import listen
from songqueue.events import SongRequested
from tournaments.events import VoteStarted
from tournaments.services import changes
from twitch.events import RaidReceived, StreamStarted
from twitch.rules.raids import is_news

# A stream that began longer ago was only found late, as after a start of ours.
NEWS = timedelta(minutes=5)


@listen(RollMade)
def show_roll(fact: RollMade) -> None:
    """Play the roll on stream."""
    payload = roll_payload(
        name=fact.viewer_name,
        roll=fact.roll,
        winning_number=fact.winning_number,
        is_win=fact.is_win,
        is_record=fact.is_record,
    )
    cue("roll", payload, now=timezone.now())


@listen(SongRequested)
def show_request(fact: SongRequested) -> None:
    """Tell on stream who asked for which song."""
    payload = request_payload(
        name=fact.viewer_name, title=fact.title, artists=fact.artists, cover_url=fact.cover_url
    )
    cue("song_requested", payload, now=timezone.now())


@listen(AchievementsUnlocked)
def show_unlocks(fact: AchievementsUnlocked) -> None:
    """Show on stream who unlocked what: all that was announced at once in one card."""
    cue("achievement", unlocks_payload(fact.unlocks, fact.total), now=timezone.now())


@listen(RaidReceived)
def show_raid(fact: RaidReceived) -> None:
    """Welcome on stream who came with whom; not when it is old news."""
    now = timezone.now()
    if is_news(fact.raided_at, now):
        payload = raid_payload(name=fact.raider_name or fact.raider_login, viewers=fact.viewers)
        cue("raid", payload, now=now)


@listen(StreamStarted)
def show_start(fact: StreamStarted) -> None:
    """Say that the show begins. Of its end nobody could read: that is known when it is over."""
    now = timezone.now()
    if now - fact.started_at <= NEWS:
        cue("alert", alert_payload(icon="🎬", text="We are live"), now=now)


@listen(VoteStarted)
def look_at_vote(fact: VoteStarted) -> None:
    """Turn to the match in which viewers vote, if several are live."""
    message = {"type": "tournament", "id": fact.tournament_id, "what": ["matches"]}
    push_on_commit(changes.GROUP, message)
