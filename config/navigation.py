"""The admin's side bar: what a streamer looks for, in the order in which they need it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse_lazy

# What shows, beside its name, how many things of that kind wait for a person.
BADGES = {
    "sagas_run": "config.admin.stuck_runs",
    "tokens_token": "config.admin.lost_connections",
    "tournaments_match": "config.admin.disputed_matches",
}


def _group(title: str, *items: tuple[str, str, str]) -> dict[str, Any]:
    return {
        "title": title,
        "separator": True,
        "items": [_item(name, icon, model) for name, icon, model in items],
    }


def _item(name: str, icon: str, model: str) -> dict[str, Any]:
    item = {"title": name, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist")}
    return item | {"badge": BADGES[model]} if model in BADGES else item


GROUPS = [
    {
        "items": [
            {
                "title": "Control room",
                "icon": "tune",
                "link": reverse_lazy("studio:room"),
            },
            {
                "title": "How everything is",
                "icon": "monitor_heart",
                "link": reverse_lazy("admin:index"),
            },
        ]
    },
    _group(
        "The show",
        ("Runs", "conversion_path", "sagas_run"),
        ("Streams", "live_tv", "twitch_streamsession"),
        ("Raids", "flight_land", "twitch_raid"),
        ("Redemptions", "redeem", "twitch_redemption"),
        ("Rewards", "loyalty", "twitch_reward"),
        ("Rolls", "casino", "raffle_roll"),
        ("Achievements", "emoji_events", "achievements_definition"),
        ("Chat commands", "terminal", "twitch_command"),
        ("Commands used", "forum", "twitch_commanduse"),
        ("Chat texts", "chat", "twitch_chattext"),
        ("Overlay addresses", "desktop_windows", "overlay_overlaytoken"),
    ),
    _group(
        "Twitch",
        ("Connections", "link", "tokens_token"),
        ("Subscriptions", "podcasts", "twitch_subscription"),
        ("Messages", "inbox", "twitch_message"),
        ("Message conflicts", "warning", "twitch_messageconflict"),
        ("Viewers", "groups", "twitch_viewer"),
    ),
    _group(
        "Song requests",
        ("Requests", "queue_music", "songqueue_songrequest"),
        ("Heard", "hearing", "songqueue_play"),
        ("Rules", "tune", "songqueue_songrules"),
        ("Blocked", "block", "songqueue_block"),
        ("Decisions", "gavel", "songqueue_decision"),
    ),
    _group(
        "Tournaments",
        ("Tournaments", "trophy", "tournaments_tournament"),
        ("Registrations", "how_to_reg", "tournaments_registration"),
        ("Matches", "sports_soccer", "tournaments_match"),
        ("Results", "scoreboard", "tournaments_result"),
        ("Reports", "rate_review", "tournaments_report"),
        ("Draws", "casino", "tournaments_drawing"),
        ("Diary", "history", "tournaments_change"),
        ("Votes", "how_to_vote", "tournaments_voteevent"),
        ("Predictions", "online_prediction", "tournaments_prediction"),
        ("Settlements", "balance", "tournaments_settlement"),
    ),
    _group(
        "Go-live posts",
        ("Posts", "send", "watcher_delivery"),
        ("Watched", "visibility", "watcher_watch"),
        ("Discord channels", "tag", "watcher_target"),
        ("Their streams", "live_tv", "watcher_watchedstream"),
    ),
    _group(
        "Points",
        ("Accounts", "account_balance_wallet", "points_account"),
        ("Entries", "receipt_long", "points_entry"),
        ("Holds", "lock_clock", "points_hold"),
        ("Changes by hand", "gavel", "points_decision"),
        ("Rewards", "loyalty", "points_rewardpoints"),
        ("Exchanges", "swap_horiz", "points_exchange"),
        ("Rates", "tune", "points_rates"),
    ),
    _group(
        "Spotify",
        ("Budget and calls", "data_usage", "spotify_call"),
        ("Tracks", "music_note", "spotify_track"),
    ),
    _group(
        "Achievements",
        ("Standings", "leaderboard", "achievements_standing"),
        ("Hidden viewers", "visibility_off", "achievements_hiddenviewer"),
        ("Heard facts", "history", "achievements_heardfact"),
        ("Changes by hand", "rule", "achievements_change"),
    ),
    _group(
        "The machine",
        ("Facts", "campaign", "sagas_event"),
        ("Clock", "schedule", "django_celery_beat_periodictask"),
        ("Accounts", "person", "accounts_user"),
    ),
]
