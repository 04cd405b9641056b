"""The embedded servers keep their promises: durable, private, and theirs alone."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from config.embedded import LONGEST_SOCKET_FOLDER, Postgres, ServerFailed, Valkey
from tests.stage import serving


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("a home, with 'odd' \"signs\"")


@pytest.fixture(scope="module")
def postgres(home: Path) -> Iterator[Postgres]:
    server = Postgres(home / "postgres")
    with serving(server):
        server.ensure_database("greenroom")
        yield server


def show(server: Postgres, name: str) -> str:
    with psycopg.connect(server.url("greenroom")) as connection:
        row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert row
    return str(row[0])


def test_postgres_is_18_and_speaks_utf8(postgres: Postgres) -> None:
    assert show(postgres, "server_version").startswith("18.")
    assert show(postgres, "server_encoding") == "UTF8"


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit", "full_page_writes"])
def test_a_commit_is_durable(postgres: Postgres, setting: str) -> None:
    assert show(postgres, setting) == "on"


def test_postgres_listens_on_no_port(postgres: Postgres) -> None:
    assert show(postgres, "listen_addresses") == ""


def test_only_its_owner_reaches_the_socket(postgres: Postgres) -> None:
    assert stat.S_IMODE(postgres.sockets.stat().st_mode) == 0o700


def test_making_a_database_twice_makes_it_once(postgres: Postgres) -> None:
    postgres.ensure_database("greenroom")
    postgres.ensure_database("greenroom")


def test_rows_survive_a_killed_server(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "postgres")
    server.prepare()
    with (tmp_path / "log").open("wb") as log:
        process = server.program().start(log)
        while not server.is_ready(process.pid):
            assert process.poll() is None
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS row")
        process.send_signal(signal.SIGKILL)
        process.wait()
    with serving(server), psycopg.connect(server.url("postgres")) as connection:
        assert connection.execute("SELECT row FROM kept").fetchone() == (1,)


def test_a_server_that_was_left_running_is_ended_first(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "postgres")
    server.prepare()
    with (tmp_path / "log").open("wb") as log:
        left = server.program().start(log)
        while not server.is_ready(left.pid):
            assert left.poll() is None
        with serving(Postgres(tmp_path / "postgres")):
            assert left.wait(60) == 0


def test_a_stale_pid_file_that_names_a_stranger_is_no_obstacle(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "postgres")
    server.prepare()
    (server.folder / "postmaster.pid").write_text(f"{os.getpid()}\n{server.folder}\n")
    with serving(server):
        server.ensure_database("greenroom")


def test_files_that_were_opened_to_others_are_closed_again(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "postgres")
    server.prepare()
    server.folder.chmod(0o755)
    with serving(server):
        assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700


def test_a_long_path_moves_the_socket_but_not_the_data(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 80) / ("e" * 80)
    server = Postgres(deep / "postgres")
    assert len(os.fsencode(server.sockets)) <= LONGEST_SOCKET_FOLDER
    with serving(server):
        server.ensure_database("greenroom")
        assert show(server, "data_directory") == str(deep / "postgres")
    server.sockets.rmdir()


def test_files_of_another_major_version_are_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(ServerFailed, match="PostgreSQL 16"):
        Postgres(tmp_path / "postgres").prepare()


def test_valkey_wants_its_password_and_never_evicts(home: Path) -> None:
    server = Valkey(home / "valkey")
    with serving(server):
        with (
            redis.Redis(port=server.port, retry=None) as stranger,
            pytest.raises(redis.AuthenticationError),
        ):
            stranger.ping()
        with redis.Redis.from_url(server.url(0), decode_responses=True) as client:
            assert client.info()["valkey_version"].startswith("9.")
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert client.config_get("bind") == {"bind": "127.0.0.1"}


def test_valkey_remembers_across_restarts(home: Path) -> None:
    with serving(before := Valkey(home / "again")), redis.Redis.from_url(before.url(1)) as client:
        client.set("name", "value")
    with serving(after := Valkey(home / "again")), redis.Redis.from_url(after.url(1)) as client:
        assert client.get("name") == b"value"
    mode = (home / "again" / "valkey.conf").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
