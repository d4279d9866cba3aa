"""The books for somebody who only looks: beside a till that is open, holding nobody up."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, create_engine, event, text

from app.errors import StoreBroken
from app.storage.engine import APPLICATION_ID, connect_server, on_a_server
from app.storage.errors import translated

if TYPE_CHECKING:
    from sqlalchemy.engine import ExceptionContext


def open_reading(place: str | Path) -> Engine:
    """An engine that can write nothing; its schema is neither looked at nor changed.

    A reader of SQLite's write-ahead log never waits for the till and never keeps it waiting.
    :raises StoreBroken: no file is there, or it is no store of ours; :raises StoreError: in its
    kinds.
    """
    engine = _server(str(place)) if on_a_server(str(place)) else _file(Path(place))
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1 FROM act_log LIMIT 1"))
    except sqlite3.Error as error:
        engine.dispose()
        raise translated(error) or StoreBroken(why="no store of ours") from None
    except BaseException:
        engine.dispose()
        raise
    return engine


def _file(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        if not path.is_file():
            raise StoreBroken(why="the file is missing")
        made = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=5)
        try:
            (found,) = made.execute("PRAGMA application_id").fetchone()
            made.execute("PRAGMA query_only = ON")
            made.execute("PRAGMA trusted_schema = OFF")
        except sqlite3.Error as error:
            made.close()
            raise translated(error) or StoreBroken(why="no store of ours") from None
        if found != APPLICATION_ID:
            made.close()
            raise StoreBroken(why="another program's database")
        return made

    engine = create_engine("sqlite://", creator=connect, hide_parameters=True)
    _in_our_words(engine)
    return engine


def _server(place: str) -> Engine:
    engine = connect_server(place)

    @event.listens_for(engine, "connect")
    def only_read(connection: object, _record: object) -> None:
        connection.read_only = True  # type: ignore[attr-defined]

    return engine


def _in_our_words(engine: Engine) -> None:
    @event.listens_for(engine, "handle_error")
    def translate(context: ExceptionContext) -> None:
        ours = translated(context.original_exception)
        if ours is not None:
            raise ours from None
