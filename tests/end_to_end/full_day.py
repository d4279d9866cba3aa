"""A whole practice day through the real use cases, client and drivers, for those who look after it.

Persons, prescriptions and papers are invented; the platform answers in this process.
"""

from __future__ import annotations

import logging
import queue
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from app.domain.clock import shop_time
from app.domain.consent import ConsentPurpose
from app.domain.device_plan import DeviceKind, DeviceSaid, Heard
from app.domain.face import Template
from app.domain.insurance import Credential, CredentialKind
from app.domain.money import Quantity
from app.domain.person_check import CheckDraft, CheckVerdict, CheckWay
from app.domain.proxy import Reason, Relation
from app.domain.returns import ReturnReason
from app.domain.sale import Sale
from app.domain.signature import PenPoint, PenTrace
from app.domain.staff import Role
from app.errors import YaotaiError
from app.regions.loader import load_region
from app.resources import resource
from app.use_cases.backups import back_up
from app.use_cases.check_person import record_check
from app.use_cases.complete_sale import complete_sale
from app.use_cases.consents import consent_text, give_consent
from app.use_cases.custody_use import confirm_receipt
from app.use_cases.day_close import close_day
from app.use_cases.drain_outbox import drain_outbox
from app.use_cases.export_evidence import ExportWish, export_evidence
from app.use_cases.identify_customer import identify_customer
from app.use_cases.print_slips import print_waiting
from app.use_cases.proxy_purchase import (
    keep_list_signature,
    keep_still,
    list_for_signature,
    name_relation,
    open_proxy,
    show_proxy,
)
from app.use_cases.quote_sale import quote_sale
from app.use_cases.reconcile import reconcile
from app.use_cases.recover_settlements import recover_settlements
from app.use_cases.return_goods import quote_return, run_return
from app.use_cases.sign_in import SecondPerson, add_staff, sign_in
from app.use_cases.staff_documents import set_staff_document
from app.use_cases.templates import enrol_face
from app.use_cases.views import Patient
from app.vault.keyring import Vault
from app.vault.keys import FileMasterStore
from app.vault.parcel import Parcels
from app.vault.pins import Argon2Pins
from sync.insurance.simulator.assemble import build_platform
from sync.insurance.simulator.server import PlatformServer
from tests.fakes import custody
from tests.fakes.clock import FixedClock
from tests.fakes.practice_home import lay_out_practice
from tests.fakes.practice_rx import RxTill
from tests.fakes.practice_till import START, PracticeTill, cash
from ui import crash
from ui.bootstrap import SYSTEM, OpenShop, Settings, build
from ui.homes import Home
from ui.printers import RoomPrinter
from ui.slips import composer
from ui.words import say

_log = logging.getLogger(__name__)

PIN = "83910746"
"""Of somebody hired for this day: no other number of the day looks like it."""
NOBODY = "99990019910303007X"
"""An identity number that the platform does not know."""
STAFF_DOCUMENT = "999900199103030075"
SECOND = SecondPerson("2001", "200200")
INK = PenTrace(
    800, 400, (tuple(PenPoint(30 * at, 100 + 40 * (at % 3), 500, 20 * at) for at in range(25)),)
)
FACES = tuple(Template("engine@1", (0.5 * number, 0.25)) for number in (1, 2, 3))
"""Invented: no picture was ever looked at for them."""
STILL = custody.JPEG


@dataclass
class Day:
    """The till of the day, its window-less shop and its folder."""

    till: PracticeTill
    opened: OpenShop
    home: Path

    @property
    def folder(self) -> Path:
        return self.home / "practice"


@contextmanager
def shop_of(home: Path) -> Iterator[Day]:
    """A practice shop as the program lays it out, on a clock of the test's own."""
    place, clock = Home(home), FixedClock(START)
    ids = lay_out_practice(place, begins=START)
    server = PlatformServer(
        build_platform(
            load_region("CN-999900", practice=True).raw, resources=resource(),
            state_folder=place.practice / "platform", clock=clock.now, sleep=lambda seconds: None,
        )
    )  # fmt: skip
    server.start()
    pins = Argon2Pins.cheap()
    opened = build(Settings(place, practice=True, url=server.url, clock=clock, ids=ids, pins=pins))
    try:
        doors = opened.shop.doors
        vault = Vault.open_folder(place.practice, FileMasterStore(place.practice))
        cashier = sign_in(doors, "1001", "100100")
        till = PracticeTill(doors, server.platform, clock, opened.engine, cashier, vault)
        yield Day(till, opened, home)
    finally:
        opened.close()
        server.stop()


