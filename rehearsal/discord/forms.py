"""Reading what is sent as Discord reads it: every fault is named, with the place where it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from rehearsal.discord.errors import ApiError

# Reads one value, or raises Fault.
Reader = Callable[[Any], Any]

_SNOWFLAKE = re.compile(r"[0-9]{1,20}")


class Fault(Exception):
    """What is wrong with a value: a tree whose leaves are lists of ``{"code", "message"}``."""

    def __init__(self, tree: dict[str, Any]) -> None:
        super().__init__(str(tree))
        self.tree = tree


def fault(code: str, message: str) -> Fault:
    """A fault of the value itself."""
    return Fault({"_errors": [{"code": code, "message": message}]})


def required() -> Fault:
    """A value is missing."""
    return fault("BASE_TYPE_REQUIRED", "This field is required")


def read(shape: Reader, value: Any) -> Any:
    """Read a whole body or query; raises ApiError 50035 with everything that is wrong."""
    try:
        return shape(value)
    except Fault as found:
        raise ApiError.invalid(found.tree) from found


def text(longest: int, shortest: int = 0) -> Reader:
    """A text of so many characters, without the blanks around it."""

    def reader(value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise fault("STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
        given = str(value).strip()
        if shortest and not given:
            raise required()
        if shortest and not shortest <= len(given) <= longest:
            message = f"Must be between {shortest} and {longest} in length."
            raise fault("BASE_TYPE_BAD_LENGTH", message)
        if len(given) > longest:
            raise fault("BASE_TYPE_MAX_LENGTH", f"Must be {longest} or fewer in length.")
        return given

    return reader


def url(*schemes: str) -> Reader:
    """An address with one of the schemes."""
    line = text(2048)

    def reader(value: Any) -> str:
        given: str = line(value)
        try:
            parts = urlsplit(given)
        except ValueError:
            raise fault("URL_TYPE_INVALID_URL", "Not a well formed URL.") from None
        if parts.scheme and parts.scheme not in schemes:
            known = ", ".join(f"'{scheme}'" for scheme in schemes)
            raise fault(
                "URL_TYPE_INVALID_SCHEME",
                f'Scheme "{parts.scheme}" is not supported. Scheme must be one of ({known}).',
            )
        if given and (not parts.netloc or re.search(r"\s", given)):
            raise fault("URL_TYPE_INVALID_URL", "Not a well formed URL.")
        return given

    return reader


def number(low: int, high: int) -> Reader:
    """A whole number within its bounds; digits in a text do as well."""

    def reader(value: Any) -> int:
        if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,20}", str(value)):
            raise fault("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        if int(value) > high:
            raise fault("NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
        if int(value) < low:
            raise fault("NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
        return int(value)

    return reader


def snowflake(value: Any) -> str:
    """An id of Discord's."""
    if isinstance(value, bool) or not _SNOWFLAKE.fullmatch(str(value)):
        raise fault("NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
    return str(value)


def boolean(value: Any) -> bool:
    """True or false, in a query in small letters."""
    if value in ("true", "false") or isinstance(value, bool):
        return value is True or value == "true"
    raise fault("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")


def timestamp(value: Any) -> str:
    """A time as ISO 8601 writes it."""
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        message = f'Could not parse "{value}". Should be ISO8601.'
        raise fault("DATE_TIME_TYPE_PARSE", message) from None
    return str(value)


def choice(*allowed: str) -> Reader:
    """One of a few words."""

    def reader(value: Any) -> str:
        if value not in allowed:
            known = ", ".join(f"'{word}'" for word in allowed)
            raise fault("BASE_TYPE_CHOICES", f"Value must be one of {{{known}}}.")
        return str(value)

    return reader


def many(one: Reader, most: int) -> Reader:
    """A list of at most so many."""

    def reader(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise fault("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        if len(value) > most:
            raise fault("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        return list(_each({str(place): (one, item) for place, item in enumerate(value)}).values())

    return reader


def model(fields: Mapping[str, Reader], *needed: str) -> Reader:
    """An object; what it does not know is passed over, and null is as if it were not there."""

    def reader(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise fault("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        given = {name: it for name, it in value.items() if name in fields and it is not None}
        missing = [name for name in needed if name not in given]
        if missing:
            raise Fault({name: required().tree for name in missing})
        return _each({name: (fields[name], it) for name, it in given.items()})

    return reader


def _each(work: Mapping[str, tuple[Reader, Any]]) -> dict[str, Any]:
    """Read everything; raises one Fault for all that is wrong."""
    done, wrong = {}, {}
    for name, (reader, value) in work.items():
        try:
            done[name] = reader(value)
        except Fault as found:
            wrong[name] = found.tree
    if wrong:
        raise Fault(wrong)
    return done
