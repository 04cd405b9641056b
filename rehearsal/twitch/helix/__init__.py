"""The Helix endpoints."""

from rehearsal.twitch.helix import chat, people, redemptions, rewards, subscriptions

ROUTES = [
    *people.ROUTES,
    *rewards.ROUTES,
    *redemptions.ROUTES,
    *chat.ROUTES,
    *subscriptions.ROUTES,
]
