"""The tables of Twitch's part, one file for each noun."""

from twitch.models.command import Command, CommandName, CommandUse, Permission
from twitch.models.message import Message, MessageConflict
from twitch.models.pace import SaidLine
from twitch.models.raid import Raid
from twitch.models.redemption import Redemption
from twitch.models.reward import Reward
from twitch.models.stream import Channel, Chapter, StreamSession, ViewerCount
from twitch.models.subscription import Subscription
from twitch.models.text import ChatText
from twitch.models.viewer import Viewer

__all__ = [
    "Channel",
    "Chapter",
    "ChatText",
    "Command",
    "CommandName",
    "CommandUse",
    "Message",
    "MessageConflict",
    "Permission",
    "Raid",
    "Redemption",
    "Reward",
    "SaidLine",
    "StreamSession",
    "Subscription",
    "Viewer",
    "ViewerCount",
]
