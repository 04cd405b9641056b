"""Debits a second by `points.services.ledger.debit` in 16 threads, beside pgbench's one statement.

One account that everybody debits, then a thousand. Every debit is committed with fsync, checked,
explained by an entry and pushed to the viewer's sockets through Valkey. The floor is pgbench, with
as many clients, that runs the very statement, prepared, on the same tables: what PostgreSQL can do
without Python and pushes. Beside it, bare: a statement that debits a plain account and adds a plain
entry, without constraints, foreign keys and indexes. All take turns; the ledger is checked at last.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from random import Random
from threading import Barrier, Thread
from urllib.parse import parse_qs, urlsplit

from bench.servers import servers
from config.embedded import postgres_program

THREADS = 16
ROUNDS = 3
SECONDS = 4.0
RICH = 10**9
# How many accounts are debited, and the bar of ours to the floor.
CASES = {1: 0.8, 1000: 0.33}

_BARE_TABLES = """
CREATE TABLE bare_account (id int PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0));
CREATE TABLE bare_entry (
    id bigserial PRIMARY KEY, account_id int NOT NULL, amount bigint NOT NULL,
    balance_after bigint NOT NULL, key text NOT NULL UNIQUE,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO bare_account SELECT number, 1000000000 FROM generate_series(1, 1000) AS number;
"""
_DRAW = """
\\set who random(1, {accounts})
\\set key random(1, 9000000000000000000)
"""
_BARE = """
WITH moved AS (
    UPDATE bare_account SET balance = balance - 1 WHERE id = :who AND balance >= 1
    RETURNING id, balance
)
INSERT INTO bare_entry (account_id, amount, balance_after, key)
SELECT id, -1, balance, :key::text FROM moved RETURNING id;
"""
# What pgbench writes for the values that the verb gives.
_VALUES = {
    "viewer_id": ":who::text",
    "amount": "1::bigint",
    "cause_type": "'bench'::text",
    "cause_id": "'1'::text",
    "description": "'A vote'::text",
    "key": "'floor:' || :key",
    "batch": "''::text",
}


def main() -> None:
    """Print the medians of both and their ratio."""
    with tempfile.TemporaryDirectory(prefix="bench-ledger-") as folder, servers(Path(folder)):
        _fill()
        from points.services.ledger.single import DEBIT

        floor = DEBIT % {name: f"({value})" for name, value in _VALUES.items()} + ";"
        print(f"ledger: debits a second, {THREADS} threads, {ROUNDS} rounds, medians")
        for accounts, bar in CASES.items():
            rounds = []
            for number in range(ROUNDS):
                bare = _pgbench(Path(folder), accounts, _BARE)
                rounds.append(
                    (bare, _pgbench(Path(folder), accounts, floor), _debits(accounts, number))
                )
            _print(accounts, bar, rounds)
        _prove()


def _fill() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from points.services import ledger
    from points.services.ledger import Cause, Credit
    from twitch.models import Viewer

    call_command("migrate", verbosity=0)
    most = range(1, max(CASES) + 1)
    Viewer.objects.bulk_create(Viewer(id=str(n), login=f"v{n}", display_name="V") for n in most)
    cause = Cause("bench", "1")
    ledger.credit_many(Credit(str(n), RICH, cause, f"start:{n}") for n in most)
    with connection.cursor() as cursor:
        cursor.execute(_BARE_TABLES)


def _print(accounts: int, bar: float, rounds: list[tuple[float, float, float]]) -> None:
    bare, floor, ours = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratio = statistics.median(mine / least for _, least, mine in rounds)
    print(
        f"  {accounts:5} accounts: debit {ours:6.0f}, floor {floor:6.0f}, bare {bare:6.0f};"
        f" debit to floor {ratio:.2f} (bar {bar}, {'met' if ratio >= bar else 'MISSED'}),"
        f" to bare {statistics.median(mine / most for most, _, mine in rounds):.2f}"
    )


def _pgbench(folder: Path, accounts: int, statement: str) -> float:
    """Return how often a second the statement runs, by as many clients, prepared."""
    script = folder / "statement.sql"
    script.write_text(_DRAW.format(accounts=accounts) + statement)
    host = parse_qs(urlsplit(os.environ["DATABASE_URL"]).query)["host"][0]
    ran = subprocess.run(
        [
            *(postgres_program("pgbench"), "--no-vacuum", "--protocol=prepared", "--jobs=2"),
            *(f"--client={THREADS}", f"--time={SECONDS:.0f}", f"--file={script}"),
            *("--host", host, "--username=greenroom", "greenroom"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = (line for line in ran.stdout.splitlines() if line.startswith("tps"))
    return float(line.split()[2])


def _debits(accounts: int, number: int) -> float:
    """Return debits a second by the public verb."""
    from django.db import connection

    from points.services import ledger
    from points.services.ledger import Cause

    cause = Cause("bench", "1", "A vote")
    made = [0] * THREADS
    start = Barrier(THREADS + 1)

    def work(thread: int) -> None:
        draw, names = Random(thread), count()
        connection.ensure_connection()
        start.wait()
        while time.perf_counter() < ends_at:
            who = str(draw.randint(1, accounts))
            ledger.debit(who, 1, cause, key=f"{accounts}:{number}:{thread}:{next(names)}")
            made[thread] += 1
        connection.close()

    threads = [Thread(target=work, args=(n,)) for n in range(THREADS)]
    ends_at = float("inf")
    for thread in threads:
        thread.start()
    began = time.perf_counter()
    ends_at = began + SECONDS
    start.wait()
    for thread in threads:
        thread.join()
    return sum(made) / (time.perf_counter() - began)


def _prove() -> None:
    from points.services import audit

    print(f"  {audit.sums()}")
    for wrong in audit.check():
        print(f"  WRONG: {wrong}")


if __name__ == "__main__":
    main()
