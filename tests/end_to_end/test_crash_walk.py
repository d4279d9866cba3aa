"""kill -9 at each durable step of quote, settle, cancel and refund, on both routes.

A real process against a real practice platform: after the next start the till's books and the
platform's agree to the fen, and no visit stays open without an owner.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.walking import (
    far_end,
    open_visits,
    ours,
    platform_books,
    template_home,
    theirs,
    walk,
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template_home(tmp_path_factory)


CASES = [
    ("CN-999901", "complete", ("quote", "settle")),
    # Quoting is walked above; these begin with the settling step.
    ("CN-999901", "cancel", ("settle",)),
    ("CN-999901", "return_one", ("settle",)),
    ("CN-999900", "refund", ("settle",)),
]


@pytest.mark.slow
@pytest.mark.rule("S-01")
@pytest.mark.parametrize(("region", "act", "stages"), CASES)
def test_every_step_can_be_the_last(
    region: str, act: str, stages: tuple[str, ...], template: Path, tmp_path: Path
) -> None:
    """Slow because it starts and kills the whole program some dozens of times."""
    with far_end(region, tmp_path) as url:
        results = walk(
            "crash_walk.py",
            [(act, stages)],
            region=region,
            url=url,
            template=template,
            homes=tmp_path,
        )
        books = platform_books(url)
    died = [one for one in results if not one["through"]]
    assert len(died) > 5
    assert [one for one in results if one["undecided"] or one["open_visits"]] == []
    assert [one["unbalanced"] for one in results if one["unbalanced"]] == []
    assert {problem for one in results for _held, problem in [one["log"]]} == {""}
    assert theirs(books) == ours(results)
    assert open_visits(books) == set()
