"""What eight tills could do at most: each takes one from the same row and gives it back, bare.

Imports nothing of ours.
"""

from __future__ import annotations

import time
from typing import Any

import psycopg

_MAKE = "CREATE TABLE bare_shelf (id int PRIMARY KEY, left_over int NOT NULL)"


def prepare(url: str) -> None:
    """The one row that everybody wants."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_MAKE)
        connection.execute("INSERT INTO bare_shelf VALUES (1, 1000000)")


def till(url: str, start: Any, seconds: float, told: Any) -> None:  # noqa: ANN401 - of a context
    """Two transactions a basket until the time is over; tells how many baskets."""
    done = 0
    with psycopg.connect(url) as connection:
        start.wait()
        ends = time.perf_counter() + seconds
        while time.perf_counter() < ends:
            for step in (-1, 1):
                connection.execute(
                    "UPDATE bare_shelf SET left_over = left_over + %s WHERE id = 1", (step,)
                )
                connection.commit()
            done += 1
    told.put(done)
