"""The 验收清单 of an open shop: books of its own beside, the run, and the signed report as files.

The scratch store has its own folder, keys, books and till; it goes when the run ends. In practice
it gets a practice platform of its own too, unless the shop was told of one that runs already.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from app.bounded import TooMuch, digest_of_file, read_bounded
from app.domain.acceptance import (
    AcceptanceReport,
    Place,
    StepTold,
    canonical,
    one_line,
    told,
)
from app.domain.clock import shop_time
from app.domain.insurance import Credential, CredentialKind
from app.domain.rx_case import CirculationEntry, Signature
from app.domain.staff import Right, Role, Staff
from app.errors import AcceptanceTampered, BadFile, BadValue, FileNotWritten
from app.regions.confirmed import REGION_FILE
from app.resources import resource
from app.storage.engine import open_store
from app.storage.unit_of_work import make_factory
from app.use_cases.acceptance import (
    Bench,
    Recorder,
    Signs,
    Subject,
    Team,
    require_test,
    run_acceptance,
)
from app.vault.keyring import Vault
from app.vault.keys import FileMasterStore
from app.vault.pins import Argon2Pins
from app.vault.signatures import KIND, holds
from ui.a4 import private
from ui.homes import SCRATCH, STORE_FILE, Home, ShopFile, make_private, read_shop

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors
    from ui.bootstrap import OpenShop

    Say = Callable[..., str]

SIGNER: Final = "shop"
"""In whose name the shop itself signs: no person's id is a word."""
TILL_NO: Final = 0
"""Of a run's own till, which no shop gives away: its message ids are never those of a till."""
PERSON: Final = "active_met"
"""The invented person who buys in practice."""
_ANSWER: Final = 1_000_000
"""Bytes of an answer of the practice hospital, at most."""
_SECONDS: Final = 30
_LONGEST: Final = 5_000_000
"""Bytes of a report's JSON, at most."""
PREFIX: Final = b"yaotai acceptance report\n"
PDF_PREFIX: Final = b"yaotai acceptance pdf\n"
"""What is signed begins with these: a signature of one thing never stands for the other."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the shop knows of the test; nothing is needed in practice."""

    token: str = field(default="", repr=False)
    """The test person's e-certificate (电子凭证令牌), at a test platform."""
    password: str = field(default="", repr=False)
    ask_system: bool = False
    """Whether the system's key store may be asked for the shop's credentials."""


@dataclass(frozen=True, slots=True)
class Made:
    """The report and where its two files lie."""

    report: AcceptanceReport
    pdf: Path
    json: Path
    key: str
    """The public key of the shop, 64 hex digits: to be handed over beside the report."""


# --- running --------------------------------------------------------------------------------------


