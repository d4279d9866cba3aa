"""A store of two real tills on PostgreSQL: made and joined by setup, each with its own window."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PySide6.QtWidgets import QApplication

from app.domain.clock import shop_time
from app.domain.rx_acts import TEN_QUESTIONS
from app.domain.rx_states import RxState
from app.regions.loader import load_region
from app.resources import resource
from app.use_cases.import_lists import fetch_circulation
from app.use_cases.setup_shop import JoinPlan, read_plan
from app.vault.pins import Argon2Pins
from tests.fakes.lanes import HandLanes
from tests.makers.setup_files import OWN_PINS, REGION, choose_pins, setup_tables
from ui.bootstrap import OpenShop, Settings, build
from ui.commands.join import join_store
from ui.commands.setup import Means, make_shop
from ui.homes import Home
from ui.main_window import MainWindow
from ui.operation import ClosingLanes
from ui.practice import practice_staff, start_platform
from ui.practice_shelf import stock_shelf
from ui.review_window import ReviewWindow
from ui.screens.practice.helper import next_code, persons
from ui.screens.prescription.panel import PrescriptionPanel

CASHIER, REVIEWER, CHECKER = ((one, OWN_PINS[one]) for one in ("1001", "2001", "2002"))
MEANS = Means(pins=Argon2Pins.cheap())


ONE_DRUG = {"code": "XLX99A00000000000000001", "quantity": "1", "days": "4", "dose": "0.5",
            "dose_unit": "g", "frequency": "每日三次"}  # fmt: skip


def side_door(url: str, method: str, page: str, body: object = None) -> Any:
    """A page of the practice platform that no insurer has."""
    parts = urlsplit(url)
    line = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    sent = json.dumps(body).encode() if body is not None else None
    line.request(method, f"/practice/{page}", sent)
    answer = line.getresponse()
    told = json.loads(answer.read())
    line.close()
    assert answer.status == 200, told
    return told


def ec_token(number: str) -> str:
    """What a pharmacist's own e-certificate gives, where the area asks for it with a review."""
    known = tomllib.loads(resource("practice", "platform.toml").read_text(encoding="utf-8"))
    rows = known["practitioner"]
    return str(next(one["ec_token"] for one in rows if one["number"] == number))


def patient_password(place: int) -> str:
    """What the invented person at this place types where the area asks for a password."""
    known = tomllib.loads(resource("practice", "persons.toml").read_text(encoding="utf-8"))
    return str(known["person"][place]["password"])


def tables(url: str, database: str) -> dict[str, Any]:
    """The setup file of the store: two pharmacists of practice are bound and there."""
    told = setup_tables(url)
    told["shop"] = {**told["shop"], "database": database}
    # The practice hospital stands in the invented area, wherever the shop is.
    told["region"]["confirmed"]["any"]["rx"]["issuer_areas"] = ["9999"]
    known = {one.number: one for one in practice_staff()}
    bound = [known[number] for number, _pin in (REVIEWER, CHECKER)]
    others = [one for one in told["staff"] if one["number"] == CASHIER[0]]
    told["staff"] = others + [
        {
            "number": one.number, "name": one.name, "role": one.role.value, "pin": one.pin,
            "pharmacist": {**one.pharmacist, "on_duty": True},
        }
        for one in bound
    ]  # fmt: skip
    return told


