"""Lines are told apart, and nothing that is quoted steers the terminal."""

from __future__ import annotations

import io

import pytest

from config.supervisor.console import Console


class Terminal(io.TextIOWrapper):
    """A terminal whose screen is `buffer`."""

    def isatty(self) -> bool:
        return True


class Gone(io.RawIOBase):
    """A terminal that was closed."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        raise OSError(5, "Input/output error")


def shown(output: io.TextIOWrapper, line: str) -> str:
    Console(output).say("web", line)
    assert isinstance(output.buffer, io.BytesIO)
    return output.buffer.getvalue().decode()


def test_a_line_stands_under_its_name() -> None:
    assert shown(io.TextIOWrapper(io.BytesIO()), "hello") == "web       | hello\n"


def test_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert shown(Terminal(io.BytesIO()), "hello") == "\x1b[36mweb      \x1b[0m | hello\n"


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert shown(Terminal(io.BytesIO()), "hello") == "web       | hello\n"


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("a\x1b]0;title\x07b", "a]0;titleb"),
        ("first\rsecond", "firstsecond"),
        ("nul\x00 c1\x9b31m", "nul c131m"),
        ("tab\tand ümläut 🎭", "tab\tand ümläut 🎭"),
    ],
)
def test_control_characters_are_dropped(hostile: str, harmless: str) -> None:
    assert shown(io.TextIOWrapper(io.BytesIO()), hostile) == f"web       | {harmless}\n"


def test_a_closed_terminal_is_no_error() -> None:
    closed = io.TextIOWrapper(io.BufferedWriter(Gone()))
    Console(closed).say("web", "hello")
    with pytest.raises(OSError, match="Input/output"):
        closed.close()
