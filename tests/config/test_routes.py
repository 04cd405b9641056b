"""Who gets what at every address: a route that is not in this table fails here.

Add `Row(route, method, address, statuses)` for what you add: the route as Django spells it, an
address that it matches, and a status for each of CALLERS. Six statuses do, for nobody, viewer,
staff, streamer, wrong key and key: the other people get what `viewer` gets. Where they do not,
write `but((…six…), banned=403, moderator=200)`. Most rows fit a constant below (PUBLIC_API,
STAFF_API, DECISION, …). `viewer`, `other viewer` and `banned viewer` are viewers of the channel;
`moderator` is one, too, and has every role; `staff` and `streamer` never signed in with Twitch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

import pytest
import pytest_django
from django.conf import LazySettings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from accounts.models import User
from config.asgi import application
from overlay import services
from overlay.models import OverlayToken
from pushes.consumers import NOT_ALLOWED, NOT_SIGNED_IN
from tests.overlay.conftest import Site, hear
from tests.tournaments import stage
from twitch.models import Viewer

T = TypeVar("T")

KEY = "open sesame"
# `staff` has no rights beyond being staff; `streamer` has every right.
CALLERS = (
    *("nobody", "viewer", "staff", "streamer", "wrong key", "key"),
    *("other viewer", "banned viewer", "moderator"),
)


class Row(NamedTuple):
    """A request, and the status of its answer to each of CALLERS, or to the first six."""

    route: str
    method: str
    address: str
    statuses: tuple[int, ...]

    def status(self, who: str) -> int:
        return but(self.statuses)[CALLERS.index(who)]


def but(
    statuses: tuple[T, ...],
    *,
    other: T | None = None,
    banned: T | None = None,
    moderator: T | None = None,
) -> tuple[T, ...]:
    """Return nine statuses: other people than the six get what the viewer gets, but for these."""
    viewer = statuses[CALLERS.index("viewer")]
    more = statuses[6:] or (viewer,) * 3
    given = (other, banned, moderator)
    changed = [old if new is None else new for old, new in zip(more, given, strict=True)]
    return *statuses[:6], *changed


EVERYBODY = (200,) * 6
# A wrong key is refused also where none is needed.
PUBLIC_API = (200, 200, 200, 200, 401, 200)
# For people, whoever they are; the admin key is nobody.
PERSON_API = (401, 200, 200, 200, 401, 403)
SIGNED_IN_PAGE = (302, 200, 200, 200, 302, 302)
STAFF_API = (401, 403, 200, 200, 401, 200)
# There is no run 1: who may look, or decide, is told so.
LOOK = (401, 403, 404, 404, 401, 404)
DECISION = (401, 403, 403, 404, 401, 404)
CHANGE = (401, 403, 403, 200, 401, 200)
# The admin sends strangers to its sign-in page, and knows no key.
ADMIN = (302, 302, 200, 200, 302, 302)
ADMIN_WITH_RIGHT = (302, 302, 403, 200, 302, 302)
ADMIN_AWAY = (302,) * 6
# The studio sends strangers there, too; other people are refused.
STUDIO = but((302, 403, 200, 200, 302, 302), moderator=200)
STUDIO_RIGHT = (302, 403, 403, 200, 302, 302)
STUDIO_ROLE = but(STUDIO_RIGHT, moderator=200)
# There is no such run, song or show.
STUDIO_AWAY = but((302, 403, 403, 404, 302, 302), moderator=404)

# What everybody may read, if it were there.
NONE_HERE = (404, 404, 404, 404, 401, 404)
DRAW_PAGE = "tournaments/<tour:tournament_id>/draw"
RUN_TOUR = "api/admin/tournaments/<tour:tournament_id>"
# There is no such tournament: who may run its draw is told so.
CURATED = but((401, 403, 403, 404, 401, 404), moderator=404)
# Nobody is named, and nothing asked for.
NOTHING_TO_CURATE = but((401, 403, 403, 400, 401, 400), moderator=400)
REGISTERS = but((401, 404, 403, 403, 401, 403), banned=403)
TOUR, NO_TOUR = "api/tournaments/<tour:tournament_id>", f"tour_{'0' * 26}"

RUN_MATCH, MATCH = "api/admin/matches/<match:match_id>", "api/matches/<match:match_id>"
NO_MATCH, NO_VOTE = f"match_{'0' * 26}", f"votes/vote_{'0' * 26}"
RUN_PLAYER, NO_PLAYER = "api/admin/players/<player:player_id>", f"player_{'0' * 26}"
# A press without a body, by viewers who may act.
EMPTY_PRESS = but((401, 400, 403, 403, 401, 403), banned=403)

SIGNED_IN_BY = "accounts/<slug:provider>/login/callback/"
TOUR_PAGE = "tournaments/<tour:tournament_id>"

UNLINK = "me/identities/<slug:provider>/unlink"
APP_SESSION = "api/auth/sessions/<str:session_id>"
RUN = "api/admin/runs/<int:run_id>"
COMMAND = "api/admin/commands/<str:name>"
CALLBACK = "connect/<slug:provider>/callback"
CONNECT = "connect/<slug:provider>/<slug:role>"
VIEWER = r"api/^stats/raffle/viewers/(?P<viewer_id>\d{1,32})$"
APP_LABELS = (
    "sagas|tokens|twitch|spotify|accounts|points|raffle|songqueue|tournaments|watcher|achievements"
    "|overlay|django_celery_beat"
)
APP_LIST = rf"admin/^(?P<app_label>{APP_LABELS})/$"
SONGS = "api/admin/song-queue"
REMOVE_SONG = rf"^{SONGS}/requests/(?P<request_id>song_[0-9A-Z]{{26}})/remove$"
CLOSE_BREAKER = "admin/spotify/call/close-breaker/"
ACHIEVED, CORRECT = "api/achievements", "api/admin/achievements"
DRY_RUN = "admin/achievements/definition/<path:object_id>/dry-run/"
DECIDE, SONG = "studio/runs/<int:run_id>/<slug:verb>", "studio/songs/<str:song_id>"
REPLAY = "studio/replays/<slug:scene>/<str:subject>"
DECIDE_RUN = "admin/sagas/run/<int:run_id>/decide/<str:verb>/"
DECIDE_ADDRESS = "admin/overlay/overlaytoken/<int:token_id>/do/<slug:verb>/"

NO_TARGET, NO_WATCH = f"target_{'0' * 26}", f"watch_{'0' * 26}"
NO_DELIVERY = f"delivery_{'0' * 26}"
WATCHED = ("targets", "watches", "deliveries", "live")
# Nothing is said that is needed.
EMPTY = (401, 400, 400, 400, 401, 403)
NOT_MINE = (401, 404, 404, 404, 401, 403)
TARGET, WATCH = "targets/<target:target_id>", "watches/<watch:watch_id>"
DELIVERY = "deliveries/<delivery:delivery_id>"
WATCH_ROWS = (
    (TARGET, f"targets/{NO_TARGET}", "GET PATCH DELETE"),
    (f"{TARGET}/check", f"targets/{NO_TARGET}/check", "POST"),
    (WATCH, f"watches/{NO_WATCH}", "GET PATCH DELETE"),
    (f"{WATCH}/test", f"watches/{NO_WATCH}/test", "POST"),
    (DELIVERY, f"deliveries/{NO_DELIVERY}", "GET"),
    (f"{DELIVERY}/resend", f"deliveries/{NO_DELIVERY}/resend", "POST"),
)

TABLE = [
    Row("", "GET", "/", EVERYBODY),
    Row("", "POST", "/", (405,) * 6),
    Row("health", "GET", "/health", EVERYBODY),
    # No worker runs here.
    Row("health/ready", "GET", "/health/ready", (503,) * 6),
    Row("api/schema", "GET", "/api/schema", PUBLIC_API),
    Row("api/stats/raffle/leaderboard", "GET", "/api/stats/raffle/leaderboard", PUBLIC_API),
    Row(VIEWER, "GET", "/api/stats/raffle/viewers/1", (404, 404, 404, 404, 401, 404)),
    Row("api/raffle/rolls", "GET", "/api/raffle/rolls", PUBLIC_API),
    Row("api/raffle/rolls", "POST", "/api/raffle/rolls", (405, 405, 405, 405, 401, 405)),
    Row("api/points/leaderboard", "GET", "/api/points/leaderboard", PUBLIC_API),
    Row(
        "api/points/leaderboard", "POST", "/api/points/leaderboard", (405, 405, 405, 405, 401, 405)
    ),
    Row("api/points/me", "GET", "/api/points/me", (401, 200, 403, 403, 401, 403)),
    Row("api/points/me/entries", "GET", "/api/points/me/entries", (401, 200, 403, 403, 401, 403)),
    Row(
        "api/points/viewers/<str:name>",
        "GET",
        "/api/points/viewers/nobody",
        (404, 404, 404, 404, 401, 404),
    ),
    Row("api/stream", "GET", "/api/stream", PUBLIC_API),
    Row("api/stream/viewers", "GET", "/api/stream/viewers", PUBLIC_API),
    Row("api/streams", "GET", "/api/streams", PUBLIC_API),
    Row("api/streams", "POST", "/api/streams", (405, 405, 405, 405, 401, 405)),
    Row("commands", "GET", "/commands", EVERYBODY),
    Row("commands", "POST", "/commands", (405,) * 6),
    Row("api/admin/commands", "GET", "/api/admin/commands", STAFF_API),
    # A body without a name.
    Row("api/admin/commands", "POST", "/api/admin/commands", (401, 403, 403, 400, 401, 400)),
    Row(COMMAND, "GET", "/api/admin/commands/time", STAFF_API),
    Row(COMMAND, "PATCH", "/api/admin/commands/nothing", (401, 403, 403, 404, 401, 404)),
    # It is computed, so it stays.
    Row(COMMAND, "DELETE", "/api/admin/commands/time", (401, 403, 403, 409, 401, 409)),
    *[
        Row(f"{TOUR}/{document}", "GET", f"/api/tournaments/{NO_TOUR}/{document}", NONE_HERE)
        for document in ("participants", "matches", "standings", "knockout", "live")
    ],
    Row("api/tournaments", "GET", "/api/tournaments", PUBLIC_API),
    Row("api/tournaments/live", "GET", "/api/tournaments/live", PUBLIC_API),
    Row(TOUR, "GET", f"/api/tournaments/{NO_TOUR}", NONE_HERE),
    *[
        Row(f"{TOUR}/register", method, f"/api/tournaments/{NO_TOUR}/register", REGISTERS)
        for method in ("POST", "DELETE")
    ],
    Row(
        f"{TOUR}/my-registration-status",
        "GET",
        f"/api/tournaments/{NO_TOUR}/my-registration-status",
        but(REGISTERS, banned=404),
    ),
    Row("api/admin/tournaments", "GET", "/api/admin/tournaments", CHANGE),
    # A body without a name.
    Row("api/admin/tournaments", "POST", "/api/admin/tournaments", (401, 403, 403, 400, 401, 400)),
    Row(RUN_TOUR, "GET", f"/api/admin/tournaments/{NO_TOUR}", DECISION),
    Row(RUN_TOUR, "PATCH", f"/api/admin/tournaments/{NO_TOUR}", DECISION),
    Row(
        f"{RUN_TOUR}/transition",
        "POST",
        f"/api/admin/tournaments/{NO_TOUR}/transition",
        (401, 403, 403, 400, 401, 400),
    ),
    *[
        Row(f"{RUN_TOUR}/{what}", method, f"/api/admin/tournaments/{NO_TOUR}/{what}", answers)
        for what, method, answers in (
            ("history", "GET", CURATED),
            ("registrations", "GET", CURATED),
            ("registrations", "PATCH", NOTHING_TO_CURATE),
            ("registrations/fill", "POST", CURATED),
            ("registrations/preview", "GET", CURATED),
            ("registrations/seeds", "POST", NOTHING_TO_CURATE),
            ("confirm-participants", "POST", NOTHING_TO_CURATE),
            ("take-back", "POST", CURATED),
            ("replace", "POST", NOTHING_TO_CURATE),
        )
    ],
    *[
        Row(
            f"admin/tournaments/tournament/<str:tournament_id>/{page}",
            method,
            f"/admin/tournaments/tournament/{NO_TOUR}/{page}".replace("<str:player_id>", "x"),
            # Who curates need not be staff.
            but((302, 403, 403, 404, 302, 302), moderator=404),
        )
        for page, method in (
            ("board/", "GET"),
            ("board/publish/", "GET"),
            ("board/publish/", "POST"),
            ("board/mark/", "POST"),
            ("board/fill/", "POST"),
            ("board/clear/", "POST"),
            ("board/seed/", "POST"),
            ("board/take-back/", "POST"),
            ("board/replace/<str:player_id>/", "POST"),
        )
    ],
    Row(
        "admin/tournaments/tournament/<str:tournament_id>/step/",
        "POST",
        f"/admin/tournaments/tournament/{NO_TOUR}/step/",
        (302, 302, 404, 404, 302, 302),
    ),
    # No ceremony is on.
    Row(
        "api/tournaments/ceremony",
        "GET",
        "/api/tournaments/ceremony",
        (204, 204, 204, 204, 401, 204),
    ),
    Row(DRAW_PAGE, "GET", f"/tournaments/{NO_TOUR}/draw", (404,) * 6),
    Row(f"{DRAW_PAGE}/panels", "GET", f"/tournaments/{NO_TOUR}/draw/panels", (404,) * 6),
    Row(
        f"{DRAW_PAGE}/do/<slug:verb>",
        "POST",
        f"/tournaments/{NO_TOUR}/draw/do/run",
        but((302, 403, 403, 404, 302, 302), moderator=404),
    ),
    Row(f"{TOUR}/draw", "GET", f"/api/tournaments/{NO_TOUR}/draw", NONE_HERE),
    *[
        Row(f"{RUN_TOUR}/{what}", method, f"/api/admin/tournaments/{NO_TOUR}/{what}", answers)
        for what, method, answers in (
            ("run-league-draw", "POST", CURATED),
            ("run-bracket-draw", "POST", CURATED),
            # What to do is missing.
            ("ceremony", "POST", but((401, 403, 403, 400, 401, 400), moderator=400)),
            ("draw-rules", "GET", CURATED),
            ("draw-rules", "PUT", CURATED),
        )
    ],
    *[
        Row(f"{TOUR}/{file}", "GET", f"/api/tournaments/{NO_TOUR}/{file}", NONE_HERE)
        for file in ("export.json", "table.csv", "matches.csv", "matches.ics")
    ],
    Row(
        f"{TOUR}/players/<player:player_id>/matches.ics",
        "GET",
        f"/api/tournaments/{NO_TOUR}/players/player_{'0' * 26}/matches.ics",
        NONE_HERE,
    ),
    Row("tournaments", "GET", "/tournaments", EVERYBODY),
    Row(TOUR_PAGE, "GET", f"/tournaments/{NO_TOUR}", (404,) * 6),
    Row(f"{TOUR_PAGE}/panels", "GET", f"/tournaments/{NO_TOUR}/panels", (404,) * 6),
    *[
        Row(
            f"{TOUR_PAGE}/{verb}",
            "POST",
            f"/tournaments/{NO_TOUR}/{verb}",
            but((302, 404, 403, 403, 302, 302), banned=403),
        )
        for verb in ("register", "withdraw")
    ],
    Row(
        f"{TOUR_PAGE}/players/<player:player_id>",
        "GET",
        f"/tournaments/{NO_TOUR}/players/player_{'0' * 26}",
        (404,) * 6,
    ),
    Row("matches/<match:match_id>", "GET", f"/matches/match_{'0' * 26}", (404,) * 6),
    Row("api/matches/<match:match_id>", "GET", f"/api/matches/match_{'0' * 26}", NONE_HERE),
    Row("queue", "GET", "/queue", EVERYBODY),
    Row("queue", "POST", "/queue", (405,) * 6),
    # No player was ever read here.
    Row("api/now-playing", "GET", "/api/now-playing", (503, 503, 503, 503, 401, 503)),
    Row("api/queue", "GET", "/api/queue", (503, 503, 503, 503, 401, 503)),
    Row("api/song-requests/history", "GET", "/api/song-requests/history", PUBLIC_API),
    Row("api/stats/streams", "GET", "/api/stats/streams", PUBLIC_API),
    Row(
        "api/stats/viewers/<str:name>",
        "GET",
        "/api/stats/viewers/nobody",
        (404, 404, 404, 404, 401, 404),
    ),
    Row("api/stats/top-tracks", "GET", "/api/stats/top-tracks", PUBLIC_API),
    Row("api/stats/top-requesters", "GET", "/api/stats/top-requesters", PUBLIC_API),
    Row("api/admin/runs", "GET", "/api/admin/runs", STAFF_API),
    Row(REMOVE_SONG, "POST", f"/{SONGS}/requests/song_{'0' * 26}/remove", DECISION),
    Row(f"{SONGS}/blocks", "GET", "/api/admin/song-queue/blocks", STAFF_API),
    Row(f"{SONGS}/blocks", "POST", "/api/admin/song-queue/blocks", (401, 403, 403, 400, 401, 400)),
    Row(f"{SONGS}/blocks/<int:block_id>", "GET", "/api/admin/song-queue/blocks/1", LOOK),
    Row(f"{SONGS}/blocks/<int:block_id>", "PATCH", "/api/admin/song-queue/blocks/1", DECISION),
    Row(f"{SONGS}/blocks/<int:block_id>", "DELETE", "/api/admin/song-queue/blocks/1", DECISION),
    Row(f"{SONGS}/pause", "POST", "/api/admin/song-queue/pause", CHANGE),
    Row(f"{SONGS}/rules", "GET", "/api/admin/song-queue/rules", STAFF_API),
    Row(f"{SONGS}/rules", "PATCH", "/api/admin/song-queue/rules", CHANGE),
    Row("api/admin/spotify", "GET", "/api/admin/spotify", STAFF_API),
    Row(RUN, "GET", "/api/admin/runs/1", LOOK),
    Row(f"{RUN}/retry", "POST", "/api/admin/runs/1/retry", DECISION),
    Row(f"{RUN}/mark-done", "POST", "/api/admin/runs/1/mark-done", DECISION),
    Row(f"{RUN}/compensate", "POST", "/api/admin/runs/1/compensate", DECISION),
    Row(f"{RUN}/close", "POST", "/api/admin/runs/1/close", DECISION),
    Row("sign-in", "GET", "/sign-in", (200, 302, 302, 302, 200, 200)),
    # Its way to Twitch, where the browser goes next.
    Row("sign-in/with/<slug:provider>", "POST", "/sign-in/with/twitch", (302,) * 6),
    Row("sign-in/with/<slug:provider>", "GET", "/sign-in/with/twitch", (405,) * 6),
    Row("sign-in/with/<slug:provider>", "POST", "/sign-in/with/nobody", (404,) * 6),
    Row(SIGNED_IN_BY, "GET", "/accounts/twitch/login/callback/", (400,) * 6),
    Row(SIGNED_IN_BY, "GET", "/accounts/nobody/login/callback/", (404,) * 6),
    Row("me", "GET", "/me", SIGNED_IN_PAGE),
    Row("me", "POST", "/me", (405,) * 6),
    Row("me/delete", "GET", "/me/delete", SIGNED_IN_PAGE),
    # Nothing is confirmed.
    Row("me/delete", "POST", "/me/delete", (302, 400, 400, 400, 302, 302)),
    Row("me/gone", "GET", "/me/gone", EVERYBODY),
    Row(UNLINK, "GET", "/me/identities/discord/unlink", (405,) * 6),
    Row(UNLINK, "POST", "/me/identities/discord/unlink", (302,) * 6),
    Row("me/visibility", "GET", "/me/visibility", (405,) * 6),
    Row("me/visibility", "POST", "/me/visibility", (302,) * 6),
    Row("me/apps/<str:session_id>/end", "GET", "/me/apps/x/end", (405,) * 6),
    Row("me/apps/<str:session_id>/end", "POST", "/me/apps/x/end", (302,) * 6),
    Row("authorize-app", "GET", "/authorize-app", (400,) * 6),
    Row("authorize-app", "POST", "/authorize-app", (400,) * 6),
    Row("api/me", "GET", "/api/me", PERSON_API),
    Row("api/me/export", "GET", "/api/me/export", PERSON_API),
    Row("api/me/delete", "POST", "/api/me/delete", (401, 400, 400, 400, 401, 403)),
    Row("api/auth/csrf", "GET", "/api/auth/csrf", EVERYBODY),
    Row("api/auth/token", "POST", "/api/auth/token", (400,) * 6),
    Row("api/auth/refresh", "POST", "/api/auth/refresh", (401,) * 6),
    # Who is signed in without an app has a button for it.
    Row("api/auth/sign-out", "POST", "/api/auth/sign-out", (401,) * 6),
    Row("api/auth/sessions", "GET", "/api/auth/sessions", PERSON_API),
    Row(APP_SESSION, "DELETE", "/api/auth/sessions/x", (401, 404, 404, 404, 401, 403)),
    Row("sign-out", "GET", "/sign-out", (405,) * 6),
    Row("sign-out", "POST", "/sign-out", (302,) * 6),
    Row("sign-in/<str:secret>/", "GET", "/sign-in/guess/", EVERYBODY),
    Row("sign-in/<str:secret>/", "POST", "/sign-in/guess/", (410,) * 6),
    Row("watch/connect", "POST", "/watch/connect", but((302,) * 6, banned=403)),
    Row("watch/connect", "GET", "/watch/connect", (405,) * 6),
    Row(
        "watch/connect/callback",
        "GET",
        "/watch/connect/callback?code=x&state=y",
        but((302, 400, 400, 400, 302, 302), banned=403),
    ),
    Row("watch", "GET", "/watch", EVERYBODY),
    Row("watch", "POST", "/watch", (405,) * 6),
    *[
        Row(f"watch/{route}", "GET", f"/watch/{address}", (302, 404, 404, 404, 302, 302))
        for route, address in (
            ("channels/<target:target_id>/add", f"channels/{NO_TARGET}/add"),
            ("watches/<watch:watch_id>", f"watches/{NO_WATCH}"),
            ("posts/<delivery:delivery_id>", f"posts/{NO_DELIVERY}"),
        )
    ],
    *[Row(f"api/watch/{what}", "GET", f"/api/watch/{what}", PERSON_API) for what in WATCHED],
    *[
        # A body without anything in it.
        Row(f"api/watch/{what}", "POST", f"/api/watch/{what}", but(EMPTY, banned=403))
        for what in ("targets", "watches")
    ],
    Row("api/watch/preview", "POST", "/api/watch/preview", but(PERSON_API, banned=403)),
    Row("api/watch/games", "GET", "/api/watch/games", EMPTY),
    *[
        Row(f"api/watch/{route}", method, f"/api/watch/{address}", answers)
        for route, address, methods in WATCH_ROWS
        for method in methods.split()
        for answers in [NOT_MINE if method == "GET" else but(NOT_MINE, banned=403)]
    ],
    Row(CALLBACK, "GET", "/connect/twitch/callback", (400,) * 6),
    Row(CALLBACK, "GET", "/connect/spotify/callback", (400,) * 6),
    Row(CALLBACK, "GET", "/connect/nobody/callback", (404,) * 6),
    Row(CONNECT, "GET", "/connect/twitch/bot", ADMIN_WITH_RIGHT),
    Row(CONNECT, "GET", "/connect/spotify/player", ADMIN_WITH_RIGHT),
    Row(CONNECT, "POST", "/connect/twitch/bot", (302, 302, 403, 302, 302, 302)),
    Row(CONNECT, "POST", "/connect/spotify/player", (302, 302, 403, 302, 302, 302)),
    Row("overlay/", "GET", "/overlay/", (403,) * 6),
    Row("overlay/shell", "GET", "/overlay/shell", EVERYBODY),
    Row("overlay/worker.js", "GET", "/overlay/worker.js", EVERYBODY),
    Row("viewers/<str:name>", "GET", "/viewers/nobody", (404,) * 6),
    Row(f"{ACHIEVED}/definitions", "GET", f"/{ACHIEVED}/definitions", PUBLIC_API),
    Row(f"{ACHIEVED}/leaderboard", "GET", f"/{ACHIEVED}/leaderboard", PUBLIC_API),
    Row(f"{ACHIEVED}/viewers/<str:name>", "GET", f"/{ACHIEVED}/viewers/nobody", PUBLIC_API),
    Row(
        f"{ACHIEVED}/viewers/<str:name>/unlocked",
        "GET",
        f"/{ACHIEVED}/viewers/nobody/unlocked",
        PUBLIC_API,
    ),
    Row(f"{CORRECT}/recount", "POST", f"/{CORRECT}/recount", (401, 403, 403, 200, 401, 200)),
    # Never everybody.
    Row(f"{CORRECT}/reset", "POST", f"/{CORRECT}/reset", (401, 403, 403, 400, 401, 400)),
    Row(f"{CORRECT}/<str:key>/dry-run", "GET", f"/{CORRECT}/0/dry-run", DECISION),
    Row(f"{CORRECT}/<str:key>/apply", "POST", f"/{CORRECT}/0/apply", DECISION),
    Row("studio", "GET", "/studio", STUDIO),
    Row("studio", "POST", "/studio", (405,) * 6),
    Row(DECIDE, "GET", "/studio/runs/1/retry", (405,) * 6),
    Row(DECIDE, "POST", "/studio/runs/1/retry", STUDIO_AWAY),
    Row("studio/songs/skip", "POST", "/studio/songs/skip", STUDIO_ROLE),
    Row("studio/songs/pause", "POST", "/studio/songs/pause", STUDIO_ROLE),
    Row("studio/songs/resume", "POST", "/studio/songs/resume", STUDIO_ROLE),
    Row(f"{SONG}/remove", "POST", "/studio/songs/x/remove", STUDIO_AWAY),
    Row(f"{SONG}/block/<slug:kind>", "POST", "/studio/songs/x/block/track", STUDIO_AWAY),
    Row(REPLAY, "POST", "/studio/replays/roll/x", STUDIO_AWAY),
    Row("studio/samples/<slug:kind>", "POST", "/studio/samples/roll", STUDIO_ROLE),
    # There is no tournament to show.
    Row(
        "studio/sheets/<slug:kind>",
        "POST",
        "/studio/sheets/table",
        but((302, 403, 403, 409, 302, 302), moderator=409),
    ),
    Row("studio/setup", "GET", "/studio/setup", STUDIO_RIGHT),
    # Without a connection nothing can be shown to work.
    Row(
        "studio/setup/<slug:step>",
        "POST",
        "/studio/setup/broadcaster",
        (302, 403, 403, 409, 302, 302),
    ),
    Row("studio/shows", "GET", "/studio/shows", STUDIO),
    Row(
        "studio/shows/<str:session_id>",
        "GET",
        "/studio/shows/x",
        but((302, 403, 404, 404, 302, 302), moderator=404),
    ),
    # The admin, beside the five pages that each of its tables has.
    Row("admin/", "GET", "/admin/", ADMIN),
    Row("admin/login/", "GET", "/admin/login/", (200, 200, 302, 302, 200, 200)),
    Row("admin/logout/", "POST", "/admin/logout/", (302, 302, 200, 200, 302, 302)),
    Row("admin/logout/", "GET", "/admin/logout/", (302, 302, 405, 405, 302, 302)),
    Row("admin/password_change/", "GET", "/admin/password_change/", ADMIN),
    Row("admin/password_change/done/", "GET", "/admin/password_change/done/", ADMIN),
    Row("admin/autocomplete/", "GET", "/admin/autocomplete/", (302, 302, 403, 403, 302, 302)),
    Row("admin/jsi18n/", "GET", "/admin/jsi18n/", ADMIN),
    Row("admin/search/", "GET", "/admin/search/?s=mo", ADMIN),
    Row(
        "admin/r/<path:content_type_id>/<path:object_id>/",
        "GET",
        "/admin/r/1/1/",
        (302, 302, 404, 404, 302, 302),
    ),
    Row(APP_LIST, "GET", "/admin/twitch/", (302, 302, 404, 200, 302, 302)),
    Row("admin/(?P<url>.*)$", "GET", "/admin/nothing/", (302, 302, 404, 404, 302, 302)),
    Row(
        DRY_RUN,
        "GET",
        "/admin/achievements/definition/0/dry-run/",
        (302, 302, 403, 404, 302, 302),
    ),
    Row(DECIDE_RUN, "GET", "/admin/sagas/run/1/decide/retry/", (405,) * 6),
    Row(DECIDE_RUN, "POST", "/admin/sagas/run/1/decide/retry/", (302, 302, 403, 302, 302, 302)),
    Row(DECIDE_ADDRESS, "GET", "/admin/overlay/overlaytoken/1/do/revoke/", (405,) * 6),
    Row(
        DECIDE_ADDRESS,
        "POST",
        "/admin/overlay/overlaytoken/1/do/revoke/",
        (302, 302, 403, 404, 302, 302),
    ),
    Row(CLOSE_BREAKER, "GET", "/admin/spotify/call/close-breaker/", (405,) * 6),
    Row(
        CLOSE_BREAKER,
        "POST",
        "/admin/spotify/call/close-breaker/",
        (302, 302, 403, 302, 302, 302),
    ),
    Row(
        f"{RUN_MATCH}/start-vote",
        "POST",
        f"/api/admin/matches/{NO_MATCH}/start-vote",
        # Without terms.
        but((401, 403, 403, 400, 401, 400), moderator=400),
    ),
    Row("api/admin/votes/<vote:vote_id>/cancel", "POST", f"/api/admin/{NO_VOTE}/cancel", CURATED),
    Row("api/votes/<vote:vote_id>", "GET", f"/api/{NO_VOTE}", NONE_HERE),
    Row("api/votes/<vote:vote_id>/cast", "POST", f"/api/{NO_VOTE}/cast", EMPTY_PRESS),
    Row(f"{MATCH}/predict", "POST", f"/api/matches/{NO_MATCH}/predict", EMPTY_PRESS),
    Row(f"{MATCH}/predictions", "GET", f"/api/matches/{NO_MATCH}/predictions", NONE_HERE),
    Row(
        f"{TOUR}/my-predictions",
        "GET",
        f"/api/tournaments/{NO_TOUR}/my-predictions",
        (401, 404, 403, 403, 401, 403),
    ),
    Row("api/admin/matches", "GET", "/api/admin/matches", but(CHANGE, moderator=200)),
    *(
        Row(f"{RUN_MATCH}/{verb}", "POST", f"/api/admin/matches/{NO_MATCH}/{verb}", CURATED)
        for verb in ("live", "call-back", "resolve", "preview", "take-back")
    ),
    *(
        Row(
            f"{RUN_MATCH}/{verb}",
            "POST",
            f"/api/admin/matches/{NO_MATCH}/{verb}",
            NOTHING_TO_CURATE,
        )
        for verb in ("score", "schedule")
    ),
    Row(
        f"{RUN_TOUR}/schedule-day",
        "POST",
        f"/api/admin/tournaments/{NO_TOUR}/schedule-day",
        NOTHING_TO_CURATE,
    ),
    *(
        Row(f"{RUN_PLAYER}/{verb}", "POST", f"/api/admin/players/{NO_PLAYER}/{verb}", answers)
        for verb, answers in (
            ("withdraw", CURATED),
            ("reinstate", CURATED),
            ("warnings", NOTHING_TO_CURATE),
        )
    ),
    Row(f"{MATCH}/report", "POST", f"/api/matches/{NO_MATCH}/report", EMPTY_PRESS),
    # There is no such match: who plays in it is not known either.
    Row(
        "matches/<match:match_id>/report",
        "GET",
        f"/matches/{NO_MATCH}/report",
        but((302, 404, 403, 403, 302, 302), banned=403),
    ),
    Row(f"{TOUR_PAGE}/desk", "GET", f"/tournaments/{NO_TOUR}/desk", STUDIO_AWAY),
    Row(f"{TOUR_PAGE}/desk/players", "GET", f"/tournaments/{NO_TOUR}/desk/players", STUDIO_AWAY),
    Row(
        f"{TOUR_PAGE}/desk/<str:day_key>/schedule",
        "POST",
        f"/tournaments/{NO_TOUR}/desk/LEAGUE-1/schedule",
        STUDIO_AWAY,
    ),
    *(
        Row(f"desk/<match:match_id>/{verb}", "POST", f"/desk/{NO_MATCH}/{verb}", STUDIO_AWAY)
        for verb in ("live", "call-back", "score", "enter", "take-back")
    ),
    *(
        Row(f"desk/<player:player_id>/{verb}", "POST", f"/desk/{NO_PLAYER}/{verb}", STUDIO_AWAY)
        for verb in ("withdraw", "reinstate", "warn")
    ),
    Row(
        "admin/tournaments/match/<path:object_id>/desk/",
        "GET",
        "/admin/tournaments/match/0/desk/",
        (302, 302, 403, 404, 302, 302),
    ),
    # Without a connection there is nobody to ask, which the next page says.
    Row(
        "admin/twitch/reward/check/",
        "GET",
        "/admin/twitch/reward/check/",
        (302, 302, 403, 302, 302, 302),
    ),
]


# What the streamer gets when adding to a table of the admin, and when deleting a row that is not
# there: 403 where nobody may.
TABLES = {
    "accounts/user": (403, 403),
    "achievements/change": (403, 403),
    "achievements/definition": (200, 302),
    "achievements/heardfact": (403, 403),
    "achievements/hiddenviewer": (200, 302),
    "achievements/standing": (403, 403),
    "django_celery_beat/periodictask": (403, 403),
    "overlay/overlaytoken": (200, 403),
    "points/account": (403, 403),
    "points/decision": (200, 403),
    "points/entry": (403, 403),
    "points/exchange": (403, 403),
    "points/hold": (403, 403),
    "points/rates": (403, 403),
    "points/rewardpoints": (200, 302),
    "raffle/roll": (403, 403),
    "sagas/event": (403, 403),
    "sagas/run": (403, 403),
    "songqueue/block": (200, 302),
    "songqueue/decision": (403, 403),
    "songqueue/play": (403, 403),
    "songqueue/songrequest": (403, 403),
    "songqueue/songrules": (403, 403),
    "spotify/call": (403, 403),
    "spotify/track": (403, 403),
    "tokens/token": (403, 403),
    "tournaments/change": (403, 403),
    "tournaments/drawing": (403, 403),
    "tournaments/match": (403, 403),
    "tournaments/prediction": (403, 403),
    "tournaments/registration": (403, 403),
    "tournaments/report": (403, 403),
    "tournaments/result": (403, 403),
    "tournaments/settlement": (403, 403),
    "tournaments/tournament": (200, 302),
    "tournaments/voteevent": (200, 403),
    "twitch/chattext": (200, 302),
    "twitch/command": (200, 302),
    "twitch/commanduse": (403, 403),
    "twitch/message": (403, 403),
    "twitch/messageconflict": (403, 403),
    "twitch/raid": (403, 403),
    "twitch/redemption": (403, 403),
    "twitch/reward": (200, 403),
    "twitch/streamsession": (403, 403),
    "twitch/subscription": (403, 403),
    "twitch/viewer": (403, 403),
    "watcher/delivery": (403, 403),
    "watcher/target": (403, 403),
    "watcher/watch": (403, 403),
    "watcher/watchedstream": (403, 403),
}
for name, (added, deleted) in TABLES.items():
    page = f"admin/{name}/"
    TABLE += [
        Row(page, "GET", f"/{page}", ADMIN_WITH_RIGHT),
        Row(f"{page}add/", "GET", f"/{page}add/", (302, 302, 403, added, 302, 302)),
        Row(f"{page}<path:object_id>/", "GET", f"/{page}0/", ADMIN_AWAY),
        Row(f"{page}<path:object_id>/history/", "GET", f"/{page}0/history/", ADMIN_AWAY),
        Row(
            f"{page}<path:object_id>/change/",
            "GET",
            f"/{page}0/change/",
            (302, 302, 403, 302, 302, 302),
        ),
        Row(
            f"{page}<path:object_id>/delete/",
            "POST",
            f"/{page}0/delete/",
            (302, 302, 403, deleted, 302, 302),
        ),
    ]

# It starts a run, and the rows before say that there is none.
TABLE.append(
    Row(f"{SONGS}/skip", "POST", "/api/admin/song-queue/skip", (401, 403, 403, 202, 401, 202))
)


def views(
    patterns: list[URLPattern | URLResolver], before: str = ""
) -> Iterator[tuple[str, object]]:
    """Yield every route below these patterns, as one text, and its view."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


