"""`.env.example` names every setting, and nothing else."""

from __future__ import annotations

import re

from config.home import ROOT, read_env_file

READERS = (
    "config/settings.py",
    "config/supervisor/plan.py",
)
READS = re.compile(
    r"\b(?:env|env_int|env_bool|env_choice|env_url|env_origins|env_zone|provider_url"
    r"|_port|_integer|_switch|values\.get)\(\s*(?:values, )?\"([A-Z_]+)\""
)


def test_every_setting_is_described_and_nothing_else_is() -> None:
    read = {name for path in READERS for name in READS.findall((ROOT / path).read_text())}
    assert set(read_env_file(ROOT / ".env.example")) == read


def test_the_example_changes_nothing_when_copied_as_it_is() -> None:
    texts = [(ROOT / path).read_text() for path in READERS]
    for name, value in read_env_file(ROOT / ".env.example").items():
        if value and value != "off":
            default = re.compile(rf'"{name}", (?:"{re.escape(value)}"|{re.escape(value)})[,)]')
            assert any(default.search(text) for text in texts), f"{name}={value}"
