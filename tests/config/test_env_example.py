"""`.env.example` names every setting and nothing else, and servers are handed them."""

from __future__ import annotations

import re

import yaml

from config.home import ROOT, read_env_file

READERS = (
    "config/settings.py",
    "config/supervisor/plan.py",
)
READS = re.compile(
    r"\b(?:env|env_int|env_bool|env_choice|env_url|env_origins|env_zone|provider_url"
    r"|_port|_integer|_switch|values\.get)\(\s*(?:values, )?\"([A-Z_]+)\""
)
# What the containers' places, ports and roles decide.
DECIDED = {
    *("HOST", "PORT", "REHEARSAL_PORT", "GREENROOM_HOME", "STATIC_ROOT"),
    *("LOG_FORMAT", "DEBUG"),
}
PROVIDERS = re.compile(r"(TWITCH|SPOTIFY|DISCORD)_\w*URL$")


def test_every_setting_is_described_and_nothing_else_is() -> None:
    read = {name for path in READERS for name in READS.findall((ROOT / path).read_text())}
    assert set(read_env_file(ROOT / ".env.example")) == read


def test_the_example_changes_nothing_when_copied_as_it_is() -> None:
    texts = [(ROOT / path).read_text() for path in READERS]
    for name, value in read_env_file(ROOT / ".env.example").items():
        if value:
            meant = re.escape({"on": "True", "off": "False"}.get(value, value))
            default = re.compile(rf'"{name}", (?:"{meant}"|{meant})[,)]')
            assert any(default.search(text) for text in texts), f"{name}={value}"


def test_a_server_is_handed_every_setting_that_it_does_not_decide_itself() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    handed = {name for service in compose["services"].values() for name in service["environment"]}
    described = set(read_env_file(ROOT / ".env.example"))
    left_out = {name for name in described - handed if not PROVIDERS.match(name)}
    assert left_out == DECIDED
