"""What the endpoints of curation take and answer, with examples."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from rest.bodies import Body
from rest.problems import problem
from rest.queries import PageQuery
from tournaments.models import Participant, Registration
from tournaments.services.curation import seeds
from tournaments.services.curation.board import Preview
from twitch.models import Viewer

MOST_AT_ONCE = 500
TIERS = ["1000", "2000", "3000"]

REGISTRATION = "reg_01J9ZJ3N5P7Q9R1S3T5V7W9X1Y"
LOST = problem(
    "No longer subscribed",
    "lost_subscription",
    "Twitch says that they subscribe no more: Ada. Choose others, or publish anyway.",
    409,
)


class RegistrationSerializer(serializers.ModelSerializer[Registration]):
    """A registration as the board shows it."""

    userId = serializers.CharField(source="viewer_id", help_text="Twitch's user id.")  # noqa: N815
    name = serializers.CharField(source="viewer.display_name")
    login = serializers.CharField(source="viewer.login")
    past = serializers.IntegerField(help_text="Tournaments that they have played in before.")
    strikes = serializers.IntegerField(help_text="Strikes in all of these.")

    class Meta:
        model = Registration
        fields: ClassVar = [
            *("id", "userId", "name", "login", "status", "registered_at", "withdrawn_at"),
            *("tier", "is_gift", "subscription_seen_at", "past", "strikes"),
            *("is_pinned", "is_passed_over", "is_chosen", "is_chosen_by_lot", "seed"),
            *("avoid_group", "note", "tags", "waiting_place"),
        ]


EXAMPLE = {
    "id": REGISTRATION,
    "userId": "2001",
    "name": "Ada",
    "login": "ada",
    "status": "PENDING",
    "registered_at": "2026-11-02T19:00:00Z",
    "withdrawn_at": None,
    "tier": "1000",
    "is_gift": False,
    "subscription_seen_at": "2026-11-02T19:00:00Z",
    "past": 2,
    "strikes": 0,
    "is_pinned": True,
    "is_passed_over": False,
    "is_chosen": True,
    "is_chosen_by_lot": False,
    "seed": 1,
    "avoid_group": "",
    "note": "Won the spring cup",
    "tags": ["veteran"],
    "waiting_place": None,
}


class RegistrationsQuery(PageQuery):
    q = serializers.CharField(
        required=False, max_length=100, help_text="In a name, a note or a tag; or a Twitch id."
    )
    status = serializers.ChoiceField(Registration.Status.choices, required=False)
    tier = serializers.ChoiceField(TIERS, required=False)
    tag = serializers.CharField(required=False, max_length=30)
    chosen = serializers.BooleanField(required=False, allow_null=True, default=None)
    pinned = serializers.BooleanField(required=False, allow_null=True, default=None)
    passed_over = serializers.BooleanField(required=False, allow_null=True, default=None)
    noted = serializers.BooleanField(required=False, allow_null=True, default=None)
    played_before = serializers.BooleanField(required=False, allow_null=True, default=None)
    has_strikes = serializers.BooleanField(required=False, allow_null=True, default=None)


class MarksSerializer(Body):
    """Which registrations to mark, and how; what is left out stays."""

    registrations = serializers.ListField(
        child=serializers.CharField(max_length=40), allow_empty=False, max_length=MOST_AT_ONCE
    )
    is_chosen = serializers.BooleanField(required=False)
    is_pinned = serializers.BooleanField(required=False)
    is_passed_over = serializers.BooleanField(required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=30), required=False, max_length=10
    )
    avoid_group = serializers.CharField(required=False, allow_blank=True, max_length=30)


class SeedsSerializer(Body):
    """A rule for all seeds, or one player's."""

    rule = serializers.ChoiceField(seeds.By.choices, required=False)
    registration = serializers.CharField(required=False, max_length=40)
    seed = serializers.IntegerField(required=False, min_value=1, max_value=64)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if set(attrs) not in ({"rule"}, {"registration", "seed"}):
            raise ValidationError("Give a `rule`, or a `registration` and its `seed`.", "which")
        return attrs


class ConfirmSerializer(Body):
    userIds = serializers.ListField(  # noqa: N815 (the API's word)
        child=serializers.CharField(max_length=32),
        allow_empty=False,
        max_length=64,
        help_text="Everybody who plays, as Twitch's user ids, the strongest seed first.",
    )
    without_subscription = serializers.BooleanField(
        required=False, default=False, help_text="Also who subscribes no more."
    )


class PlayerSerializer(serializers.ModelSerializer[Participant]):
    userId = serializers.CharField(source="viewer_id")  # noqa: N815 (the API's word)
    name = serializers.CharField(source="viewer.display_name")

    class Meta:
        model = Participant
        fields: ClassVar = ["id", "userId", "name", "seed", "pot", "avoid_group"]


PLAYER = {
    "id": "player_01J9ZK4W8Y6Q2V5T3R1N0M7XAB",
    "userId": "2001",
    "name": "Ada",
    "seed": 1,
    "pot": 1,
    "avoid_group": "",
}


class RosterReasonSerializer(Body):
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)


class ReplaceSerializer(RosterReasonSerializer):
    player = serializers.CharField(max_length=40)
    registration = serializers.CharField(
        required=False, default="", max_length=40, help_text="By default the next who waits."
    )
    without_subscription = serializers.BooleanField(required=False, default=False)


class NamedSerializer(serializers.Serializer[Viewer]):
    userId = serializers.CharField(source="pk")  # noqa: N815 (the API's word)
    name = serializers.CharField(source="display_name")


class RosterPreviewSerializer(serializers.Serializer[Preview]):
    """What publishing the draft would do."""

    chosen = serializers.IntegerField()
    places = serializers.IntegerField()
    can_publish = serializers.BooleanField()
    problem = serializers.CharField(help_text="Why it cannot be published; empty if it can.")
    format = serializers.ListField(
        source="explained", child=serializers.CharField(), help_text="In sentences."
    )
    is_again = serializers.BooleanField(help_text="Something was published before.")
    added = NamedSerializer(many=True, help_text="Against what was published last.")
    removed = NamedSerializer(many=True)
    kept = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="How many would wait for a place.")
    passed_over = serializers.IntegerField()
    unsubscribed = NamedSerializer(
        many=True, help_text="Chosen, but not subscribed when Twitch was last asked."
    )


ROSTER_PREVIEW = {
    "chosen": 36,
    "places": 36,
    "can_publish": True,
    "problem": "",
    "format": ["36 players in one table, 8 matches each on 8 match days: 144 matches."],
    "is_again": False,
    "added": [{"userId": "2001", "name": "Ada"}],
    "removed": [],
    "kept": 0,
    "waiting": 23,
    "passed_over": 1,
    "unsubscribed": [],
}


def as_it_may_be(value: Any) -> OpenApiExample:
    return OpenApiExample("As it may be", value, response_only=True, status_codes=["200"])