def live(day: Day) -> None:
    """From the first customer to the close of the day."""
    hear_devices(day)
    hire_somebody(day)
    over_the_counter(day)
    wrong_way(day)
    prescribed, patient = by_prescription(day)
    look_and_enrol(day, prescribed, patient)
    for_a_patient_at_home(day)
    give_back(day, prescribed, patient)
    paper_runs_out(day)
    drain_outbox(day.till.doors, day.till.operator)
    hand_out(day, prescribed)
    evening(day)


# --- devices --------------------------------------------------------------------------------------


def hear_devices(day: Day) -> None:
    """An identity card is laid on the reader and an insurance code is scanned."""
    room, heard = day.opened.devices, queue.SimpleQueue[Heard]()
    room.listen(heard.put)
    room.start()
    cards = tomllib.loads(resource("practice", "identity_cards.toml").read_text("utf-8"))
    room.ask(DeviceKind.CARD_READER, lambda _: None).result(20)
    room.seat(DeviceKind.CARD_READER).far_end.lay(cards["ordinary"])
    room.ask(DeviceKind.SCANNER, lambda _: None).result(20)
    seat = room.seat(DeviceKind.SCANNER)
    for piece in seat.far_end.reads(str(day.till.person("active_met")["ec_token"])):
        seat.send(piece)
    wanted = {DeviceKind.CARD_READER, DeviceKind.SCANNER}
    while wanted:
        told = heard.get(timeout=20)
        if isinstance(told, DeviceSaid):
            wanted.discard(told.kind)


# --- people ---------------------------------------------------------------------------------------


def hire_somebody(day: Day) -> None:
    """A member of staff whose document is on file."""
    doors = day.till.doors
    add_staff(doors, "7007", "练习·夜班收银", Role.CASHIER, PIN, by="practice")
    administrator = sign_in(doors, "9001", "900900")
    set_staff_document(doors, administrator, "7007", STAFF_DOCUMENT, "LXBA-77")
    day.till.operator = sign_in(doors, "7007", PIN)


def over_the_counter(day: Day) -> None:
    """A box for cash."""
    till = day.till
    sale = till.basket((till.find(sale_class="otc_b"), 2))
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)


def by_prescription(day: Day) -> tuple[Sale, Patient]:
    """An e-prescription, fetched by e-certificate, reviewed, told to the centre, settled."""
    rx, till = RxTill(day.till), day.till
    sale, _case, patient = rx.ready(packs=2)
    till.quote(sale, patient)
    view = till.settle(sale, patient)
    complete_sale(till.doors, sale.id, cash(view.cash_due), view.cash_due, till.operator)
    return rx.sale(sale.id), patient


def look_and_enrol(day: Day, sale: Sale, patient: Patient) -> None:
    """Person against document, a consent signed by pen, three templates of an invented face."""
    till = day.till
    basket = till.basket((till.find(sale_class="otc_b"), 1))
    shown = till.patient("active_met")
    shown = replace(shown, credential=replace(shown.credential, typed=False))
    draft = CheckDraft(CheckWay.BY_EYE, CheckVerdict.MATCH, "not_asked")
    record_check(till.doors, basket.id, shown, draft, till.operator, SECOND)
    text = consent_text(till.doors, ConsentPurpose.FACE)
    give_consent(till.doors, shown, text, INK, till.operator)
    enrol_face(till.doors, basket.id, shown, FACES, till.operator, SECOND)


