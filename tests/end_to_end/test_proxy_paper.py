"""The list that a proxy signs, on paper: each list once, and once more on request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.domain.paper import Paper, PrintEnd, PrintResult, RowKind
from app.domain.sale import Sale
from app.use_cases import print_slips
from app.use_cases.proxy_purchase import list_for_signature, name_relation
from app.use_cases.spool import Spool
from tests.end_to_end.test_proxy_purchase import (
    CARD,
    begun,
    quote,
    special_basket,
    use_quota_elsewhere,
)
from tests.fakes.practice_till import PracticeTill, practice_till
from ui.slips import composer
from ui.words import say


class Tray:
    """A printer that keeps what came out (:class:`app.ports_devices.ReceiptPrinter`)."""

    def __init__(self) -> None:
        self.papers: list[Paper] = []

    def print(self, paper: Paper) -> PrintResult:
        self.papers.append(paper)
        return PrintResult(PrintEnd.PRINTED)


@dataclass
class Desk:
    """A till with its printer and a proxy purchase that is quoted."""

    till: PracticeTill
    tray: Tray
    sale: Sale
    proxy_id: str

    def run(self) -> Spool:
        return print_slips.print_waiting(
            self.till.doors,
            self.tray,  # type: ignore[arg-type]
            composer(say, 30),
        )

    def texts(self) -> list[str]:
        return [f"{row.left} {row.right}".strip() for row in self.tray.papers[-1].rows]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    for till in practice_till(tmp_path, "CN-999900"):
        till.doors = replace(till.doors, prints=lambda: True)
        sale, patient = special_basket(till, "chronic")
        proxy_id = begun(till, sale, patient)
        assert quote(till, sale, patient) == ()
        yield Desk(till, Tray(), sale, proxy_id)


@pytest.mark.rule("HY-1.5.6b")
def test_the_paper_says_what_is_signed_and_names_nobody_whole(desk: Desk) -> None:
    one = list_for_signature(desk.till.doors, desk.proxy_id, desk.till.operator)
    assert desk.run().printed == 1
    texts = desk.texts()
    for told in ("代购购药清单", "统筹基金 18.45", "个人应付 6.15", "关系 子女", "原因 长期卧床"):
        assert told in texts
    assert one.list_digest[:16] in texts
    assert [row.left for row in desk.tray.papers[0].rows if row.kind is RowKind.SIGN] == [
        "代购人签字"
    ]
    assert not any(CARD.cert_no in text or CARD.name in text for text in texts)
    assert any("练习" in text and "无效" in text for text in texts)


def test_a_list_is_printed_once_and_on_request_once_more(desk: Desk) -> None:
    doors, operator = desk.till.doors, desk.till.operator
    first = list_for_signature(doors, desk.proxy_id, operator)
    assert desk.run().printed == 1 and desk.run().printed == 0
    again = list_for_signature(doors, desk.proxy_id, operator)
    assert again.list_digest == first.list_digest
    assert desk.run().printed == 1 and "补打" in " ".join(desk.texts())


def test_a_list_that_no_longer_stands_is_never_printed(desk: Desk) -> None:
    """It waited for paper while somebody told another relation: signed, it would stand for less."""
    doors, operator = desk.till.doors, desk.till.operator
    list_for_signature(doors, desk.proxy_id, operator)
    name_relation(doors, desk.proxy_id, "spouse", "bedridden", "", operator)
    assert desk.run() == Spool()
    list_for_signature(doors, desk.proxy_id, operator)
    assert desk.run().printed == 1 and "关系 配偶" in desk.texts()


@pytest.mark.rule("HY-1.5.6b")
def test_amounts_that_changed_are_a_new_list(desk: Desk) -> None:
    doors, operator = desk.till.doors, desk.till.operator
    first = list_for_signature(doors, desk.proxy_id, operator)
    desk.run()
    use_quota_elsewhere(desk.till, "chronic", "M03900")
    patient = replace(desk.till.patient("chronic"), disease_code="M03900")
    assert quote(desk.till, desk.sale, patient) == ()
    second = list_for_signature(doors, desk.proxy_id, operator)
    assert second.list_digest != first.list_digest
    assert desk.run().printed == 1 and "个人应付 19.60" in desk.texts()
