"""The settings of Greenroom with the bench's saga."""

from config.settings import *  # noqa: F403

INSTALLED_APPS += ["bench.fivesteps"]  # noqa: F405
