"""What the other tests stand on: the servers they get are real and their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache

from config.home import ROOT

COUNT = """
import django; django.setup()
from django.contrib.contenttypes.models import ContentType
print(ContentType.objects.filter(app_label="seen from another process").count())
"""


@pytest.mark.django_db
def test_the_database_is_one_made_for_tests() -> None:
    assert settings.DATABASES["default"]["NAME"].startswith("test_")


def test_the_cache_is_a_real_one() -> None:
    cache.set("stage", "set", 5)
    assert cache.get("stage") == "set"


def test_another_process_sees_the_same_database(process_env: dict[str, str]) -> None:
    ContentType.objects.create(app_label="seen from another process", model="row")
    answer = subprocess.run(
        [sys.executable, "-c", COUNT], env=process_env, cwd=ROOT, capture_output=True, text=True
    )
    assert answer.stdout.strip() == "1", answer.stderr


def test_settings_point_at_the_rehearsal_server(rehearsal_url: str) -> None:
    assert f"{rehearsal_url}/twitch/helix" == settings.TWITCH_API_URL
    with urllib.request.urlopen(f"{rehearsal_url}/control/state") as answer:
        assert isinstance(json.load(answer), dict)


def test_nothing_reaches_the_real_twitch() -> None:
    assert settings.REHEARSAL
    assert os.environ["TWITCH_CLIENT_ID"] == "rehearsal"


@pytest.mark.browser
def test_a_browser_shows_a_page(chromium) -> None:  # type: ignore[no-untyped-def]
    page = chromium.new_page()
    page.set_content("<h1>Greenroom</h1>")
    assert page.inner_text("h1") == "Greenroom"
    page.close()


@pytest.mark.browser
@pytest.mark.django_db
def test_a_test_with_a_browser_may_use_the_database(chromium) -> None:  # type: ignore[no-untyped-def]
    assert ContentType.objects.exists()
