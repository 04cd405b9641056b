"""What Twitch's answers and events hold, as far as we use it, checked as it comes in."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, SecretStr

YEAR = 366 * 24 * 60 * 60


def _words(value: Any) -> Any:
    """Scopes come as a list, in some answers as one string, and as null for none."""
    if value is None:
        return []
    return value.split() if isinstance(value, str) else value


def _without_nul(value: Any) -> Any:
    """PostgreSQL's text cannot hold a NUL, JSON's can."""
    return value.replace("\0", "") if isinstance(value, str) else value


def _status(value: Any) -> Any:
    """Events write redemption statuses in lower case, and one in British."""
    if not isinstance(value, str):
        return value
    word = value.upper().replace("CANCELLED", "CANCELED")
    return word if word in ("UNFULFILLED", "FULFILLED", "CANCELED") else "UNKNOWN"


def _tier(value: Any) -> Any:
    """Tiers are written 1000, 2000 and 3000; one that we do not know counts as the first."""
    return {"2000": 2, "3000": 3}.get(value, 1) if isinstance(value, str) else value


def _list_of_setting(name: str) -> BeforeValidator:
    """A limit comes as {"is_enabled": …, name: …}; switched off it is 0."""

    def unwrap(value: Any) -> Any:
        if isinstance(value, dict):
            return value.get(name) if value.get("is_enabled") else 0
        return value

    return BeforeValidator(unwrap)


Id = Annotated[str, Field(pattern=r"^[!-~]{1,64}$")]
Text = Annotated[str, BeforeValidator(_without_nul)]
Scopes = Annotated[list[str], BeforeValidator(_words)]


class TokenPayload(BaseModel, hide_input_in_errors=True):
    access_token: Annotated[SecretStr, Field(min_length=1)]
    refresh_token: SecretStr = SecretStr("")
    expires_in: Annotated[int, Field(strict=True, gt=0, le=YEAR)]
    scope: Scopes = []


class ValidationPayload(BaseModel, hide_input_in_errors=True):
    """The account of a token; an app token has none."""

    client_id: str
    login: str = ""
    user_id: str = ""
    scopes: Scopes = []


class UserPayload(BaseModel):
    """An account of Twitch's, with the address of its picture."""

    id: Id
    login: Text
    display_name: Text
    profile_image_url: Text = ""


class PersonPayload(BaseModel):
    """One of the channel's subscribers, VIPs or moderators."""

    user_id: Id


class SubscriberPayload(PersonPayload):
    """A subscriber of the channel, with the tier: 1000, 2000 or 3000."""

    tier: Annotated[str, Field(pattern=r"^\d{4}$")]
    is_gift: bool = False


class RewardPayload(BaseModel):
    id: Id
    title: Text
    cost: int = 0
    prompt: Text = ""
    is_enabled: bool = True
    is_paused: bool = False
    is_user_input_required: bool = False
    should_redemptions_skip_request_queue: bool = False
    max_per_stream: Annotated[
        int, Field(alias="max_per_stream_setting"), _list_of_setting("max_per_stream")
    ] = 0
    max_per_user_per_stream: Annotated[
        int,
        Field(alias="max_per_user_per_stream_setting"),
        _list_of_setting("max_per_user_per_stream"),
    ] = 0
    global_cooldown_seconds: Annotated[
        int, Field(alias="global_cooldown_setting"), _list_of_setting("global_cooldown_seconds")
    ] = 0


class RedeemedReward(BaseModel):
    id: Id
    title: Text = ""
    cost: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class RedemptionPayload(BaseModel):
    """A redemption, as Helix lists it and as EventSub announces it."""

    id: Id
    user_id: Id
    user_login: Text
    user_name: Text = ""
    user_input: Text = ""
    status: Annotated[str, BeforeValidator(_status)] = "UNKNOWN"
    redeemed_at: AwareDatetime
    reward: RedeemedReward


class ChatPayload(BaseModel):
    """A chat line; one of a shared chat says which channel it was written in."""

    class Badge(BaseModel):
        set_id: str

    class Line(BaseModel):
        text: Text

    message_id: Id
    broadcaster_user_id: Id
    source_broadcaster_user_id: Id | None = None
    chatter_user_id: Id
    chatter_user_login: Text
    chatter_user_name: Text = ""
    badges: list[Badge] = []
    message: Line


Count = Annotated[int, Field(ge=0, le=2**31 - 1)]


class OnlinePayload(BaseModel, hide_input_in_errors=True):
    """The event of a stream that went on air; reruns and premieres have another `type`."""

    id: Id
    broadcaster_user_id: Id
    type: str = "live"
    started_at: AwareDatetime


class StreamPayload(BaseModel, hide_input_in_errors=True):
    """A live stream, as Helix lists it."""

    id: Id
    user_id: Id
    user_login: Text = ""
    user_name: Text = ""
    title: Text = ""
    game_id: Text = ""
    game_name: Text = ""
    viewer_count: Count = 0
    started_at: AwareDatetime
    language: Text = ""
    thumbnail_url: Text = ""


class CategoryPayload(BaseModel):
    """A game or another category, with the address of its picture."""

    id: Id
    name: Text
    box_art_url: Text = ""


class ChannelPayload(BaseModel, hide_input_in_errors=True):
    """The event of a channel that was given another title or category."""

    broadcaster_user_id: Id
    title: Text = ""
    category_id: Text = ""
    category_name: Text = ""


class RaidPayload(BaseModel, hide_input_in_errors=True):
    """The event of a raid, from one channel to another."""

    from_broadcaster_user_id: Id
    from_broadcaster_user_login: Text
    from_broadcaster_user_name: Text = ""
    to_broadcaster_user_id: Id
    viewers: Count = 0


class SupporterPayload(BaseModel, hide_input_in_errors=True):
    """Who supports the channel; null for somebody unnamed."""

    user_id: Id | None = None
    user_login: Text | None = None
    user_name: Text | None = None


Tier = Annotated[int, BeforeValidator(_tier)]


class SubscribedPayload(SupporterPayload):
    """The event of a new subscription, or of one that goes on."""

    tier: Tier
    is_gift: bool = False


class GiftedPayload(SupporterPayload):
    """The event of subscriptions for others."""

    tier: Tier
    total: Count


class CheeredPayload(SupporterPayload):
    bits: Count


class SentPayload(BaseModel):
    class Reason(BaseModel):
        code: str = ""
        message: str = ""

    message_id: str = ""
    is_sent: bool
    drop_reason: Reason | None = None
