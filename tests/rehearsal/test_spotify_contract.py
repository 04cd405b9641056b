"""Answers must have the shape that Spotify's published API description gives them."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
import yaml

from tests.rehearsal.client import ROOT, Rehearsal

DESCRIPTION = ROOT.parent / "shared" / "specs" / "spotify.yml"

# Required by the description, but gone from answers since February 2026.
GONE = {"available_markets", "publisher"}


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    if not DESCRIPTION.exists():
        pytest.skip("Spotify's API description is not at hand.")
    content: dict[str, Any] = yaml.safe_load(DESCRIPTION.read_text())
    return content


def schema_of(description: dict[str, Any], path: str, status: int) -> dict[str, Any]:
    components = description["components"]
    answer = description["paths"][path]["get"]["responses"][str(status)]
    if "$ref" in answer:
        answer = components["responses"][answer["$ref"].rpartition("/")[2]]
    return {
        **_json_schema(answer["content"]["application/json"]["schema"]),
        "components": {"schemas": _json_schema(components["schemas"])},
    }


def _json_schema(node: Any) -> Any:
    """OpenAPI's words in JSON Schema's."""
    if isinstance(node, list):
        return [_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {name: _json_schema(item) for name, item in node.items()}
    if isinstance(plain.get("required"), list):
        plain["required"] = [name for name in plain["required"] if name not in GONE]
    if plain.pop("nullable", False) is True:
        return {"anyOf": [plain, {"type": "null"}]}
    return plain


def test_every_answer_has_the_published_shape(
    rehearsal: Rehearsal, description: dict[str, Any]
) -> None:
    access = rehearsal.connect()

    def check(path: str, where: str = "", token: str = access, status: int = 200) -> Any:
        answer = rehearsal.spotify("GET", where or path[1:], token)
        assert answer.status_code == status, answer.text
        jsonschema.validate(answer.json(), schema_of(description, path, status))
        return answer.json()

    for track in rehearsal.look("spotify")["catalogue"]:
        check("/tracks/{id}", f"tracks/{track['id']}?market=SE")
    assert check("/search", "search?q=a&type=track&limit=10")["tracks"]["items"]
    check("/me")
    assert check("/me/player/devices")["devices"]
    rehearsal.control("spotify/queue", item="episode")
    assert check("/me/player/queue")["queue"]
    for _ in range(2):
        wanted = "?additional_types=track,episode"
        assert check("/me/player", f"me/player{wanted}")["item"]
        assert check("/me/player/currently-playing", f"me/player/currently-playing{wanted}")["item"]
        rehearsal.control("spotify/player", do="next")
    check("/me", token="nonsense", status=401)
    rehearsal.control("faults", kind="spotify_quota", count=1)
    check("/me", status=429)