def for_a_patient_at_home(day: Day) -> None:
    """A held card, and somebody who buys for its holder with both identities."""
    till = day.till
    card = custody.held(till)
    sale, patient = custody.special_basket(till), custody.by_card(till)
    made = custody.use(till, sale, card, "SF999900771")
    proxy_id = buys_for(day, sale, patient)
    paid = till.settle(sale, patient)
    complete_sale(till.doors, sale.id, cash(paid.cash_due), paid.cash_due, till.operator)
    confirm_receipt(till.doors, made.id, custody.PAPER, till.operator)
    assert proxy_id


def buys_for(day: Day, sale: Sale, patient: Patient) -> str:
    """Shown, named, quoted, signed and pictured."""
    doors, operator = day.till.doors, day.till.operator
    one = open_proxy(doors, sale, patient, operator)
    show_proxy(doors, one.id, custody.BEARER, operator)
    name_relation(doors, one.id, Relation.CHILD.value, Reason.BEDRIDDEN.value, "", operator)
    quote_sale(doors, sale.id, patient, "0", operator)
    digest = list_for_signature(doors, one.id, operator).list_digest
    keep_list_signature(doors, one.id, digest, INK, operator)
    keep_still(doors, one.id, digest, STILL, operator)
    return one.id


def give_back(day: Day, sale: Sale, patient: Patient) -> None:
    """One of two boxes comes back and what remains is settled again."""
    till, line = day.till, sale.lines[0]
    asked = quote_return(
        till.doors, sale.id, {line.no: Quantity.of(1)}, line.trace_codes[:1],
        ReturnReason.QUALITY, till.operator, patient.credential,
    )  # fmt: skip
    done = run_return(
        till.doors, asked.return_id, till.operator, patient.credential, lambda _leg: None
    )
    assert done.state == "done", done


def paper_runs_out(day: Day) -> None:
    """Slips of the day: the roll ends within one, the rest waits in the spool."""
    room = day.opened.devices
    printer, doors = RoomPrinter(room), day.till.doors
    printer.status()
    room.seat(DeviceKind.RECEIPT_PRINTER).far_end.faults.rows_left = 12
    spool = print_waiting(doors, printer, composer(say, 180))
    assert spool.waiting or spool.unsure, spool


def wrong_way(day: Day) -> None:
    """What fails, with the person in its hands: a credential that nobody holds."""
    doors, operator = day.till.doors, day.till.operator
    unknown = Credential(CredentialKind.ID_CARD, NOBODY)
    try:
        identify_customer(doors, unknown, operator)
    except YaotaiError as error:
        _log.exception("the practice platform knows no such person")
        crash.tell(error, day.folder)
    try:
        sign_in(doors, "7007", PIN[::-1])
    except YaotaiError:
        _log.exception("signed in with a wrong PIN")
    patient = day.till.patient("active_unmet")
    try:
        raise KeyError(f"{patient.person.name} {patient.person.psn_no} {NOBODY}")
    except KeyError as error:
        crash.tell(error, day.folder)
    sale = day.till.prescribe(day.till.basket((day.till.medicine("P0001"), 1)))
    day.till.quote(sale, patient)
    day.till.fault(infno="2102", kind="torn")
    day.till.settle(sale, patient)
    day.till.clock.advance(seconds=400)
    recover_settlements(doors, operator)


def hand_out(day: Day, sale: Sale) -> None:
    """The evidence of the day as a parcel for who may ask for it."""
    doors = day.till.doors
    manager = sign_in(doors, "3001", "300300")
    begins = day.till.clock.now() - timedelta(days=1)
    wish = ExportWish("练习：检查", begins=begins, ends=begins + timedelta(days=3))
    administrator = SecondPerson("9001", "900900")
    *_, last = export_evidence(doors, wish, manager, administrator, Parcels(day.folder), say)
    assert last.done > 3, last


def evening(day: Day) -> None:
    """Books held against the platform's, the day closed, a backup made and proved."""
    till = day.till
    manager = sign_in(till.doors, "3001", "300300")
    reconcile(till.doors, manager, shop_time(till.clock.now()).date())
    close_day(till.doors, manager)
    done = back_up(till.doors, day.opened.shop.backup_room(None), SYSTEM)
    assert done.good, done
