"""kill -9 at each durable step of a proxy purchase: the next morning goes on where it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.walking import (
    far_end,
    ours,
    platform_books,
    template_home,
    theirs,
    walk,
)


@pytest.mark.slow
@pytest.mark.rule("HY-1.5.6b", "S-24")
def test_every_step_can_be_the_last(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Slow because it starts and kills the whole program some two dozen times."""
    with far_end("CN-999900", tmp_path) as url:
        results = walk(
            "proxy_crash_walk.py",
            [("buy", ("proxy",))],
            region="CN-999900",
            url=url,
            template=template_home(tmp_path_factory),
            homes=tmp_path,
        )
        books = platform_books(url)
    died = [one for one in results if not one["through"]]
    assert len(died) > 12
    assert [one for one in results if one["undecided"] or one["broken"]] == []
    assert [one["point"] for one in died if not one["kept"]] == [], "the record is the sale's"
    assert {tuple(one["records"]) for one in results} == {("used",)}
    assert {state for one in results for state in one["sales"]} == {"done"}
    assert [one["unbalanced"] for one in results if one["unbalanced"]] == []
    assert {problem for one in results for _held, problem in [one["log"]]} == {""}
    assert theirs(books) == ours(results)
