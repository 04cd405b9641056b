"""Public ids in addresses: what cannot be one is no address of ours."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import StringConverter

ULID = "[0-9A-Z]{26}"


class TargetId(StringConverter):
    regex = f"target_{ULID}"


class WatchId(StringConverter):
    regex = f"watch_{ULID}"


class DeliveryId(StringConverter):
    regex = f"delivery_{ULID}"


register_converter(TargetId, "target")
register_converter(WatchId, "watch")
register_converter(DeliveryId, "delivery")
