"""The tables of Twitch's part, one file for each noun."""

from twitch.models.message import Message, MessageConflict
from twitch.models.redemption import Redemption
from twitch.models.reward import Reward
from twitch.models.subscription import Subscription
from twitch.models.text import ChatText
from twitch.models.viewer import Viewer

__all__ = [
    "ChatText",
    "Message",
    "MessageConflict",
    "Redemption",
    "Reward",
    "Subscription",
    "Viewer",
]