class AcceptanceRun:
    """One run: :meth:`steps` to its end, then :meth:`report`."""

    def __init__(self, doors: Doors, folder: Path, url: str, say: Say, asked: Asked) -> None:
        """``folder``: the open shop's own, from which file, region and catalogue are taken.

        :raises AcceptanceRefused: the shop speaks to the live platform.
        """
        require_test(doors.shop.environment)
        if not doors.shop.practice and not asked.token:
            raise BadValue(what="token", why="empty")
        self._doors, self._folder, self._say, self._asked = doors, folder, say, asked
        self._file = read_shop(folder)
        self._url = url
        self._steps: list[StepTold] = []
        self._begun = self._ended = doors.clock.now()

    def steps(self) -> Iterator[StepTold]:
        """Each step when it is done; the scratch store goes with the last one."""
        self._begun = self._doors.clock.now()
        with self.scratch() as bench:
            for step in run_acceptance(bench):
                self._steps.append(step)
                yield step
        self._ended = self._doors.clock.now()

    def report(self) -> AcceptanceReport:
        """What was found."""
        from ui.crash import version

        shop = self._doors.shop
        place = Place(
            shop=shop.shop_name, institution=shop.institution_code, region=self._file.region,
            environment=shop.environment, url=shown_url(self._url),
            infver=self._doors.infver, program=version(),
        )  # fmt: skip
        return AcceptanceReport(place, self._begun, self._ended, tuple(self._steps))

    @contextmanager
    def scratch(self) -> Iterator[Bench]:
        """A store of its own with all that a run needs, gone afterwards."""
        from ui.bootstrap import Settings, build

        home = Home(Path(mkdtemp(prefix=SCRATCH, dir=self._folder)))
        practice, doors = self._doors.shop.practice, self._doors
        opened: OpenShop | None = None
        try:
            if not practice:
                self._lay_out(home)
            settings = Settings(
                home, practice=practice, region=self._file.region if practice else "",
                url=self._file.url if practice else "", clock=doors.clock, ids=doors.ids,
                pins=Argon2Pins.cheap(), till_no=TILL_NO,
            )  # fmt: skip
            opened = build(settings)
            opened.shop.doors.counter.infver = doors.counter.infver
            self._url = opened.shop.url
            yield self._bench(opened)
        finally:
            if opened is not None:
                opened.close()
            shutil.rmtree(home.root, ignore_errors=True)

    def _bench(self, opened: OpenShop) -> Bench:
        from ui.words import say_error

        recorder = Recorder(opened.shop.doors.platform)
        doors = replace(opened.shop.doors, platform=recorder)
        practice = self._doors.shop.practice
        team = _practice_team() if practice else _team(doors)
        if practice:
            person = _person()
            token, password = str(person["ec_token"]), str(person.get("password", ""))
        else:
            token, password = self._asked.token, self._asked.password
        subject = Subject(Credential(CredentialKind.E_CERTIFICATE, token), password)
        return Bench(
            doors, recorder, team, subject,
            prescribe=(lambda: _prescribe(doors, opened.shop.url)) if practice else None,
            say=self._say, words=lambda error: say_error(error, self._say("acceptance.lang")),
        )  # fmt: skip

    # --- a store of its own for a test platform ---------------------------------------------------

    def _lay_out(self, home: Home) -> None:
        """The shop's people, pharmacists and drugs under scratch keys, PINs and numbers."""
        from app.vault.places import open_vault
        from ui.credentials import seal_credentials, stored_credentials

        folder, ids = make_private(home.store), self._doors.ids
        own: ShopFile = replace(
            self._file, store_id=ids.new(), till_id=ids.new(), till_no=TILL_NO, database="",
            database_password="", seat="", receipt_printer="",
        )  # fmt: skip
        own.write(folder)
        if (self._folder / REGION_FILE).exists():
            shutil.copy2(self._folder / REGION_FILE, folder / REGION_FILE)
        known = stored_credentials(
            self._doors.uow, open_vault(self._folder, ask_system=self._asked.ask_system)
        )
        vault, _code = Vault.create(folder, FileMasterStore(folder))
        engine = open_store(folder / STORE_FILE)
        try:
            with make_factory(engine, vault, own.store_id, own.till_id)() as uow:
                uow.settings.put(*seal_credentials(vault, known))
                self._carry(uow)
                uow.commit()
        finally:
            engine.dispose()

    def _carry(self, uow: UnitOfWork) -> None:
        """People as they are but for their PINs, bindings without keys, the catalogue."""
        with self._doors.uow() as books:
            staff = [one for one in books.staff.all() if one.active]
            bound = books.pharmacists.all()
            drugs = list(books.medicines.all())
            codes = [one.national_code for one in drugs if one.national_code]
            today = shop_time(self._doors.clock.now()).date()
            circulating = books.lists.circulating(codes, today)
            versions = books.lists.circulation_versions()
            listed = {kind: books.lists.all_listed(kind) for kind in _LISTS}
        hashed = Argon2Pins.cheap().hash(_PIN)
        for one in staff:
            fresh = replace(one, wrong_pins=0, locked_until=None, level=None, has_badge=False,
                            must_change_pin=False)  # fmt: skip
            uow.staff.add(fresh, hashed)
        known = {one.id for one in staff}
        for each in bound:
            if each.staff_id in known:
                uow.pharmacists.keep(replace(each, signing_key="", ca_keys=()))
        uow.medicines.save_many(drugs)
        if versions:
            named = {one.national_code: one.display_name for one in drugs}
            uow.lists.keep_circulation(
                versions[0], [CirculationEntry(code, named[code]) for code in sorted(circulating)]
            )  # fmt: skip
        for kind, rows in listed.items():
            if rows:
                uow.lists.keep_listed(kind, rows)


