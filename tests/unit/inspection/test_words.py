"""Every code that a sheet can carry has its words: an inspector never reads a bare id."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from app.domain.inspection import LookKind
from app.domain.person_check import CHECK_REASONS, CheckVerdict, CheckWay
from app.domain.proxy import Proof, Reason, Relation
from app.domain.purchase_still import GapAnswer, StillGap, StillState
from app.domain.quality import NoCodeReason
from app.domain.return_states import ReturnState
from app.domain.returns import ReturnReason
from app.domain.rx_case import Verdict
from app.domain.rx_states import RxState
from app.domain.sale import TenderKind
from app.domain.sale_states import SaleState
from app.domain.settlement_states import SettlementState
from app.domain.statement import CorrectionKind
from app.domain.stock import MoveKind, PickBy
from app.domain.stock_document import DocumentKind
from app.errors import BadValue, NotFound
from app.use_cases import inspection_gaps
from ui.screens.inspection.refusals import refusal
from ui.words import knows

CODES: dict[str, Iterable[str]] = {
    "inspection.sale_": SaleState,
    "inspection.tender_": TenderKind,
    "inspection.by_": PickBy,
    "inspection.paper_": DocumentKind,
    "inspection.uncoded_": NoCodeReason,
    "inspection.still_": StillState,
    "inspection.check_": CheckVerdict,
    "inspection.verdict_": Verdict,
    "inspection.correction_": CorrectionKind,
    "inspection.look_": LookKind,
    "inspection.gap_no_code_": NoCodeReason,
    "inspection.gap_name_no_code_": NoCodeReason,
    "inspection.piece_": ("kept", "deleted", "put_in", "missing", "altered", "elsewhere"),
    "inspection.gap_piece_": ("missing", "altered", "elsewhere"),
    "inspection.gap_name_piece_": ("missing", "altered", "elsewhere"),
    "still.gap_": StillGap,
    "still_answer.": GapAnswer,
    "payment.state_": SettlementState,
    "payment.type_": ("ordinary", "special", "two_disease", "account", "self_paid"),
    "proxy.relation_": Relation,
    "proxy.reason_": Reason,
    "proxy.proof_": Proof,
    "person.way_": CheckWay,
    "person.reason_": {code for codes in CHECK_REASONS.values() for code in codes} - {""},
    "return.reason_": ReturnReason,
    "return.state_": ReturnState,
    "review.state_": RxState,
    "shelf.kind_": MoveKind,
}


@pytest.mark.parametrize("prefix", CODES)
def test_every_code_of_a_sheet_has_words(prefix: str) -> None:
    assert [code for code in CODES[prefix] if not knows(f"{prefix}{code}")] == []


def test_every_gap_has_its_sentence_and_its_name_among_the_totals() -> None:
    source = Path(inspection_gaps.__file__).read_text("utf-8")
    codes = re.findall(r'yield "([a-z_]+)"', source)
    assert len(codes) > 20
    for code in codes:
        assert knows(f"inspection.gap_{code}"), code
        assert knows(f"inspection.gap_name_{code}"), code


def test_every_refusal_of_what_was_typed_has_words() -> None:
    for what in ("purpose", "period", "second", "export", "order", "staff", "document number"):
        assert knows(refusal(BadValue(what=what, why="x")).message_id), what
    for what in ("sale", "receipt", "medicine", "inspector's account"):
        assert knows(refusal(NotFound(what=what)).message_id), what
    assert refusal(NotFound(what="something else")).message_id == "error.not_found"
