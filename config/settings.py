"""Every setting of Greenroom, read from the environment, loud when a value makes no sense.

A value is looked for in the environment, then in `.env` beside manage.py, then in the files that
an installation keeps under GREENROOM_HOME (generated secrets, addresses of embedded servers).
`.env.example` describes each setting for the person who runs Greenroom.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static

from config import home, logs, navigation

ROOT = home.ROOT
GREENROOM_HOME = home.home()

_written = home.read_env_file(ROOT / ".env")
_given = {name for name, value in {**_written, **os.environ}.items() if value}
_kept = home.running_servers() | home.generated_secrets(_given) | _written


def env(name: str, default: str = "") -> str:
    return (os.environ.get(name) or _kept.get(name) or default).strip()


def env_int(name: str, default: int, least: int, most: int) -> int:
    value = env(name, str(default))
    if not value.isdecimal() or not least <= int(value) <= most:
        raise ImproperlyConfigured(
            f"{name} must be a whole number from {least} to {most}, not {value!r}."
        )
    return int(value)


def env_bool(name: str, default: bool) -> bool:
    value = env(name).lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    if value:
        raise ImproperlyConfigured(f"{name} must be on or off, not {value!r}.")
    return default


def env_choice(name: str, default: str, *choices: str) -> str:
    value = env(name, default).lower()
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def env_url(name: str, default: str, *schemes: str) -> str:
    """Return the URL without a slash at its end."""
    value = env(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.netloc:
        raise ImproperlyConfigured(
            f"{name} must be an address that begins with {' or '.join(s + '://' for s in schemes)}."
        )
    return value


def env_origins(name: str) -> list[str]:
    """Return addresses of a scheme and a host each, as browsers name where a page is from."""
    origins = [origin.strip().rstrip("/") for origin in env(name).split(",") if origin.strip()]
    for origin in origins:
        parts = urlsplit(origin)
        is_local = parts.hostname in ("localhost", "127.0.0.1")
        is_good = parts.scheme == "https" or (parts.scheme == "http" and is_local)
        if not is_good or origin != f"{parts.scheme}://{parts.netloc}".lower() or "@" in origin:
            raise ImproperlyConfigured(
                f"{name} must be addresses such as https://app.example.org, separated by commas;"
                " http:// is for localhost only."
            )
    return origins


def env_zone(name: str, default: str) -> str:
    value = env(name, default)
    try:
        ZoneInfo(value)
    except (ValueError, KeyError, OSError) as error:
        raise ImproperlyConfigured(
            f"{name} must be a time zone such as Europe/Berlin, not {value!r}."
        ) from error
    return value


def database(url: str, pool: int) -> dict[str, object]:
    """Return Django's settings for a `postgresql://user:password@host:port/name?host=…` address."""
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgres", "postgresql") or not name:
        raise ImproperlyConfigured(
            "DATABASE_URL must look like postgresql://user:password@host:5432/name."
        )
    options: dict[str, object] = dict(parse_qsl(parts.query))
    host = str(options.pop("host", "") or unquote(parts.hostname or ""))
    port = str(options.pop("port", "") or parts.port or "")
    # Only the ledger prepares statements; a pooler between us and PostgreSQL may not bear it.
    options["prepare_threshold"] = None if options.pop("prepare", "on") == "off" else 5
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        # The web process takes connections from a pool; the others keep one each.
        "CONN_MAX_AGE": 0 if pool else None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


# --- The installation ------------------------------------------------------------------------

PORT = env_int("PORT", 8000, 1, 65535)
REHEARSAL_PORT = env_int("REHEARSAL_PORT", 8001, 1, 65535)
PUBLIC_URL = env_url("PUBLIC_URL", f"http://localhost:{PORT}", "http", "https")
REHEARSAL = env_bool("REHEARSAL", not env("TWITCH_CLIENT_ID"))
DEBUG = env_bool("DEBUG", False)
LOG_FORMAT = env_choice("LOG_FORMAT", "pretty", "pretty", "json")
LOG_LEVEL = env_choice("LOG_LEVEL", "info", "debug", "info", "warning", "error").upper()

