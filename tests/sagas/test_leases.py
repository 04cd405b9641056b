"""The names of processes, and which of them are gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from sagas import journal, leases
from sagas.models import Run
from tests.sagas.driving import run_of, send

NAME = (
    "from sagas import leases; import os, sys; print(leases.me(), flush=True); sys.stdin.readline()"
)


def test_a_process_is_gone_when_it_has_ended() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", NAME], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        assert name.startswith(f"{leases.place()}{process.pid}/")
        assert not leases.is_gone(name)
        process.send_signal(signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert leases.is_gone(name), "what is left of it until somebody reaps it is not it"
    assert leases.is_gone(name)


def test_a_later_process_with_the_same_id_is_another() -> None:
    place, pid, birth, token = (*leases.me().rsplit("/", 3),)
    assert not leases.is_gone(f"{place}/{pid}/{birth}/{token}")
    assert leases.is_gone(f"{place}/{pid}/{int(birth) - 1}/{token}")


def test_a_child_has_a_name_of_its_own() -> None:
    mine = leases.me()
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.write(writer, leases.me().encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 200).decode().split("/")[1] == str(child)
    assert leases.me() == mine
    os.close(reader)
    os.close(writer)


@pytest.mark.django_db(transaction=True)
def test_only_the_runs_of_dead_neighbours_are_released() -> None:
    place, _, birth, token = (*leases.me().rsplit("/", 3),)
    owners = {
        "mine": leases.me(),
        "dead": f"{place}/{os.getpid()}/{int(birth) - 1}/{token}",
        "elsewhere": f"elsewhere.1/1/1/{token}",
    }
    parcels = {name: send() for name in owners}
    later = timezone.now() + timedelta(minutes=1)
    for name, parcel in parcels.items():
        Run.objects.filter(pk=run_of(parcel).pk).update(owner=owners[name], due_at=later)

    journal.release_dead()

    kept = {name for name, parcel in parcels.items() if run_of(parcel).owner}
    assert kept == {"mine", "elsewhere"}
    dead = run_of(parcels["dead"])
    assert dead.losses == 1
    assert dead.due_at is not None
    assert dead.due_at <= timezone.now()


@pytest.mark.django_db(transaction=True)
def test_a_lease_that_ended_is_taken_over_and_counted_as_a_loss() -> None:
    parcel = send()
    Run.objects.update(owner="elsewhere.1/1/1/x", due_at=timezone.now())
    (run,), _ = journal.claim(5)
    assert (run.losses, run.owner) == (1, leases.me())
    assert run_of(parcel).owner == leases.me()
