"""Votes a second over HTTP: signed in, paid from the ledger, and committed before the answer.

Keep-alive connections press for as many viewers on one web process, as `make run` starts it, beside
PostgreSQL with fsync and Valkey. Measured in the same rounds: an answer that Django makes of
nothing, and the vote read by everybody; what is between these and the press is what a vote costs.
At last every vote that was answered is counted, and the ledger is proved.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from itertools import count
from pathlib import Path
from threading import Thread

from bench.servers import servers, wait_until
from config.embedded import free_port
from config.home import ROOT

CONNECTIONS = 16
VOTERS = 200
ROUNDS = 3
SECONDS = 4.0
TOKEN = "t" * 32

Press = Callable[[http.client.HTTPConnection], int]


def main() -> None:
    """Print requests a second of each kind, and how long a press takes."""
    with tempfile.TemporaryDirectory(prefix="bench-votes-") as folder, servers(Path(folder)):
        vote_id, player_id, sessions = _fill()
        with _web() as port:
            kinds = {
                "alive": _get("/health"),
                "read": _get(f"/api/votes/{vote_id}"),
                "cast": _cast(vote_id, player_id, sessions),
            }
            _measure(port, kinds["cast"], 1.0)
            rounds: dict[str, list[list[float]]] = {name: [] for name in kinds}
            for _ in range(ROUNDS):
                for name, press in kinds.items():
                    rounds[name].append(_measure(port, press, SECONDS))
        _print(rounds)
        _prove(vote_id)


def _fill() -> tuple[str, str, list[str]]:
    """Make a vote that goes on, and viewers with points and sessions."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.core.management import call_command

    from accounts.models import User
    from points.services import ledger
    from points.services.ledger import Cause, Credit
    from twitch.models import Viewer

    call_command("migrate", verbosity=0)
    ids = [str(n) for n in range(1, VOTERS + 3)]
    Viewer.objects.bulk_create(Viewer(id=n, login=f"v{n}", display_name=f"V{n}") for n in ids)
    cause = Cause("bench", "1")
    ledger.credit_many(Credit(n, 10**9, cause, f"start:{n}") for n in ids)
    users = User.objects.bulk_create(User(username=f"u{n}", viewer_id=n) for n in ids[:VOTERS])
    store = import_module(settings.SESSION_ENGINE).SessionStore
    sessions = []
    for user in users:
        session = store()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        sessions.append(session.session_key)
    return *_vote(ids[VOTERS:]), sessions


def _vote(players: list[str]) -> tuple[str, str]:
    from django.utils import timezone

    from tournaments.models import Drawing, Match, Participant, Registration, Tournament, VoteEvent

    now = timezone.now()
    tournament = Tournament.objects.create(name="Bench", status="LEAGUE_PHASE")
    Drawing.objects.create(tournament=tournament, purpose="league", revealed_at=now)
    home, away = (
        Participant.objects.create(
            tournament=tournament,
            registration=Registration.objects.create(
                tournament=tournament, viewer_id=who, registered_at=now, status="CONFIRMED"
            ),
            viewer_id=who,
            seed=seed,
            pot=1,
            confirmed_at=now,
        )
        for seed, who in enumerate(players, 1)
    )
    match = Match.objects.create(
        tournament=tournament, phase="LEAGUE", matchday=1, home=home, away=away, status="LIVE"
    )
    vote = VoteEvent.objects.create(
        match=match,
        points_award=1,
        cost_per_vote=1,
        most_per_viewer=30_000,
        started_at=now,
        ends_at=now + timedelta(hours=1),
    )
    return vote.pk, home.pk


@contextmanager
def _web() -> Iterator[int]:
    """Run the web process; yields its port."""
    port = free_port()
    arguments = ["-v", "0", "-b", "127.0.0.1", "-p", str(port), "config.asgi:application"]
    command = [sys.executable, "-W", "ignore", "-m", "daphne", *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: _is_up(port))
            yield port
        finally:
            process.terminate()


def _is_up(port: int) -> bool:
    try:
        return _get("/health")(http.client.HTTPConnection("127.0.0.1", port)) == 200
    except OSError:
        return False


# --- Requests ----------------------------------------------------------------------------------


def _get(path: str) -> Press:
    def press(client: http.client.HTTPConnection) -> int:
        client.request("GET", path)
        return _status(client)

    return press


def _cast(vote_id: str, player_id: str, sessions: list[str]) -> Press:
    """Return what presses once for the next viewer, each time with another key."""
    numbers = count()

    def press(client: http.client.HTTPConnection) -> int:
        number = next(numbers)
        body = json.dumps({"participant": player_id, "key": f"press-{number}"})
        session = sessions[number % len(sessions)]
        headers = {
            "Content-Type": "application/json",
            "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
        }
        client.request("POST", f"/api/votes/{vote_id}/cast", body, headers)
        return _status(client)

    return press


def _status(client: http.client.HTTPConnection) -> int:
    answer = client.getresponse()
    answer.read()
    return answer.status


def _measure(port: int, press: Press, seconds: float) -> list[float]:
    """Press on every connection for so long; returns how long each press took, in seconds."""
    took: list[float] = []
    ends_at = time.perf_counter() + seconds

    def work() -> None:
        client = http.client.HTTPConnection("127.0.0.1", port)
        while (began := time.perf_counter()) < ends_at:
            status = press(client)
            if status != 200:
                raise RuntimeError(f"answered {status}")
            took.append(time.perf_counter() - began)
        client.close()

    threads = [Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


# --- What came of it ---------------------------------------------------------------------------


def _print(rounds: dict[str, list[list[float]]]) -> None:
    rates = {
        name: statistics.median(len(took) / SECONDS for took in each)
        for name, each in rounds.items()
    }
    print(f"votes: {CONNECTIONS} connections, one web process, {ROUNDS} rounds, medians")
    for name, words in {
        "alive": "GET /health",
        "read": "GET /api/votes/<id>",
        "cast": "POST /api/votes/<id>/cast",
    }.items():
        took = sorted(each for one in rounds[name] for each in one)
        middle, late = (1000 * took[int(len(took) * share)] for share in (0.5, 0.95))
        print(
            f"  {words:26} {rates[name]:5.0f}/s, {rates[name] / rates['alive']:.2f} of nothing,"
            f" p50 {middle:.0f} ms, p95 {late:.0f} ms"
        )


def _prove(vote_id: str) -> None:
    from django.db.models import Sum

    from points.services import audit
    from tournaments.models import Vote

    votes = Vote.objects.filter(event=vote_id)
    paid = votes.aggregate(paid=Sum("cost"))["paid"]
    print(f"  {votes.count():,} votes, {paid:,} points; {audit.sums()}")
    for wrong in audit.check():
        print(f"  WRONG: {wrong}")


if __name__ == "__main__":
    main()
