"""The board as it is read: every registration with what is known of the viewer, and the count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from sagas.flow import Refused
from tournaments.models import Participant, Registration, Tournament
from tournaments.rules import draw, selection, states
from tournaments.rules.avoid import Avoid, Impossible
from tournaments.rules.chance import Chance
from tournaments.rules.formats import Format
from tournaments.services.curation import draft, publishing
from twitch.models import Viewer


@dataclass(frozen=True)
class Filter:
    """Which registrations to show; what is empty or None asks for nothing."""

    text: str = ""
    status: str = ""
    tier: str = ""
    tag: str = ""
    is_chosen: bool | None = None
    is_pinned: bool | None = None
    is_passed_over: bool | None = None
    has_note: bool | None = None
    has_played_before: bool | None = None
    has_strikes: bool | None = None


def registrations(tournament: Tournament, wanted: Filter | None = None) -> QuerySet[Registration]:
    """Return registrations with `past` (tournaments played before) and `strikes` (in all of them).

    In the order of registration, with their viewers.
    """
    found = tournament.registrations.select_related("viewer").annotate(
        past=_of_others(tournament, Count("pk")),
        strikes=_of_others(tournament, Sum("strikes")),
    )
    return _filtered(found, wanted or Filter()).order_by("registered_at", "pk")


@dataclass(frozen=True)
class Preview:
    """What publishing the draft would do."""

    chosen: int
    by_lot: int
    places: int
    # The format of so many players, or why there is none.
    form: Format | None
    problem: str
    added: list[Viewer] = field(default_factory=list)
    removed: list[Viewer] = field(default_factory=list)
    kept: int = 0
    waiting: int = 0
    passed_over: int = 0
    unsubscribed: list[Viewer] = field(default_factory=list)
    is_again: bool = False

    @property
    def left(self) -> int:
        """The places that nobody has yet."""
        return max(self.places - self.chosen, 0)

    @property
    def can_publish(self) -> bool:
        return not self.problem

    @property
    def explained(self) -> list[str]:
        """The format in sentences."""
        return self.form.explained() if self.form else []


def preview(tournament: Tournament) -> Preview:
    """Say what publishing the draft would do, or why it cannot be published."""
    roster = list(draft.chosen(tournament))
    form, problem = _judge(tournament, roster)
    before = publishing.last_published(tournament)
    change = selection.difference(before, [it.pk for it in roster])
    rest = draft.candidates(tournament).filter(is_chosen=False)
    for_subscribers = tournament.is_for_subscribers
    return Preview(
        chosen=len(roster),
        by_lot=sum(it.is_chosen_by_lot for it in roster),
        places=tournament.max_participants,
        form=form,
        problem=problem,
        added=_viewers(tournament, change.added),
        removed=_viewers(tournament, change.removed),
        kept=change.kept,
        waiting=rest.filter(is_passed_over=False).count(),
        passed_over=rest.filter(is_passed_over=True).count(),
        unsubscribed=[it.viewer for it in roster if for_subscribers and not it.tier],
        is_again=bool(before),
    )


def is_drafting(tournament: Tournament) -> bool:
    """Tell whether players can be chosen now."""
    return tournament.status == states.AWAITING_SELECTION and tournament.published_at is None


def avoid_groups(players: Iterable[Participant | Registration]) -> dict[str, list[str]]:
    """Return the ids of the players of each group."""
    groups: dict[str, list[str]] = {}
    for player in players:
        if player.avoid_group:
            groups.setdefault(player.avoid_group, []).append(player.pk)
    return groups


def _judge(tournament: Tournament, roster: list[Registration]) -> tuple[Format | None, str]:
    """Return the format for the draft, and what is wrong with it, as a sentence."""
    try:
        form = publishing.format_for(tournament, len(roster))
    except Refused as refused:
        return None, refused.sentence
    groups = avoid_groups(roster)
    if not groups:
        return form, ""
    ids = [it.pk for it in roster]
    pots = [ids[start : start + form.pot_size] for start in range(0, len(ids), form.pot_size)]
    try:
        draw.meetings(pots, form.matches_per_player, Chance(b"preview"), Avoid.of(groups=groups))
    except Impossible as impossible:
        why = impossible.why
        for it in roster:
            why = why.replace(it.pk, str(it.viewer))
        return form, f"The draw is impossible with these groups: {why}"
    return form, ""


def _of_others(tournament: Tournament, what: Count | Sum) -> Coalesce:
    """Ask something of the viewer's places in other tournaments that were drawn."""
    played = (
        Participant.objects.filter(
            viewer=OuterRef("viewer"), tournament__status__in=Tournament.PLAYED
        )
        .exclude(tournament=tournament)
        .order_by()
        .values("viewer")
        .annotate(found=what)
        .values("found")
    )
    return Coalesce(Subquery(played, output_field=IntegerField()), 0)


def _filtered(found: QuerySet[Registration], wanted: Filter) -> QuerySet[Registration]:
    if wanted.text:
        text = wanted.text.strip()
        found = found.filter(
            Q(viewer__login__icontains=text)
            | Q(viewer__display_name__icontains=text)
            | Q(note__icontains=text)
            | Q(tags__icontains=text)
            | Q(viewer=text)
        )
    for name in ("status", "tier"):
        if value := getattr(wanted, name):
            found = found.filter(**{name: value})
    if wanted.tag:
        found = found.filter(tags__contains=[wanted.tag])
    for name in ("is_chosen", "is_pinned", "is_passed_over"):
        if (flag := getattr(wanted, name)) is not None:
            found = found.filter(**{name: flag})
    if wanted.has_note is not None:
        found = found.exclude(note="") if wanted.has_note else found.filter(note="")
    for name, flag in (("past", wanted.has_played_before), ("strikes", wanted.has_strikes)):
        if flag is not None:
            found = found.filter(**{f"{name}__gt": 0}) if flag else found.filter(**{name: 0})
    return found


def _viewers(tournament: Tournament, registration_ids: list[str]) -> list[Viewer]:
    found = tournament.registrations.filter(pk__in=registration_ids).select_related("viewer")
    by_id = {it.pk: it.viewer for it in found}
    return [by_id[one] for one in registration_ids if one in by_id]