_LISTS: Final = ("issuer", "prescriber", "service")
"""What others publish and the rules ask about, beside the circulation list."""
_PIN: Final = "730518"
"""Of everybody in a scratch store, which nobody but this run ever opens: hashed cheaply, too."""


def _team(doors: Doors) -> Team:
    """The shop's own people: who sells, two pharmacists, a manager and somebody beside."""
    from app.use_cases.duty import sign_on

    with doors.uow() as uow:
        staff = uow.staff.all()
        bound = {one.staff_id for one in uow.pharmacists.all() if one.unbound_at is None}
    pharmacists = [one for one in staff if one.id in bound]
    bosses = [one for one in staff if one.role in (Role.ADMINISTRATOR, Role.MANAGER)]
    sellers = [one for one in staff if one.may(Right.SELL)]
    if not (pharmacists and bosses and sellers):
        raise BadValue(what="team", why="empty")
    for one in pharmacists:
        sign_on(doors, one.number, _PIN)
    seller = next((one for one in sellers if one.role is Role.CASHIER), sellers[0])
    beside = next((one for one in (*bosses, *pharmacists) if one is not bosses[0]), bosses[0])
    return Team(*map(_signs, (seller, pharmacists[0], pharmacists[-1], bosses[0], beside)))


def _signs(one: Staff) -> Signs:
    return Signs(one.number, _PIN)


def _practice_team() -> Team:
    """The invented people of practice; the first pharmacist reviews, the second compares."""
    from ui.practice import practice_staff

    known = {one.number: Signs(one.number, one.pin) for one in practice_staff()}
    return Team(*(known[number] for number in ("1001", "2001", "2002", "3001", "9001")))


def _person() -> dict[str, Any]:
    import tomllib

    text = resource("practice", "persons.toml").read_text(encoding="utf-8")
    return next(dict(one) for one in tomllib.loads(text)["person"] if one["key"] == PERSON)


def _prescribe(doors: Doors, url: str) -> str:
    """The practice hospital's own door; the number, empty where none came."""
    with doors.uow() as uow:
        drugs = sorted(uow.medicines.all(), key=lambda each: each.shop_code)
    fits = [one for one in drugs if one.insurance_class == "A" and one.sale_class == "rx"
            and not one.cold_chain]  # fmt: skip
    if not fits:
        return ""
    drug = fits[0]
    line = {"code": drug.national_code, "quantity": "2", "name": drug.generic_name,
            "form": drug.dosage_form, "spec": drug.spec, "pack_unit": drug.pack_unit}  # fmt: skip
    body = json.dumps({"person": PERSON, "lines": [line]}).encode()
    parts = urlsplit(url)
    line_ = HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
    try:
        line_.request("POST", "/practice/prescriptions", body)
        answer = line_.getresponse()
        heard = json.loads(answer.read(_ANSWER))
        return str(heard["hi_rxno"]) if answer.status == 200 else ""
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return ""
    finally:
        line_.close()