SECRET_KEY = env("DJANGO_SECRET_KEY")
ENCRYPTION_KEYS = [key.strip() for key in env("ENCRYPTION_KEYS").split(",") if key.strip()]
ADMIN_KEY = env("ADMIN_KEY")

_public = urlsplit(PUBLIC_URL)
_is_https = _public.scheme == "https"
ALLOWED_HOSTS = [
    *{str(_public.hostname), "localhost", "127.0.0.1", "[::1]"},
    *[name.strip() for name in env("ALLOWED_HOSTS").split(",") if name.strip()],
]
# Apps of other addresses that people may let act for them.
CLIENT_APPS = env_origins("CLIENT_APPS")
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

# --- The providers ---------------------------------------------------------------------------

_rehearsal = f"127.0.0.1:{REHEARSAL_PORT}"


def provider_url(name: str, real: str, rehearsed: str, *schemes: str) -> str:
    return env_url(name, rehearsed if REHEARSAL else real, *(schemes or ("https", "http")))


TWITCH_CLIENT_ID = env("TWITCH_CLIENT_ID", "rehearsal" if REHEARSAL else "")
TWITCH_CLIENT_SECRET = env("TWITCH_CLIENT_SECRET", "rehearsal-secret" if REHEARSAL else "")
TWITCH_BROADCASTER_ID = env("TWITCH_BROADCASTER_ID", "1000" if REHEARSAL else "")
TWITCH_WEBHOOK_SECRET = env("TWITCH_WEBHOOK_SECRET")
TWITCH_API_URL = provider_url(
    "TWITCH_API_URL", "https://api.twitch.tv/helix", f"http://{_rehearsal}/twitch/helix"
)
TWITCH_AUTH_URL = provider_url(
    "TWITCH_AUTH_URL", "https://id.twitch.tv/oauth2", f"http://{_rehearsal}/twitch/oauth2"
)
TWITCH_EVENTSUB_WS_URL = provider_url(
    "TWITCH_EVENTSUB_WS_URL",
    "wss://eventsub.wss.twitch.tv/ws",
    f"ws://{_rehearsal}/twitch/ws",
    "wss",
    "ws",
)
TWITCH_EVENTSUB_SUBSCRIPTIONS_URL = env_url(
    "TWITCH_EVENTSUB_SUBSCRIPTIONS_URL",
    f"{TWITCH_API_URL}/eventsub/subscriptions",
    "https",
    "http",
)
# What !time says.
CHANNEL_TIME_ZONE = env_zone("CHANNEL_TIME_ZONE", "UTC")
EVENTSUB_TRANSPORT = env_choice(
    "EVENTSUB_TRANSPORT", "webhook" if _is_https else "websocket", "webhook", "websocket"
)

SPOTIFY_CLIENT_ID = env("SPOTIFY_CLIENT_ID", "rehearsal" if REHEARSAL else "")
SPOTIFY_CLIENT_SECRET = env("SPOTIFY_CLIENT_SECRET", "rehearsal-secret" if REHEARSAL else "")
SPOTIFY_API_URL = provider_url(
    "SPOTIFY_API_URL", "https://api.spotify.com/v1", f"http://{_rehearsal}/spotify/v1"
)
SPOTIFY_AUTH_URL = provider_url(
    "SPOTIFY_AUTH_URL", "https://accounts.spotify.com", f"http://{_rehearsal}/spotify/accounts"
)
# Short links are followed to these hosts only.
SPOTIFY_LINK_HOSTS = ["spotify.link", *([_rehearsal] if REHEARSAL else [])]
# Spotify locks an application out for most of a day after some 1,100 to 2,500 calls in 24 hours.
SPOTIFY_DAILY_CALLS = env_int("SPOTIFY_DAILY_CALLS", 700, 2, 100_000)
SPOTIFY_RESERVED_CALLS = env_int("SPOTIFY_RESERVED_CALLS", 200, 0, 100_000)
DISCORD_CLIENT_ID = env("DISCORD_CLIENT_ID", "rehearsal" if REHEARSAL else "")
DISCORD_CLIENT_SECRET = env("DISCORD_CLIENT_SECRET", "rehearsal-secret" if REHEARSAL else "")
DISCORD_API_URL = provider_url(
    "DISCORD_API_URL", "https://discord.com/api/v10", f"http://{_rehearsal}/discord/api/v10"
)
DISCORD_AUTHORIZE_URL = provider_url(
    "DISCORD_AUTHORIZE_URL",
    "https://discord.com/oauth2/authorize",
    f"http://{_rehearsal}/discord/oauth2/authorize",
)

