"""What many ask for at one moment is made once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock


class Shared:
    """The newest `most` texts that were made, by their versions; one is made at a time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def get(self, version: str, make: Callable[[], str]) -> str:
        """Return the text of this version, made by whoever asks first."""
        with self._lock:
            if version not in self._texts:
                self._texts[version] = make()
                if len(self._texts) > self._most:
                    self._texts.popitem(last=False)
            return self._texts[version]