@dataclass
class Till:
    """One till of the store: its shop, its window, its lanes (by hand unless said otherwise)."""

    home: Home
    opened: OpenShop
    lanes: ClosingLanes
    window: MainWindow
    closed: bool = False

    def rest(self) -> None:
        """Until nothing is under way and nothing is queued."""
        assert isinstance(self.lanes, HandLanes)
        for _ in range(4):
            self.lanes.run()
            QApplication.processEvents()

    def hear(self) -> None:
        """One beat of what it listens to: the other tills' doings."""
        self.window.waiting.feel()
        self.rest()

    # --- the counter --------------------------------------------------------------------------

    def customer(self) -> None:
        """Signed in; the first invented person shows the e-certificate and is compared."""
        self.window.sign_in.sign_in(*CASHIER)
        self.rest()
        self.window.take_scan(persons()[0].code)
        self.rest()
        self.window.patient.confirm()
        self.rest()

    def panel(self) -> PrescriptionPanel:
        """Under F4."""
        panel = self.window.panel()
        assert isinstance(panel, PrescriptionPanel)
        return panel

    def take(self) -> str:
        """One is issued for the customer, taken, filled and scanned; answers its case."""
        self.customer()
        assert self.window.till.patient is not None
        order = {"person": self.window.till.patient.person.psn_no, "lines": [ONE_DRUG]}
        side_door(self.opened.shop.url, "POST", "prescriptions", order)
        self.window.rx.ask_offers()
        self.rest()
        self.panel().offers.take.click()
        self.rest()
        self.panel().filling.commit.click()
        self.rest()
        self.scan_boxes()
        assert self.window.rx.rx is not None
        return self.window.rx.rx.case_id

    def fetch_circulating(self) -> None:
        """The list of circulating drugs of the day, by the administrator (7211)."""
        shop = self.opened.shop
        boss = shop.sign_in("9001", OWN_PINS["9001"])
        today = shop_time(shop.now()).date()
        fetch_circulation(shop.doors, version="LX-1", effective=today, operator=boss)

    def scan_boxes(self) -> None:
        """A code for every pack."""
        for _ in range(20):
            now = self.opened.shop.now()
            codes = [code for line in self.window.till.lines if (code := next_code(line, now))]
            if not codes:
                return
            self.window.take_scan(codes[0])
            self.rest()

    def sign(self, who: tuple[str, str]) -> None:
        """The act that is due, under F4."""
        if self.window.panel() is None:
            self.window.open_panel("prescription")
            self.rest()
        walk = self.panel().walk
        for box in walk.five.values():
            box.setChecked(True)
        walk.number.setText(who[0])
        walk.pin.setText(who[1])
        walk.submit()
        self.rest()

    def said(self) -> list[str]:
        """Ids of what the strip of findings says."""
        return [note.message_id for note in self.window.till.notes]

    # --- the station --------------------------------------------------------------------------

    def station(self, who: tuple[str, str] = REVIEWER) -> ReviewWindow:
        """The review window of this till with a pharmacist at it."""
        self.window.beside.open_review()
        station = self.window.beside.review
        assert station is not None
        self.rest()
        station.sign_in.sign_in(*who)
        self.rest()
        return station

    def open_page(self, case_id: str) -> None:
        """The page of a prescription, all ten answers given."""
        station = self.window.beside.review
        assert station is not None
        station.model.choose(case_id)
        self.rest()
        for item in TEN_QUESTIONS:
            if item not in station.model.answers:
                station.model.answer(item)

    def verdict(self, act: str, who: tuple[str, str], reason: str = "", text: str = "") -> str:
        """Signed at the station; answers what the station says."""
        station = self.window.beside.review
        assert station is not None
        station.model.begin(act)
        station.model.sign("", who[1], reason, text, ec_token(who[0]))
        self.rest()
        return station.model.note.message_id if station.model.note else ""

    # --- the books ----------------------------------------------------------------------------

    def state(self, case_id: str) -> RxState:
        """As the shared books have it."""
        with self.opened.shop.doors.uow() as uow:
            return uow.prescriptions.get(case_id).state

    def close(self) -> None:
        """The window goes, then the shop; only the first call does."""
        if self.closed:
            return
        self.closed = True
        self.window.stop()
        self.window.hide()
        if isinstance(self.lanes, HandLanes):
            self.lanes.run()
        self.opened.close()


@dataclass
class Store:
    """The homes of a store on one database, and the practice platform that it speaks to."""

    folder: Path
    database: str
    url: str
    code: str
    homes: list[Home]
    tills: list[Till] = field(default_factory=list)
    """Every window that was opened."""

    def join(self, till_no: int, take_over: bool = False) -> Home:
        """One till more, or another machine in the place of one."""
        home = Home(self.folder / f"till-{till_no}{'-new' if take_over else ''}")
        join_store(home, JoinPlan(till_no, self.database, self.code, take_over), MEANS)
        self.homes.append(home)
        return home

    def open(self, home: Home, lanes: Callable[[], ClosingLanes] = HandLanes) -> Till:
        """Its window, as on a morning."""
        opened = build(Settings(home, practice=False, pins=MEANS.pins))
        stock_shelf(opened.shop.doors)
        made = lanes()
        window = MainWindow(opened.shop, made, folder=home.store / "slips")
        window.show()
        till = Till(home, opened, made, window)
        self.tills.append(till)
        if isinstance(made, HandLanes):
            till.rest()
        return till

    def platform(self, page: str) -> Any:
        """A page of the practice platform's own books."""
        return side_door(self.url, "GET", page)


@contextmanager
def two_tills(folder: Path, database: str) -> Iterator[Store]:
    """Made at the first home, joined at the second, against a platform of its own."""
    with ExitStack() as stack:
        region = load_region(REGION, practice=True)
        (folder / "platform").mkdir(parents=True)
        server = start_platform(region, folder / "platform")
        stack.callback(server.stop)
        first = Home(folder / "till-1")
        plan = read_plan(tables(server.url, database), "shop.toml", resource("practice"))
        made = make_shop(first, plan, MEANS)
        choose_pins(first, plan, MEANS.pins)
        store = Store(folder, database, server.url, made.recovery_code, [first])
        store.join(2)
        try:
            yield store
        finally:
            for till in reversed(store.tills):
                till.close()
