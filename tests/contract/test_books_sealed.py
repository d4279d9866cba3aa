"""Nothing that names a person stands in the open, in any table of any database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.clearing import ClearingKey, RefusedFee
from app.domain.complaint import Channel, Complaint, Subject
from app.domain.complaint_states import ComplaintEvent
from app.domain.custody import CustodyCause, HeldCard, Holder
from app.domain.custody_use import CardUse, CustodyGap, GapEnd, GapKind, UseWay
from app.domain.evidence_keeping import Hold, HoldReason, HoldScope, Parcel
from app.domain.inspection import InspectorPass, Looked, LookKind, PackRecord
from app.domain.money import Money, Quantity
from app.domain.papers import Claim, PaperKind, StorePaper
from app.domain.proxy import ProxyPurchase
from app.domain.returns import Return, ReturnReason
from app.domain.roster import RosterBatch, RosterEntry
from app.domain.rx_case import RxOpening, RxTokens
from app.domain.shift import DrawerMove, MoveKind, Shift
from app.domain.staff_licence import LicenceKind, StaffLicence
from app.domain.statement import (
    Cause,
    Correction,
    CorrectionKind,
    Difference,
    Figures,
    GroupKey,
)
from app.domain.statement_states import DifferenceState
from app.domain.stock import Lot
from app.domain.stocktake import Stocktake
from app.domain.store import StoreRecord
from app.domain.supervision import Alert, Phase
from app.domain.upload_states import UploadState
from app.errors import SecretError
from app.ports import OutboxRow, RequestRow
from app.ports_alerts import SaleNote
from app.ports_proxy import StaffDocument
from app.storage.tables import METADATA
from app.storage.tables_rx import RX_CASE
from tests.fakes.builders import (
    CERT_NO,
    PERSON_NAME,
    PSN_NO,
    STORE,
    a_person,
    a_prescription,
    a_sale,
    a_settlement,
    a_staff,
    a_template,
)
from tests.fakes.clock import START
from tests.fakes.prescriptions import (
    a_case,
    a_pharmacist,
    a_worked_case,
    an_issuer,
    an_owing,
)

PERSONAL = (
    *("LX-PRACTICE-CARD", "SF-PRACTICE-1", "练习多出的卡", "练习说明原因"),
    *(PERSON_NAME, CERT_NO, PSN_NO, "练习店员王五", "练习诊断急性鼻咽炎", "练习平台原话"),
    *("P-HIRX-0001", "TRACE-PRACTICE-77", "练习青霉素过敏", "练习诊断高血压", "练习降压片"),
    *("练习医生李四", "AUTH-PRACTICE-1", "EPC-PRACTICE-1", "练习审方意见", "练习用药指导"),
    *("练习中心原话", "SIGNCHECK-1", "STOOUT-1", "%PDF of", "练习欠药备注", "练习退货备注"),
    *("练习药师赵六", "999900197501010017", "YS999900000001", "ZC-PRACTICE-1"),
    *("练习张某案 1 号", "练习检查张某"),
    *("LX-BADGE-PRACTICE-1", "LX-HEALTH-PRACTICE-1"),
    *("练习更正原因", "练习拒付事由张某", "练习申诉张某"),
    *("练习差额原因", "练习钱箱备注", "练习判定张某"),
    *("练习监管原话张某", "练习依据张某", "练习答复张某", "练习用药理由张某"),
    *("练习投诉原话张某", "练习投诉人张某", "练习处理经过张某"),
    *("练习代购清单", "999900199001010031", "练习中心接收人"),
    *("练习检查处", "练习案卷张某", "练习查张某", "/练习/张某"),
    *("LXD-SETTLED", "练习病种结算", "LXD-ROSTER", "练习病种名册", "LXD-HELD"),
)


def write_an_inspection(uow):
    until = START + timedelta(days=3)
    names = ("练习检查处", "练习案卷张某")
    uow.inspections.add_pass(InspectorPass("staff-8", START, until, *names, "staff-1", START))
    uow.inspections.looked(Looked(START, "staff-8", LookKind.SALES, "练习查张某", 1, "sale-1"))
    places = ("练习检查张某", "/练习/张某")
    uow.inspections.add_pack(
        PackRecord(
            "pack-9", START, "staff-1", "", *places, START, until, "", "", False, 1, 0, 100, True,
            "ab" * 32,
        )
    )  # fmt: skip


def write_a_held_card(uow):
    holder = Holder(PERSON_NAME, CERT_NO, "LX-PRACTICE-CARD")
    day = START.date()
    card = HeldCard("held-1", holder, CustodyCause.MOBILITY, day, "staff-1", "exhibit-1")
    card = replace(card, disease="LXD-HELD")
    uow.custody.add(card)
    assert uow.custody.get("held-1").disease == "LXD-HELD"
    use = ("use-1", "held-1", "sale-1", START, "staff-1", UseWay.DELIVERY, day)
    uow.custody.add_use(CardUse(*use, PERSON_NAME, CERT_NO, "SF-PRACTICE-1"))
    gap = CustodyGap("gap-1", GapKind.SURPLUS, START, "staff-1", note="练习多出的卡")
    uow.custody.add_gap(gap)
    uow.custody.save_gap(gap.explained(START, "staff-1", GapEnd.GIVEN_BACK, "练习说明原因"))


def write_a_difference(uow):
    group, money = GroupKey("999900", "310", "11"), Figures(Money(1))
    day = START.date()
    uow.reconciliations.put(
        Difference(
            "d-9", day, Cause.ONLY_THERE, group, "M" * 30, state=DifferenceState.OPEN,
            psn_no=PSN_NO, memo=PERSON_NAME, ground="练习更正原因", found_at=START,
        )
    )  # fmt: skip
    kind, two = CorrectionKind.ADOPTED, ("staff-1", "staff-2", START, "练习更正原因")
    made = Correction("k-9", kind, day, START, "M" * 30, False, group, money, *two, psn_no=PSN_NO)
    uow.reconciliations.correct([made])


def write_a_refused_fee(uow):
    key, day = ClearingKey("310", "11"), START.date()
    reason, appeal = "练习拒付事由张某", "练习申诉张某"
    uow.clearings.put_fee(
        RefusedFee("f-9", "2026-11", key, day, Money(100), reason, START, "staff-1", appeal=appeal)
    )


def write_an_alert(uow):
    told = {"text": "练习监管原话张某", "grounds": "练习依据张某", "answer": "练习答复张某"}
    uow.alerts.put(Alert("a-9", Phase.DURING, "sale-1", "set-1", "R1", "重复购药", "3", START,
                         "staff-1", number="LJ9", **told))  # fmt: skip
    uow.sale_notes.put(SaleNote("sale-1", 1, "drug-1", "staff-2", START, "练习用药理由张某"))


def write_a_complaint(uow):
    day, said = START.date(), ("练习投诉原话张某", "练习投诉人张某", "练习处理经过张某")
    made = Complaint(
        id="c-9", received_on=day, channel=Channel.PHONE, subject=Subject.PRICE, words=said[0],
        person=said[1], due_on=day, at=START, by="staff-1",
    )  # fmt: skip
    uow.complaints.put(made.step(ComplaintEvent.ACTED, said[2], "staff-1", START))


def write_a_shift(uow):
    ends = ("练习差额原因", START + timedelta(days=1))
    shift = Shift("shift-1", "01", "01-1", START.date(), START, ends[1], "staff-1", reason=ends[0])
    uow.shifts.add(shift)
    move = ("move-1", "shift-1", MoveKind.OUT, Money(1), START, "staff-1", "other")
    uow.shifts.add_move(DrawerMove(*move, "练习钱箱备注"))


def write_something_personal_everywhere(books):
    with books() as uow:
        write_an_inspection(uow)
        write_a_shift(uow)
        write_an_alert(uow)
        write_a_complaint(uow)
        write_a_refused_fee(uow)
        write_a_difference(uow)
        write_a_held_card(uow)
        uow.stocktakes.add(Stocktake(id="take-1", number="PC1", opened_at=START, opened_by="s-1"))
        uow.lots.add([Lot("lot-judged", "m-1", "B1")])
        uow.lots.keep_judged("lot-judged", "练习判定张某")
        uow.stocktakes.keep_handed_to("take-1", "练习中心接收人")
        uow.prescriptions.add(a_worked_case())
        uow.prescriptions.keep_file("case-1", b"%PDF of " + PERSON_NAME.encode())
        tokens = RxTokens("AUTH-PRACTICE-1", "EPC-PRACTICE-1")
        uow.prescriptions.keep_opening(RxOpening("case-2", "T1", START, tokens, "P-HIRX-0001"))
        confirmed = f"by = '{PERSON_NAME}'"
        uow.tills.found(StoreRecord(STORE, "shop", "P1", "r", "u", "test", confirmed), "ring")
        uow.pharmacists.keep(a_pharmacist())
        uow.owings.add([an_owing()])
        uow.lists.keep_listed("prescriber", [an_issuer("D1", "prescriber", disease="M039")])
        uow.staff.add(a_staff(), "hash")
        uow.staff.set_badge(a_staff().id, "LX-BADGE-PRACTICE-1")
        licence = (LicenceKind.HEALTH, "LX-HEALTH-PRACTICE-1", START.date())
        uow.licences.add(StaffLicence("licence-1", a_staff().id, *licence))
        uow.persons.keep(a_person(), "person-1", START)
        uow.sales.add(a_sale(prescription=a_prescription(), person_id="person-1"))
        uow.settlements.add(
            a_settlement(
                last_text="练习平台原话", disease_code="LXD-SETTLED", disease_name="练习病种结算"
            )
        )
        body = PERSON_NAME.encode()
        uow.requests.write(RequestRow("m" * 30, "7204", "Download", "case-1", body, START))
        back = ((1, Quantity.of(1)),)
        reason = ReturnReason.QUALITY
        uow.returns.add(
            Return("return-1", "sale-1", reason, "staff-1", START, back, note="练习退货备注")
        )
        day = START.date()
        listed = RosterEntry(
            "special", "LXD-ROSTER", "练习病种名册", day, None, CERT_NO, PERSON_NAME
        )
        batch = RosterBatch("special", "1", day, START, "staff-1", "list.csv", "00", 1, 1)
        uow.rosters.keep(batch, [listed])
        bought = ProxyPurchase("proxy-1", "sale-1", "person-1", START, "staff-1")
        bought.shipping_no = "SF-PRACTICE-1"
        bought.list_text = "练习代购清单"
        uow.proxies.add(bought)
        uow.staff_documents.keep(StaffDocument("staff-1", "999900199001010031"))
        uow.templates.add(a_template())
        case = HoldReason.COURT
        uow.keeping.add_hold(
            Hold("hold-1", HoldScope.SALE, "sale-1", case, "练习张某案 1 号", START, "staff-1")
        )
        uow.papers.add(
            StorePaper(
                id="p-9", kind=PaperKind.SANCTION, title="练习处罚", begins=START.date(),
                note=PERSON_NAME, at=START, by="staff-1",
            )
        )  # fmt: skip
        uow.papers.add_claim(
            Claim(
                id="c-9", title="练习申领", amount=Money(100), submitted_on=START.date(),
                note=PERSON_NAME, at=START, by="staff-1",
            )
        )  # fmt: skip
        uow.keeping.add_parcel(Parcel("p-1", START, "a", "b", "练习检查张某", 1, 0, "ab" * 32))
        uow.outbox.add([OutboxRow("key-1", "sale-1", "practice", {"name": PERSON_NAME}, START)])
        (waits,) = uow.outbox.oldest(1)
        said = {"text": f"{PERSON_NAME} {CERT_NO}"}
        assert uow.outbox.keep(replace(waits, state=UploadState.SENT, answer=said), waits)
        uow.commit()


@pytest.mark.rule("S-15")
def test_nothing_personal_stands_in_the_open_in_any_column_of_any_table(books, engine):
    write_something_personal_everywhere(books)
    sealed = set()
    with engine.connect() as connection:
        for table in METADATA.sorted_tables:
            for row in connection.execute(select(table)):
                for column, value in row._mapping.items():
                    raw = value if isinstance(value, bytes) else str(value).encode()
                    for each in PERSONAL:
                        assert each.encode() not in raw, (table.name, column)
                    if column.startswith("sealed_") and value is not None:
                        sealed.add(f"{table.name}.{column}")
    # Filled only by answers and decisions: the same bytes of the same purpose, tested elsewhere.
    later = {"platform_request.sealed_answer", "platform_request.sealed_text"}
    later |= {"settlement.sealed_decisions"}
    every = {
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.c
        if column.name.startswith("sealed_")
    }
    assert sealed == every - later


def test_a_ciphertext_opens_in_its_own_row_only(books, engine):
    with books() as uow:
        uow.prescriptions.add(a_case())
        uow.prescriptions.add(a_case("case-2", number="P-HIRX-0002"))
        uow.commit()
    with engine.begin() as connection:
        stolen = select(RX_CASE.c.sealed_sheet).where(RX_CASE.c.id == "case-1")
        taken = connection.execute(stolen).scalar_one()
        connection.execute(
            RX_CASE.update().where(RX_CASE.c.id == "case-2").values(sealed_sheet=taken)
        )
    with books() as uow, pytest.raises(SecretError):
        uow.prescriptions.get("case-2")
