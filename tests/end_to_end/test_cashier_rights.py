"""A cashier at the doors of the office: refused before anything is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.domain.balance import Period
from app.domain.lot_states import LotEvent
from app.domain.money import Quantity
from app.domain.price import TermKind
from app.domain.recall import LockReason, LossReason, RecallLevel, RecallSource
from app.domain.recall_states import RecallEvent
from app.domain.refusals import Remedy
from app.domain.stock_document import DocumentKind
from app.domain.stocktake_states import StocktakeEvent
from app.errors import NotAllowed
from app.use_cases import (
    balance,
    delivery_note,
    go_live,
    losses,
    lots,
    mappings,
    post_receiving,
    price_lists,
    prices,
    recalls,
    receiving,
    reports,
    send_goods,
    stocktake,
    stocktake_post,
    store_papers,
    suppliers,
    trace_import,
    upload_list,
    upload_remedies,
)
from app.use_cases.doors import Doors, Operator
from tests.fakes.practice_till import PracticeTill, practice_till

Act = Callable[[Doors, Operator], Any]
DAY, NO_FILE = date(2026, 11, 22), Path("no-such-file.csv")
LOSS = losses.LossLine("none", Quantity.of(1), LossReason.EXPIRED)
SENT = send_goods.SendForm(DocumentKind.SUPPLIER_RETURN, "none", (), "other")
ACTS: dict[str, Act] = {
    "upload_form": lambda d, o: upload_list.upload_form(d, "none", o),
    **{
        f"upload_{each}": lambda d, o, each=each: upload_remedies.remedy(d, "none", each, o, "x")
        for each in Remedy
        if each is not Remedy.CORRECT
    },
    "upload_alike": lambda d, o: upload_remedies.say_alike_again(d, "none", o),
    "upload_correct": lambda d, o: upload_list.correct_upload(d, "none", {}, o),
    "upload_delete": lambda d, o: upload_list.delete_upload(d, "none", "x", o),
    "map": lambda d, o: mappings.map_catalogue(d, o),
    "recall": lambda d, o: recalls.recall_batch(
        d, o, "B", "", "", "", level=RecallLevel.ONE, source=RecallSource.SHOP
    ),
    "recall_end": lambda d, o: recalls.end_recall(d, o, "none", RecallEvent.CLOSED, "x"),
    "recall_names": lambda d, o: recalls.recall_view(d, "none", o, names=True),
    "hold": lambda d, o: lots.hold_lot(d, o, "none", LockReason.RECALL),
    "release": lambda d, o: lots.release_lot(d, o, "none"),
    "loss": lambda d, o: losses.post_loss(d, o, [LOSS]),
    "receive": lambda d, o: receiving.begin(d, o, "none"),
    "receive_post": lambda d, o: post_receiving.post_receiving(d, "none", o),
    "receive_note": lambda d, o: delivery_note.import_note(d, "none", NO_FILE, o),
    "judge": lambda d, o: post_receiving.judge_quarantined(d, "none", LotEvent.ACCEPTED, "x", o),
    "codes": lambda d, o: trace_import.take_code_file(d, o, NO_FILE),
    "send": lambda d, o: send_goods.send_goods(d, SENT, o),
    "supplier": lambda d, o: suppliers.approve_supplier(d, "none", o),
    "prices": lambda d, o: prices.propose_prices(d, [], o),
    "prices_approve": lambda d, o: prices.approve_prices(d, [], o),
    "price_list": lambda d, o: price_lists.import_price_list(
        d, TermKind.LISTED, NO_FILE, "x", DAY, o
    ),
    "opening": lambda d, o: go_live.import_opening(d, NO_FILE, o),
    "stocktake_open": lambda d, o: stocktake.open_extra(d, [], o),
    "stocktake_aside": lambda d, o: stocktake.step_aside(d, "none", StocktakeEvent.CANCELLED, o),
    "stocktake_post": lambda d, o: stocktake_post.post(d, "none", o),
    "balance": lambda d, o: balance.balance_table(d, o, Period(DAY, DAY)),
    "report": lambda d, o: reports.report(d, o, "watch", Period(DAY, DAY)),
    "watch": lambda d, o: reports.set_watch_limits(d, o, None, None),  # type: ignore[arg-type]
    "papers": lambda d, o: store_papers.withdraw_paper(d, o, "none"),
}


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path_factory.mktemp("rights"))


@pytest.mark.parametrize("name", ACTS)
def test_a_cashier_is_refused(till: PracticeTill, name: str) -> None:
    with pytest.raises(NotAllowed):
        ACTS[name](till.doors, till.operator)
