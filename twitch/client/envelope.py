"""EventSub on the wire: a webhook's headers and signature, a socket's frames, the JSON of both."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, NoReturn

NOTIFICATION = "notification"
CHALLENGE = "webhook_callback_verification"
REVOCATION = "revocation"
KINDS = (NOTIFICATION, CHALLENGE, REVOCATION)

# No longer than their columns.
_ID = re.compile(r"[!-~]{1,256}")
_TYPE = re.compile(r"[\w.:-]{1,100}", re.ASCII)
_VERSION = re.compile(r"[\w.:-]{1,20}", re.ASCII)
_KIND = re.compile("|".join(KINDS))
_RETRY = re.compile(r"[0-9]{1,9}")
_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


class Malformed(Exception):
    """A message that is not as Twitch documents them; the text says why, and quotes nothing."""


class Heading(NamedTuple):
    """What a message says about itself; `kind` is one of KINDS."""

    message_id: str
    kind: str
    type: str
    version: str
    sent_at: datetime


class Signed(NamedTuple):
    """A webhook's heading and signature; `prefix` is what was signed before the body."""

    heading: Heading
    signature: str
    prefix: bytes

    def is_genuine(self, secret: bytes, body: bytes) -> bool:
        """Tell, in constant time, whether whoever wrote the body knows the secret."""
        expected = f"sha256={hmac.digest(secret, self.prefix + body, 'sha256').hex()}"
        return hmac.compare_digest(expected, self.signature)


def read_headers(headers: Iterable[tuple[bytes, bytes]]) -> Signed:
    """Read the seven headers of a webhook message; names in lower case. Raises Malformed."""
    found = dict(headers)
    message_id = _header(found, b"twitch-eventsub-message-id", _ID)
    _header(found, b"twitch-eventsub-message-retry", _RETRY)
    timestamp = _header(found, b"twitch-eventsub-message-timestamp", _RFC3339)
    heading = Heading(
        message_id,
        _header(found, b"twitch-eventsub-message-type", _KIND),
        _header(found, b"twitch-eventsub-subscription-type", _TYPE),
        _header(found, b"twitch-eventsub-subscription-version", _VERSION),
        _moment(timestamp),
    )
    signature = _header(found, b"twitch-eventsub-message-signature", _SIGNATURE)
    return Signed(heading, signature, (message_id + timestamp).encode("ascii"))


def _header(found: Mapping[bytes, bytes], name: bytes, shape: re.Pattern[str]) -> str:
    value = found.get(name, b"").decode("latin-1")
    if not shape.fullmatch(value):
        problem = "malformed" if value else "missing"
        raise Malformed(f"The header {name.decode().title()} is {problem}.")
    return value


def _moment(timestamp: str) -> datetime:
    """Python keeps microseconds of Twitch's nanoseconds."""
    try:
        return datetime.fromisoformat(timestamp)
    except ValueError:
        raise Malformed("The timestamp is not a moment in time.") from None


def read_body(heading: Heading, text: str) -> dict[str, Any]:
    """Return the JSON of a message that agrees with its heading; raises Malformed."""
    payload = _object(text)
    check_payload(heading, payload)
    return payload


def check_payload(heading: Heading, payload: Mapping[str, Any]) -> None:
    """Raise Malformed unless this is a message of its heading's kind about its subscription.

    What an event of its type must hold is for its handler to say: a message that is merely
    unforeseen is stored, since refusing it would only have it sent again.
    """
    subscription = payload.get("subscription")
    if not isinstance(subscription, dict) or not _is_text(subscription.get("id")):
        raise Malformed("The message has no subscription.")
    if (subscription.get("type"), subscription.get("version")) != (heading.type, heading.version):
        raise Malformed("The message is about another subscription than its heading.")
    if heading.kind == NOTIFICATION:
        # Types that are delivered in bunches have `events`.
        if not isinstance(payload.get("event", payload.get("events")), dict | list):
            raise Malformed("The notification has no event.")
    elif heading.kind == REVOCATION:
        if not _is_text(subscription.get("status")):
            raise Malformed("The revocation has no status.")
    elif not _is_text(payload.get("challenge")):
        raise Malformed("The verification has no challenge.")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


class Frame(NamedTuple):
    """A message of the WebSocket; `heading` is there when it is a notification or a revocation."""

    kind: str
    payload: dict[str, Any]
    heading: Heading | None

    @property
    def body(self) -> str:
        """The payload in one canonical spelling, which a redelivery must equal."""
        return json.dumps(self.payload, sort_keys=True, separators=(",", ":"))

    @property
    def session(self) -> dict[str, Any]:
        session = self.payload.get("session")
        return session if isinstance(session, dict) else {}


def read_frame(text: str) -> Frame:
    """Read one frame of the WebSocket; raises Malformed."""
    frame = _object(text)
    metadata, payload = frame.get("metadata"), frame.get("payload")
    if not isinstance(metadata, dict) or not isinstance(payload, dict):
        raise Malformed("The frame has no metadata or no payload.")
    kind = str(metadata.get("message_type"))
    if kind not in (NOTIFICATION, REVOCATION):
        return Frame(kind, payload, None)
    heading = Heading(
        _metadatum(metadata, "message_id", _ID),
        kind,
        _metadatum(metadata, "subscription_type", _TYPE),
        _metadatum(metadata, "subscription_version", _VERSION),
        _moment(_metadatum(metadata, "message_timestamp", _RFC3339)),
    )
    check_payload(heading, payload)
    return Frame(kind, payload, heading)


def _metadatum(metadata: Mapping[str, Any], name: str, shape: re.Pattern[str]) -> str:
    value = metadata.get(name)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise Malformed(f"The frame's {name} is missing or malformed.")
    return value


def digest(body: bytes) -> bytes:
    """Return what tells one content from another under the same message id."""
    return hashlib.sha256(body).digest()


def _object(text: str) -> dict[str, Any]:
    try:
        value = _decode(text)
    except (ValueError, RecursionError):
        raise Malformed("The message is not JSON.") from None
    if not isinstance(value, dict):
        raise Malformed("The message is not a JSON object.")
    return value


def _no_number(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON.")


_decode = json.JSONDecoder(parse_constant=_no_number).decode