def shown_url(url: str) -> str:
    """Scheme, host, port and path: no user, password or query ever stands in a report."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return one_line(f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}")


# --- the files ------------------------------------------------------------------------------------


def write_report(report: AcceptanceReport, doors: Doors, out: Path, say: Say) -> Made:
    """PDF and JSON into ``out``, never over a file that is there; both signed by the shop.

    Runs where Qt may draw. :raises FileNotWritten: a file cannot be made.
    """
    from ui.acceptance_print import draw

    values = told(report)
    signature = doors.signer.sign(SIGNER, PREFIX + canonical(values))
    stem = f"acceptance-{shop_time(report.ended):%Y%m%d-%H%M%S}"
    pdf, text = out / f"{stem}.pdf", out / f"{stem}.json"
    if pdf.exists() or text.exists():
        raise FileNotWritten(file=pdf.name)
    digest = hashlib.sha256(canonical(values)).hexdigest()
    draw(report, pdf, (digest, signature.key_id, signature.value.hex()), say)
    drawn = digest_of_file(pdf)
    over = doors.signer.sign(SIGNER, PDF_PREFIX + drawn.encode())
    whole = {
        "report": values,
        "signature": _shown(signature),
        "pdf": {"name": pdf.name, "sha256": drawn, "signature": _shown(over)},
    }
    private(text)
    try:
        text.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError:
        raise FileNotWritten(file=text.name) from None
    return Made(report, pdf, text, signature.key_id)


def _shown(one: Signature) -> dict[str, str]:
    return {"kind": f"{one.kind} Ed25519", "public_key": one.key_id, "value": one.value.hex()}


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verified report says of itself."""

    key: str
    passed: bool
    ended: str
    pdf: bool
    """Whether the PDF lay beside it; it is whole then, too."""


def verify_report(path: Path, key: str = "") -> Verified:
    """Hold a report, and its PDF beside it, against the signature.

    ``key``: the shop's public key as told on paper; empty = the one in the report, whose owner
    the reader must know by other ways.
    :raises BadFile: no such report; :raises AcceptanceTampered: report, PDF or key are not what
    was signed.
    """
    values, told_by, pdf = _read(path)
    if key and key.strip().lower() != told_by.key_id:
        raise AcceptanceTampered(part="key")
    if not holds(told_by, PREFIX + canonical(values)):
        raise AcceptanceTampered(part="report")
    over, drawn = _signature(pdf.get("signature")), str(pdf.get("sha256", ""))
    signed = over.key_id == told_by.key_id and holds(over, PDF_PREFIX + drawn.encode())
    beside = _beside(path, pdf)
    if not signed or beside not in ("", drawn):
        raise AcceptanceTampered(part="pdf")
    passed = values.get("passed") is True
    return Verified(told_by.key_id, passed, str(values.get("ended")), bool(beside))


def _beside(path: Path, pdf: dict[str, Any]) -> str:
    """The digest of the PDF that lies beside a report; empty = none does.

    :raises BadFile: it is there and cannot be read.
    """
    try:
        there = path.with_name(Path(str(pdf.get("name", ""))).name)
        return digest_of_file(there) if there.is_file() else ""
    except ValueError:  # no name at all, or one that no file can have
        return ""
    except OSError as error:
        raise BadFile(file=path.name, why=error.strerror or "not readable") from None


def _read(path: Path) -> tuple[dict[str, Any], Signature, dict[str, Any]]:
    try:
        whole = json.loads(read_bounded(path, _LONGEST))
        values, pdf = dict(whole["report"]), dict(whole["pdf"])
        return values, _signature(whole["signature"]), pdf
    except TooMuch:
        raise BadFile(file=path.name, why="too large") from None
    except OSError as error:
        raise BadFile(file=path.name, why=error.strerror or "not readable") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadFile(file=path.name, why="no report") from None


def _signature(held: object) -> Signature:
    known = held if isinstance(held, dict) else {}
    try:
        value = bytes.fromhex(str(known.get("value", "")))
    except ValueError:
        value = b""
    return Signature(KIND, str(known.get("public_key", "")), value)