@pytest.fixture(params=CALLERS)
def who(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def person(db: None, who: str) -> User | None:
    """Who is signed in, if anybody is."""
    return made(who)


def made(who: str) -> User | None:
    """Make the person, unless it is a caller who is none."""
    if who in ("staff", "streamer"):
        return User.objects.create_user(who, is_staff=True, is_superuser=who == "streamer")
    if who in ("nobody", "wrong key", "key"):
        return None
    viewer = Viewer.objects.create(pk=f"7{CALLERS.index(who)}", login=who, display_name=who)
    user = User.objects.create_user(who, viewer=viewer, is_banned=who == "banned viewer")
    if who == "moderator":
        user.groups.set(Group.objects.all())
    return user


def status(row: Row, who: str, person: User | None) -> int:
    key = {"key": KEY, "wrong key": "guess"}.get(who)
    headers = {"X-Admin-Key": key} if key else {}
    client = Client(headers=headers, raise_request_exception=False, SERVER_NAME="localhost")
    if person:
        client.force_login(person)
    return client.generic(row.method, row.address).status_code


def test_every_route_is_in_the_table() -> None:
    routes = {route for route, _ in views(get_resolver().url_patterns)}
    assert routes == {row.route for row in TABLE}


def test_every_method_of_an_api_is_in_the_table() -> None:
    methods = {
        (route, method.upper())
        for route, view in views(get_resolver().url_patterns)
        for method in ("get", "post", "put", "patch", "delete")
        if hasattr(getattr(view, "cls", None), method)
    }
    assert methods <= {(row.route, row.method) for row in TABLE}


def test_everybody_gets_what_the_table_says(
    who: str, person: User | None, settings: LazySettings
) -> None:
    settings.ADMIN_KEY = KEY
    settings.PUBLIC_URL = "http://localhost"
    cache.clear()  # Of the pulses that other tests left.
    due = {row[:3]: row.status(who) for row in TABLE}
    assert {row[:3]: status(row, who, person) for row in TABLE} == due


# --- Sockets ---------------------------------------------------------------------------------

MATCH_SOCKET = r"^ws/match/(?P<match_id>match_[0-9A-Z]{26})$"
TOUR_SOCKET = r"^ws/tournament/(?P<tournament_id>tour_[0-9A-Z]{26})$"

# The type of the first message, or the code with which the socket is closed.
SOCKETS: dict[str, tuple[str | int, ...]] = {
    "ws/overlay/": (NOT_ALLOWED,) * 6,
    "ws/stream": ("snapshot",) * 6,
    "ws/queue/": ("snapshot",) * 6,
    "ws/tournaments": ("snapshot",) * 6,
    TOUR_SOCKET: ("snapshot",) * 6,
    MATCH_SOCKET: ("snapshot",) * 6,
    "ws/studio/": but(
        (NOT_ALLOWED, NOT_ALLOWED, "snapshot", "snapshot", NOT_ALLOWED, NOT_ALLOWED),
        moderator="snapshot",
    ),
    "api/user/connect": (
        NOT_SIGNED_IN,
        "POINTS_UPDATE",
        NOT_ALLOWED,
        NOT_ALLOWED,
        NOT_SIGNED_IN,
        NOT_SIGNED_IN,
    ),
}


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[Site]:
    """A running web process."""
    with django_db_blocker.unblock():
        site = Site()
    site.start()
    yield site
    site.stop()


@pytest.fixture
def token(transactional_db: None) -> OverlayToken:
    return OverlayToken.objects.create(name="Main scene")


def close_code(site: Site, text: str) -> int:
    with site.socket(text) as client, pytest.raises(ConnectionClosed) as caught:
        client.recv(timeout=10)
    assert caught.value.rcvd
    return caught.value.rcvd.code


def test_the_overlays_socket_opens_for_a_good_token_only(site: Site, token: OverlayToken) -> None:
    good = services.token_of(token)
    with site.socket(good) as client:
        assert hear(client)["type"] == "snapshot"
    for bad in ("", "nonsense", f"{token.key}.", f".{good.partition('.')[2]}", f"{good}x", "%00"):
        assert close_code(site, bad) == NOT_ALLOWED, bad
    services.revoke(token, timezone.now())
    assert close_code(site, good) == NOT_ALLOWED


def heard(site: Site, address: str, person: User | None, origin: str = "") -> str | int:
    """Return the type of a socket's first message, or the code it is closed with."""
    headers = {"Origin": origin or site.origin}
    if person:
        client = Client()
        client.force_login(person)
        headers["Cookie"] = f"sessionid={client.cookies['sessionid'].value}"
    where = f"ws://localhost:{site.port}/{address}"
    with connect(where, additional_headers=headers, proxy=None) as socket:
        try:
            return str(hear(socket)["type"])
        except ConnectionClosed:
            return socket.close_code or 0


def test_every_socket_is_in_the_table() -> None:
    *known, others = application.application_mapping["websocket"].routes
    assert str(others.pattern) == ""
    assert {str(route.pattern) for route in known} == set(SOCKETS)


def test_everybody_hears_what_the_table_says(site: Site, transactional_db: None, who: str) -> None:
    tournament = stage.tournament(8)
    addresses = {
        TOUR_SOCKET: f"ws/tournament/{tournament.pk}",
        MATCH_SOCKET: f"ws/match/{tournament.matches.all()[0].pk}",
    }
    person = made(who)
    due = {route: but(answers)[CALLERS.index(who)] for route, answers in SOCKETS.items()}
    assert {route: heard(site, addresses.get(route, route), person) for route in SOCKETS} == due


def test_a_page_of_others_hears_only_what_everybody_does(
    site: Site, transactional_db: None
) -> None:
    streamer = User.objects.create_superuser("7", viewer=Viewer.objects.create(pk="7", login="7"))
    for route in ("ws/studio/", "api/user/connect"):
        assert isinstance(heard(site, route, streamer), str)
        for origin in ("https://evil.example", f"http://localhost:{site.port + 1}"):
            assert isinstance(heard(site, route, streamer, origin), int), (route, origin)


def test_no_other_socket_is_there(site: Site, token: OverlayToken) -> None:
    for path in (
        "/",
        "/ws/",
        "/ws/overlay",
        "/ws/overlay/x",
        "/overlay/",
        "/ws/stream/",
        "/ws/studio",
    ):
        with pytest.raises(InvalidStatus) as caught:
            connect(
                f"ws://localhost:{site.port}{path}?token={services.token_of(token)}", proxy=None
            )
        assert caught.value.response.status_code == 403, path
