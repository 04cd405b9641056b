"""The settings of Greenroom with a sample app, whose sagas can go wrong in every way."""

from config.settings import *  # noqa: F403

INSTALLED_APPS += ["tests.sagas.sample"]  # noqa: F405
