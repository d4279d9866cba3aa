"""kill -9 at each durable step of a prescription, from its download to its use or giving back.

After the next start nothing stays on the wire, the centre has it used exactly where it is settled
or sold here, and holds a lock only for a prescription that lies here; then people go on from where
it stands, and at the end nothing at all is held.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.walking import (
    Told,
    far_end,
    ours,
    platform_books,
    template_home,
    theirs,
    walk,
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template_home(tmp_path_factory)


RELEASE_A = "CN-999903"
"""Its centre has no undoing: a person says what stands there, and a lock ends with its sheet."""

CASES: dict[str, tuple[str, list[tuple[str, tuple[str, ...]]]]] = {
    "to_the_slip": (
        "CN-999900",
        [("settle", ("take", "fill", "review", "sign", "settle", "complete"))],
    ),
    "not_to_the_slip": (
        "CN-999900",
        [("refuse", ("refuse",)), ("leave", ("leave",)), ("cash_return_all", ("cash", "return"))],
    ),
    "back_and_forth": (
        "CN-999900",
        [
            ("changed_mind", ("told", "quote")),
            ("cancel", ("cancel",)),
            ("cash_return_one", ("return",)),
        ],
    ),
    "one_box_back": ("CN-999900", [("return_one", ("return",))]),
    "visit_route": ("CN-999901", [("return_all", ("settle", "return"))]),
    "release_a": (RELEASE_A, [("settle", ("take", "review", "sign", "settle"))]),
}


@pytest.mark.slow
@pytest.mark.rule("S-09")
@pytest.mark.parametrize("name", CASES)
def test_a_prescription_survives_every_death(name: str, template: Path, tmp_path: Path) -> None:
    """Slow because it starts and kills the whole program some dozens of times."""
    region, acts = CASES[name]
    with far_end(region, tmp_path) as url:
        results = walk(
            "rx_crash_walk.py",
            acts,
            region=region,
            url=url,
            template=template,
            homes=tmp_path,
        )
        books = platform_books(url)
    assert sum(not one["through"] for one in results) > 10
    frees = region != RELEASE_A
    wrong = [(one["act"], one.get("point"), *found)
             for one in results if (found := problems(one, frees=frees))]  # fmt: skip
    assert wrong == []
    assert theirs(books) == ours(results)


def problems(one: Told, *, frees: bool = True) -> list[str]:
    """What is not as it must be after a death, in words; empty = all is well.

    ``frees``: the release can give a lock back without a report.
    """
    found = [f"rested: {each}" for each in disagreements(one["rested"], frees=frees)]
    ended = one["ended"]
    found += [f"ended: {each}" for each in disagreements(ended, frees=frees)]
    held = ended["centre"]["open"] or (frees and ended["centre"]["locked"])
    if ended["live"] or ended["coming_back"] or held:
        found.append(f"ended: still held: {ended}")
    for name in ("undecided", "open_visits", "unbalanced"):
        found += [f"{name}: {each}" for each in one[name]]
    return found + [problem for _held, problem in [one["log"]] if problem]


def disagreements(told: Told, *, frees: bool = True) -> list[str]:
    """Where the till's books and the centre's say different things."""
    there, found = told["centre"], []
    if told["on_the_wire"]:
        found.append(f"on the wire: {told['on_the_wire']}")
    if told["used"] != there["used"]:
        found.append(f"used here {told['used']}, there {there['used']}: {told}")
    if told["used"] != told["sold"] and not told["coming_back"]:
        found.append(f"used {told['used']}, settled or sold {told['sold']}: {told}")
    if told["packs"] != there["packs"]:
        found.append(f"packs here {told['packs']}, there {there['packs']}: {told}")
    if frees and there["locked"] and not told["live"]:
        found.append(f"a lock without an owner: {told}")
    if there["open"] and not told["live"]:
        found.append(f"a report without an owner: {told}")
    if there["refused"] != ("refused" in told["states"]):
        found.append(f"refused: {told}")
    return found
