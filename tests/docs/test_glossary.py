from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

from config.home import ROOT
from sagas import flow
from sagas.models import Action, Run

GLOSSARY = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")


def ours() -> list[str]:
    return [app.name for app in apps.get_app_configs() if Path(app.path).parent == ROOT]


@pytest.mark.parametrize("name", [*ours(), "rehearsal"])
def test_every_app_is_in_the_glossary(name: str) -> None:
    assert f"**{name}**" in GLOSSARY


@pytest.mark.parametrize("status", [*Run.Status.values])
def test_every_status_of_a_run_is_in_the_glossary(status: str) -> None:
    assert re.search(rf"\*\*[^*|]*\b{status}\b[^*|]*\*\*", GLOSSARY)


@pytest.mark.parametrize("verb", [*Action.Verb.labels])
def test_every_decision_is_in_the_glossary(verb: str) -> None:
    assert str(verb).lower() in GLOSSARY.lower()


def test_every_saga_is_in_the_glossary() -> None:
    apps_of_flows = {saga.name for saga in flow.every() if ".listeners." not in saga.name}
    missing = [n for n in apps_of_flows if n.split(".")[0] in ours() and f"**{n}**" not in GLOSSARY]
    assert missing == []
