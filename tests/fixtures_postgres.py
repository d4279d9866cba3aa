"""A PostgreSQL cluster for the session: made, used over a unix socket, thrown away."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from app.storage.engine import open_store

_DATABASES = count(1)
WITH_PASSWORD, ITS_PASSWORD = "asked_for_a_password", "practice-db-pw@1"


def _programs() -> Path | None:
    """The folder of initdb and pg_ctl: Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _run(*command: str) -> None:
    # As root the server refuses to start; every program runs as the package's own user then.
    drop = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
    whole = (*drop, *command) if os.name == "posix" and os.geteuid() == 0 else command
    done = subprocess.run(whole, cwd="/", capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr}")


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    """The socket folder of a running server; skips where PostgreSQL is not installed."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    # A short path: a unix socket's may not exceed 107 bytes.
    folder = Path(mkdtemp(prefix="yaotai-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    _run(
        str(programs / "initdb"),
        *("-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"),
        *("--locale=C", "--no-sync"),
    )
    # First match counts: everybody is trusted but this one role, whose password is asked for.
    rules = data / "pg_hba.conf"
    rules.write_text(f"local all {WITH_PASSWORD} scram-sha-256\n{rules.read_text()}")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=60"
    pg_ctl = (str(programs / "pg_ctl"), "-D", str(data), "-w", "-s", "-l", str(folder / "log"))
    _run(*pg_ctl, "-o", options, "start")
    try:
        yield str(folder)
    finally:
        _run(*pg_ctl, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _create(socket: str, template: str) -> str:
    name = f"test_{os.getpid()}_{next(_DATABASES)}"
    with psycopg.connect(_server(socket), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    return name


def _drop(socket: str, name: str) -> None:
    with psycopg.connect(_server(socket), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _server(socket: str) -> str:
    return f"host={socket} user=postgres dbname=postgres"


def _url(socket: str, name: str) -> str:
    return f"postgresql://postgres@/{name}?host={socket}"


@pytest.fixture
def postgres_url(postgres_cluster: str) -> Iterator[str]:
    """The URL of an empty database of its own."""
    name = _create(postgres_cluster, "template0")
    yield _url(postgres_cluster, name)
    _drop(postgres_cluster, name)


@pytest.fixture
def postgres_with_password(postgres_cluster: str) -> Iterator[str]:
    """The URL, password and all, of an empty database of a role whose password is asked for."""
    name = _create(postgres_cluster, "template0")
    role, word = sql.Identifier(WITH_PASSWORD), sql.Literal(ITS_PASSWORD)
    with psycopg.connect(_server(postgres_cluster), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, word))
        connection.execute(
            sql.SQL("ALTER DATABASE {} OWNER TO {}").format(sql.Identifier(name), role)
        )
    yield f"postgresql://{WITH_PASSWORD}:{quote(ITS_PASSWORD)}@/{name}?host={postgres_cluster}"
    _drop(postgres_cluster, name)
    with psycopg.connect(_server(postgres_cluster), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP ROLE {}").format(role))


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: str) -> str:
    """The name of a database with empty books, to be copied."""
    name = _create(postgres_cluster, "template0")
    open_store(_url(postgres_cluster, name)).dispose()
    return name


@pytest.fixture
def postgres_books(postgres_cluster: str, postgres_template: str) -> Iterator[str]:
    """The URL of a database with empty books."""
    name = _create(postgres_cluster, postgres_template)
    yield _url(postgres_cluster, name)
    _drop(postgres_cluster, name)
