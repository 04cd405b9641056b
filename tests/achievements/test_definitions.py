"""A changed definition rests until it is applied; what Greenroom brings is brought once."""

from __future__ import annotations

import pytest

from achievements.models import Change, Definition, ShippedDefinition, Standing
from achievements.services import counting, definitions, shipped
from tests.achievements.conftest import at, song
from twitch.models import Viewer

BY = {"actor": None, "actor_name": "a test"}


@pytest.fixture
def regulars(ann: Viewer, bob: Viewer) -> None:
    """Ann has requested three songs, Bob one."""
    for fact in (song(ann, 1), song(ann, 2), song(ann, 3), song(bob, 4)):
        counting.hear(fact)


def fan() -> Definition:
    return Definition(key="fan", name="Fan", fact="songqueue.SongRequested", threshold=2)


def test_a_new_definition_over_facts_rests_and_its_dry_run_says_who(
    ann: Viewer, regulars: None
) -> None:
    definitions.save(fan(), at(5))
    counting.hear(song(ann, 6))
    assert not Standing.objects.filter(definition="fan").exists()
    result = definitions.dry_run(Definition.objects.get(key="fan"))
    assert (result.gained, result.lost, result.kept) == ([(ann.pk, "")], [], 0)
    assert not Standing.objects.filter(definition="fan").exists()


def test_applying_gives_what_the_dry_run_said_and_announces_nothing(
    ann: Viewer, bob: Viewer, regulars: None
) -> None:
    definitions.save(fan(), at(5))
    definition = Definition.objects.get(key="fan")
    expected = definitions.dry_run(definition)
    assert definitions.apply(definition, now=at(6), **BY) == expected
    earned = Standing.objects.get(definition="fan", viewer=ann)
    assert (earned.earned_at, earned.is_due) == (at(2), False)
    assert Standing.objects.get(definition="fan", viewer=bob).progress == 1
    assert Change.objects.get().result == {"gained": 1, "lost": 0, "kept": 0}
    assert counting.hear(song(bob, 7))


def test_a_raised_threshold_takes_it_from_those_who_are_below(ann: Viewer, regulars: None) -> None:
    definition = Definition.objects.get(key="first_request")
    definition.threshold = 2
    definitions.save(definition, at(5))
    result = definitions.apply(definition, now=at(6), **BY)
    assert (len(result.lost), result.kept) == (1, 1)
    assert Standing.objects.held().get(definition="first_request").viewer == ann


def test_another_name_changes_nothing_that_counts(regulars: None) -> None:
    definition = Definition.objects.get(key="first_request")
    before = definition.applied_at
    definition.name = "Newcomer"
    definitions.save(definition, at(5))
    assert Definition.objects.get(key="first_request").applied_at == before


def test_a_definition_that_was_off_is_applied_when_it_is_on_again(regulars: None) -> None:
    definition = Definition.objects.get(key="first_request")
    for enabled in (False, True):
        definition.enabled = enabled
        definitions.save(definition, at(5))
    assert definition.applied_at is None


def test_a_definition_of_what_was_never_heard_counts_at_once(db: None) -> None:
    definitions.save(fan(), at(5))
    assert Definition.objects.get(key="fan").applied_at == at(5)


def test_a_senseless_definition_has_no_dry_run(db: None) -> None:
    definition = fan()
    definition.condition = {"luck": 7}
    with pytest.raises(definitions.Senseless, match="luck"):
        definitions.dry_run(definition)


def test_what_a_person_deleted_or_changed_is_not_brought_again(db: None) -> None:
    Definition.objects.filter(key="streak_5").delete()
    Definition.objects.filter(key="streak_3").update(threshold=4)
    shipped.bring()
    assert not Definition.objects.filter(key="streak_5").exists()
    assert Definition.objects.get(key="streak_3").threshold == 4


def test_what_is_new_in_a_later_release_rests_where_there_is_a_history(regulars: None) -> None:
    for table in (Definition, ShippedDefinition):
        table.objects.filter(pk__in=["request_10", "roll_25"]).delete()
    shipped.bring()
    assert Definition.objects.get(key="request_10").applied_at is None
    assert Definition.objects.get(key="roll_25").applied_at is not None
