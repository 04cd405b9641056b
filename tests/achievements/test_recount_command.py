from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from achievements.models import Change, Standing
from achievements.services import counting
from tests.achievements.conftest import roll, song
from twitch.models import Viewer


def recount(*options: str) -> str:
    out = StringIO()
    call_command("achievements_recount", *options, stdout=out)
    return out.getvalue()


def test_the_command_proves_that_the_counting_is_right(ann: Viewer) -> None:
    counting.hear(song(ann, 1))
    counting.hear(roll(ann, 2, 7))
    assert recount().startswith("2 facts, ")
    assert "none differs" in recount()


def test_the_command_names_what_differs_and_corrects_it_when_told_to(ann: Viewer) -> None:
    counting.hear(song(ann, 1))
    Standing.objects.filter(definition="request_10").update(progress=9)
    with pytest.raises(CommandError, match="1 standings differ"):
        recount()
    assert "request_10 of viewer 2001" in recount("--repair")
    assert "none differs" in recount()
    assert Change.objects.get().actor_name == "achievements_recount"
