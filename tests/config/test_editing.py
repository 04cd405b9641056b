"""Pages and their files can be edited while Greenroom runs; what an image serves is settled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.template.loader import render_to_string
from django.test import Client

from config.home import ROOT

ASK = """
import django
django.setup()
from django.test import Client
client = Client()
answer = client.get("/static/greenroom/page.css", headers={"accept-encoding": "gzip"})
print(answer["Content-Encoding"], answer["Cache-Control"])
"""


def served(client: Client, path: str) -> bytes:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "max-age=0, public"
    content: bytes = answer.getvalue()
    assert int(answer["Content-Length"]) == len(content)
    return content


def test_a_static_file_is_served_as_it_is_now(
    settings: LazySettings, tmp_path: Path, client: Client
) -> None:
    settings.STATICFILES_DIRS = [tmp_path]
    (tmp_path / "look.css").write_text("p {}")
    assert served(client, "/static/look.css") == b"p {}"
    (tmp_path / "look.css").write_text("p { color: red }")
    assert served(client, "/static/look.css") == b"p { color: red }"
    (tmp_path / "new.css").write_text("")
    assert served(client, "/static/new.css") == b""


def test_a_template_is_rendered_as_it_is_now(settings: LazySettings, tmp_path: Path) -> None:
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    (tmp_path / "frame.html").write_text("<{% block word %}{% endblock %}>")
    (tmp_path / "page.html").write_text(
        '{% extends "frame.html" %}{% block word %}one{% endblock %}'
    )
    assert render_to_string("page.html") == "<one>"
    (tmp_path / "page.html").write_text(
        '{% extends "frame.html" %}{% block word %}another{% endblock %}'
    )
    assert render_to_string("page.html") == "<another>"
    (tmp_path / "frame.html").write_text("({% block word %}{% endblock %})")
    assert render_to_string("page.html") == "(another)"


@pytest.mark.parametrize(
    "path", ["greenroom/../../manage.py", "/etc/passwd", "overlay", "overlay/", "%00", "x" * 5000]
)
def test_nothing_else_is_served(client: Client, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404


def test_what_was_collected_is_served_compressed_and_may_be_kept(tmp_path: Path) -> None:
    env = {**os.environ, "REHEARSAL": "off", "STATIC_ROOT": str(tmp_path / "static")}
    for command in (("manage.py", "collectstatic", "--no-input", "-v", "0"), ("-c", ASK)):
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "gzip max-age=60, public"