if not 10 <= len(TWITCH_WEBHOOK_SECRET) <= 100 or not TWITCH_WEBHOOK_SECRET.isascii():
    raise ImproperlyConfigured("TWITCH_WEBHOOK_SECRET must have 10 to 100 ASCII characters.")

# --- Applications ----------------------------------------------------------------------------

INSTALLED_APPS = [
    "daphne",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "rest_framework",
    "drf_spectacular",
    "django_celery_beat",
    "pgtrigger",
    "rest",
    "sagas",
    "pushes",
    "tokens",
    "twitch",
    "spotify",
    "accounts",
    "points",
    "raffle",
    "songqueue",
    "tournaments",
    "watcher",
    "achievements",
    "overlay",
    "studio",
    "config",
]
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.logs.RequestContextMiddleware",
    "config.nul.RefuseNulMiddleware",
    "accounts.cors.ClientAppsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

_LOADERS = "django.template.loaders"
_FOLDERS = [f"{_LOADERS}.filesystem.Loader", f"{_LOADERS}.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            # In a rehearsal somebody may be editing them.
            "loaders": _FOLDERS if REHEARSAL else [(f"{_LOADERS}.cached.Loader", _FOLDERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- Storage ---------------------------------------------------------------------------------

DATABASE_URL = env("DATABASE_URL")
REDIS_URL = env("REDIS_URL")
if not DATABASE_URL or not REDIS_URL:
    raise ImproperlyConfigured(
        "No database or Redis is known: start everything with `make run`, "
        "or set DATABASE_URL and REDIS_URL."
    )
# Only the web process shares connections between threads; config/asgi.py says so.
_pool = env_int("DATABASE_POOL", 10, 1, 100)
DATABASES = {"default": database(DATABASE_URL, _pool if "SHARES_CONNECTIONS" in os.environ else 0)}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "greenroom",
        # No page and no probe waits longer for a server that has gone quiet.
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
}

# --- Work ------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": "greenroom:",
    "visibility_timeout": 3600,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A poke that cannot be sent is not waited for: the sweep finds the work in Postgres.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
# A worker process keeps its connection: a new one costs each poke more than the run that it leads.
CELERY_DB_REUSE_MAX = 1000
CELERY_TASK_DEFAULT_QUEUE = "greenroom"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
DJANGO_CELERY_BEAT_TZ_AWARE = True

# A stream that comes back within this time goes on with its session.
STREAM_GRACE = timedelta(seconds=env_int("STREAM_GRACE_SECONDS", 180, 30, 3600))

# A viewer registers for no more tournaments at once.
TOURNAMENT_MOST_REGISTRATIONS = env_int("TOURNAMENT_MOST_REGISTRATIONS", 3, 1, 100)
# Who plays in a match, or runs matches, does not vote in it.
TOURNAMENT_NEUTRAL_VOTERS = env_bool("TOURNAMENT_NEUTRAL_VOTERS", True)

# A person posts to no more Discord channels than these, and watches no more streamers and games.
WATCHER_MOST_TARGETS = env_int("WATCHER_MOST_TARGETS", 20, 1, 1000)
WATCHER_MOST_WATCHES = env_int("WATCHER_MOST_WATCHES", 50, 1, 10_000)
# How often Twitch is asked who is live, with which percentage of the calls that it allows, and for
# how many pages (of a hundred) of a game's most watched streams.
WATCHER_INTERVAL = timedelta(seconds=env_int("WATCHER_INTERVAL_SECONDS", 60, 10, 3600))
WATCHER_SHARE = env_int("WATCHER_SHARE", 60, 1, 95)
WATCHER_GAME_PAGES = env_int("WATCHER_GAME_PAGES", 5, 1, 50)
# A stream that was on already when somebody began to watch it is told of if it began lately.
WATCHER_NEWS = timedelta(minutes=env_int("WATCHER_NEWS_MINUTES", 30, 0, 1440))

# Completed runs, facts and EventSub messages are kept this long.
RETENTION = timedelta(days=env_int("RETENTION_DAYS", 90, 1, 3650))

# --- Web -------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(ROOT / "staticfiles")))
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# The image serves what was collected and compressed for it, a checkout its own files as they are.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not STATIC_ROOT.is_dir()
WHITENOISE_MAX_AGE = 0 if REHEARSAL else 60

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = _is_https
SECURE_REDIRECT_EXEMPT = [r"^health(/ready)?$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _is_https else None
SECURE_HSTS_SECONDS = 31_536_000 if _is_https else 0
# Nothing is promised for other hosts below ours: they are the streamer's, and a year is long.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "studio:room"

# --- Signing in ------------------------------------------------------------------------------

# allauth proves who somebody is; it keeps no token, sends no mail and shows no page of its own.
SOCIALACCOUNT_ADAPTER = "accounts.adapter.Adapter"
SOCIALACCOUNT_ONLY = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_VERIFICATION = ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
# No scope: who somebody is needs none at Twitch, and `identify` is Discord's for it.
SOCIALACCOUNT_PROVIDERS = {
    "twitch": {"SCOPE": []},
    "discord": {"SCOPE": ["identify"], "OAUTH_PKCE_ENABLED": True},
}
SIGN_IN_APPS = {
    name: {"name": label, "client_id": client_id, "secret": secret}
    for name, label, client_id, secret in (
        ("twitch", "Twitch", TWITCH_CLIENT_ID, TWITCH_CLIENT_SECRET),
        ("discord", "Discord", DISCORD_CLIENT_ID, DISCORD_CLIENT_SECRET),
    )
    if client_id and secret
}

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest.parsers.BoundedJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.AdminKeyAuthentication",
        "accounts.authentication.AppAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    # An endpoint that is open to everyone says so itself.
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.IsStaff"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "rest.problems.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Greenroom",
    "DESCRIPTION": "The backstage of a Twitch channel.",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # Several fields have these choices.
    "ENUM_NAME_OVERRIDES": {
        "RankEnum": "twitch.api.commands.RANKS",
        "RunStatusEnum": "sagas.models.Run.Status",
        "BlockKindEnum": "songqueue.models.Block.Kind",
        "LegsEnum": [(1, "1"), (2, "2")],
        "ParticipantStatusEnum": "tournaments.models.Participant.Status",
        "MatchStatusEnum": "tournaments.models.Match.Status",
        "TournamentStatusEnum": "tournaments.models.Tournament.Status",
        "VenueEnum": [("home", "home"), ("away", "away")],
        "VoteStatusEnum": "tournaments.models.VoteEvent.Status",
        "PredictionStatusEnum": "tournaments.models.Prediction.Status",
        "SourceEnum": [("user", "user"), ("autoplay", "autoplay")],
        "TargetSourceEnum": "watcher.models.Target.Source",
        "DeliveryStatusEnum": "watcher.models.Delivery.Status",
        "WatchedKindEnum": "watcher.models.Watch.Kind",
    },
}
UNFOLD = {
    "SITE_TITLE": "Greenroom",
    "SITE_HEADER": "Greenroom",
    "SITE_SUBHEADER": "Rehearsal" if REHEARSAL else "Backstage",
    "SITE_SYMBOL": "theater_comedy",
    "SITE_ICON": lambda request: static("greenroom/icon.svg"),
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("greenroom/icon.svg"),
        }
    ],
    "SITE_URL": "/",
    "ENVIRONMENT": "config.admin.environment",
    "DASHBOARD_CALLBACK": "config.admin.dashboard",
    "SIDEBAR": {"navigation": navigation.GROUPS},
    "COLORS": {
        "primary": {
            "50": "240 253 244",
            "100": "220 252 231",
            "200": "187 247 208",
            "300": "134 239 172",
            "400": "74 222 128",
            "500": "34 197 94",
            # White is to be read on it.
            "600": "21 128 61",
            "700": "22 101 52",
            "800": "20 83 45",
            "900": "10 65 33",
            "950": "5 46 22",
        }
    },
}

LOGGING_CONFIG = None
logs.configure(LOG_FORMAT, LOG_LEVEL)
