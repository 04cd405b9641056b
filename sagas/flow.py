"""What a flow is made of: steps, calls, a point of no return, words for what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, Literal, TypeVar, cast

from django.db.models import Model

S = TypeVar("S", bound=Model)

NO_RETURN = "POINT_OF_NO_RETURN"
SHORTEST_WAIT = timedelta(seconds=0.25)
LONGEST_RATE_LIMIT = timedelta(minutes=30)


class Refused(Exception):
    """Final: trying again cannot help, so what was done is undone.

    `code` is stable and for programs; `sentence` is for the viewer and never blames them for our
    fault.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence


class Unsure(Exception):
    """The request was sent and its answer was lost: it may or may not have taken effect."""


class NotDone(Exception):
    """It did not work, and surely had no effect.

    The one failure after which a call that must not be repeated is tried again; for other steps it
    is a failure like any other. `refusal` is what the way back is taken with when the tries are
    used up, in place of a general apology.
    """

    refusal: Refused | None = None


class Wait(Exception):
    """Not now: come back at `until`, an aware datetime. A wait is not a failed try."""

    def __init__(self, until: datetime, why: str = "") -> None:
        if until.tzinfo is None:
            raise ValueError("Until when to wait is said with a time zone.")
        super().__init__(why or f"waiting until {until.isoformat()}")
        self.until = until


class RateLimited(Wait):
    """The other side asks us to come back later; believed for up to half an hour at a time."""


class TimedOut(Exception):
    """The step did not end within its timeout."""


@dataclass(frozen=True)
class Step(Generic[S]):
    """Work in our own database: one transaction with its outcome, so exactly once.

    `do` takes the subject row; columns it sets on the row are saved with the outcome. `undo` also
    takes the row, outside a transaction; it may run more than once and must bear that there is
    nothing to undo: the step that failed is undone too. `timeout` is in seconds, for each of the
    two. A `best_effort` step that fails is skipped.
    """

    do: Callable[[S], None]
    undo: Callable[[S], None] | None = None
    tries: int = 3
    timeout: float = 30.0
    best_effort: bool = False

    @property
    def name(self) -> str:
        return self.do.__name__


@dataclass(frozen=True)
class Call(Step[S]):
    """Work in somebody else's system: never inside a transaction, and by default at least once.

    A call that must not be repeated says what happens when its answer is lost: with
    `if_unsure="stop"` the run is stuck until a person decides, with `"skip"` the run goes on. Only
    Refused, Wait and NotDone say that it had no effect; every other error leaves that open.

    `look` is asked, before either of these, whether the call took effect: with True it did, and
    columns that `look` set on the row are saved; with False it surely did not, and is tried again
    like a call that is not done; None, as any error, cannot tell. If it raises Wait it is asked
    again then.
    """

    if_unsure: Literal["repeat", "stop", "skip"] = "repeat"
    look: Callable[[S], bool | None] | None = None

    @property
    def is_repeatable(self) -> bool:
        return self.if_unsure == "repeat"


class PointOfNoReturn:
    """Beyond this mark nothing is undone."""


POINT_OF_NO_RETURN = PointOfNoReturn()


class Saga(Generic[S]):
    """A named list of steps over one model row, registered under its name.

    `when_undone` is called with the row and the reason, at most once, after every undo has worked:
    the place to tell a viewer that the points are back. A `lane` has workers of its own (those of
    the Celery queue of that name), so that its slow calls keep nobody else waiting. With
    `may_vanish` the row may be deleted while its run is on its way, which then ends.
    """

    def __init__(
        self,
        name: str,
        model: type[S],
        *entries: Step[S] | PointOfNoReturn,
        when_undone: Callable[[S, Refused], None] | None = None,
        lane: str = "",
        may_vanish: bool = False,
    ) -> None:
        if name in _sagas:
            raise ValueError(f"Two sagas are named {name}.")
        steps = [entry for entry in entries if isinstance(entry, Step)]
        self.name = name
        self.model = model
        self.plan = [e.name if isinstance(e, Step) else NO_RETURN for e in entries]
        self.when_undone = when_undone
        self.lane = lane
        self.may_vanish = may_vanish
        self._steps = {step.name: step for step in steps}
        telling = when_undone.__name__ if when_undone else ""
        if len(self._steps) != len(steps) or NO_RETURN in self._steps or telling in self._steps:
            raise ValueError(f"The steps of {name} need names of their own.")
        if not steps or self.plan[0] == NO_RETURN or self.plan.count(NO_RETURN) > 1:
            raise ValueError(f"{name} needs a first step, and at most one point of no return.")
        _sagas[name] = cast(Saga[Model], self)

    def step(self, name: str) -> Step[S]:
        """Return the step of that name; raises KeyError when the code no longer has it."""
        return self._steps[name]

    def has(self, name: str) -> bool:
        return name == NO_RETURN or name in self._steps


def believed(wait: Wait) -> datetime:
    """Return when to come back: never at once, and for a rate limit within half an hour."""
    now = datetime.now(UTC)
    until = max(wait.until, now + SHORTEST_WAIT)
    return min(until, now + LONGEST_RATE_LIMIT) if isinstance(wait, RateLimited) else until


def told(error: Exception) -> str:
    """Return what the journal keeps of an error: a line, as a database quotes rows below it."""
    first, _, _ = str(error).partition("\n")
    return (first or type(error).__name__)[:1000].replace("\0", "")


_sagas: dict[str, Saga[Model]] = {}


def find(name: str) -> Saga[Model]:
    """Return the saga of that name; raises KeyError when the code no longer has it."""
    return _sagas[name]


def every() -> Iterator[Saga[Model]]:
    yield from _sagas.values()


def lanes() -> set[str]:
    """Return the lanes that there are; "" is the usual one."""
    return {"", *(saga.lane for saga in every())}


def backoff(failures: int, longest: float = 30.0) -> float:
    """Return the seconds to wait after that many failures in a row: 1, 2, 4 … up to `longest`."""
    return float(min(longest, 2 ** min(failures - 1, 30)))
