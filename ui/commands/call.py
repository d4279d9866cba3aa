"""``yaotai call``: one transaction through the real client, journalled like any other."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.domain.clock import BusinessDay
from app.domain.insurance import Answer, AnswerFinding, Header, Message, Outcome
from app.errors import BadFile, BadValue, PackError, YaotaiError
from app.ports import Clock, RequestRow, UnitOfWorkFactory
from app.regions.loader import load_region
from app.resources import resource
from app.storage.home_lock import HomeLock
from app.storage.unit_of_work import make_factory
from app.system import SystemClock, UuidIds
from app.vault.places import open_vault
from sync.insurance import exact_json
from sync.insurance.client import InsuranceClient
from sync.insurance.field_tables import load_tables
from sync.insurance.profile import Institution
from ui import practice as practice_shop
from ui.credentials import read_credentials
from ui.homes import (
    PRACTICE_REGION,
    SHOP_FILE,
    Home,
    ShopFile,
    make_private,
    read_shop,
)
from ui.line_trust import line_trust
from ui.shared_books import open_books, take_place
from ui.words import in_words, say, say_error

if TYPE_CHECKING:
    from app.storage.shared_store import TillSeat

MAX_INPUT = 16 * 1024 * 1024
OPERATOR, OPERATOR_NAME = "0000", "yaotai"


@dataclass(frozen=True, slots=True)
class Desk:
    """The books and the client that a support call needs of a shop."""

    shop: ShopFile
    uow: UnitOfWorkFactory
    client: InsuranceClient
    clock: Clock


def run(
    infno: str,
    input_path: str,
    url: str,
    region: str,
    as_json: bool,
    home: Home,
    on_practice: bool,
    clock: Clock | None = None,
) -> int:
    """Send the ``input`` object of a file (``-`` = stdin) as it stands, once, and print the answer.

    Nothing is checked before sending, nobody is signed in, nothing is tried again. A sign-in
    number that a ``call 9001`` of today brought is carried by the later ones.

    :returns: 0 success; 1 a finding, refusal, unknown or not sent; 2 bad usage.
    """
    try:
        content = _read_input(input_path)
        _check_url(url)
        with open_desk(home, on_practice, region, url, clock or SystemClock()) as desk:
            message, answer = _exchange(desk, infno, content)
    except (BadFile, BadValue, PackError) as error:
        return _complain(say_error(error), 2)
    except YaotaiError as error:
        return _complain(say_error(error), 1)
    _print(message, answer, as_json)
    return 0 if answer.outcome is Outcome.SUCCESS and not answer.findings else 1


def _complain(text: str, code: int) -> int:
    sys.stderr.write(text + "\n")
    return code


def _read_input(path: str) -> Mapping[str, object]:
    name = "stdin" if path == "-" else Path(path).name
    try:
        if path == "-":
            content = sys.stdin.buffer.read(MAX_INPUT + 1)
        else:
            with Path(path).open("rb") as file:
                content = file.read(MAX_INPUT + 1)
    except OSError as error:
        raise BadFile(file=name, why=error.strerror or "unreadable") from None
    if len(content) > MAX_INPUT:
        raise BadFile(file=name, why="too large")
    try:
        document = exact_json.read(content)
    except exact_json.NotJson as error:
        raise BadFile(file=name, why=f"JSON: {error.why}") from None
    if not isinstance(document, dict):
        raise BadFile(file=name, why="JSON: no object")
    return document


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
        good = good and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        raise BadValue(what="--url", why="http://host:port")


# --- the shop's books, without the rest of the shop ----------------------------------------------


@contextmanager
def open_desk(home: Home, on_practice: bool, region: str, url: str, clock: Clock) -> Iterator[Desk]:
    """The shop's books and a client for a region's profile; works on an empty home.

    :raises HomeInUse: while a till has it open; :raises PackError: no such region;
    :raises BadFile: a real shop whose file or credentials are not there.
    """
    shop = _shop(home, on_practice)
    pack = load_region(region or shop.region, practice=on_practice)
    folder = make_private(home.practice if on_practice else home.store)
    with HomeLock(folder):
        shop = _kept(folder, shop)
        vault = open_vault(folder)
        engine = open_books(folder, shop, vault)
        uow = make_factory(engine, vault, shop.store_id, shop.till_id)
        client: InsuranceClient | None = None
        seat: TillSeat | None = None
        try:
            if shop.database:
                seat = take_place(engine, shop, vault, clock)
            client = InsuranceClient(
                pack.profile,
                url=url,
                institution=Institution(shop.institution_code, shop.shop_name),
                credentials=(
                    practice_shop.credentials_of(pack.code)
                    if on_practice
                    else read_credentials(uow, vault)
                ),
                tables=load_tables(resource("interface")),
                clock=clock,
                **line_trust(shop),
            )
            yield Desk(shop, uow, client, clock)
        finally:
            if client is not None:
                client.close()
            if seat is not None:
                seat.leave()
            engine.dispose()


def _shop(home: Home, on_practice: bool) -> ShopFile:
    folder = home.practice if on_practice else home.store
    if (folder / SHOP_FILE).exists() or not on_practice:
        return read_shop(folder)
    ids = UuidIds()
    return ShopFile(
        store_id=ids.new(),
        till_id=ids.new(),
        till_no=1,
        region=PRACTICE_REGION,
        url="",
        environment="practice",
        **practice_shop.practice_shop_facts(),
    )


def _kept(folder: Path, shop: ShopFile) -> ShopFile:
    """A practice shop is written down before its first message, so that its ids stay."""
    if not (folder / SHOP_FILE).exists():
        shop.write(folder)
    return shop


# --- one message ---------------------------------------------------------------------------------


def _exchange(desk: Desk, infno: str, content: Mapping[str, object]) -> tuple[Message, Answer]:
    message = _write_down(desk, infno, content)
    answer = desk.client.send(message)
    with desk.uow() as uow:
        uow.requests.answer(message.msgid, answer, desk.clock.now())
        if answer.outcome is Outcome.SUCCESS and infno in ("9001", "9002"):
            value = str(answer.value or "") if infno == "9001" else ""
            uow.settings.put(_sign_key(desk), value)
        uow.commit()
    return message, answer


def _sign_key(desk: Desk) -> str:
    return f"sign_no/call/{BusinessDay.of(desk.clock.now())}"


def _write_down(desk: Desk, infno: str, content: Mapping[str, object]) -> Message:
    now = desk.clock.now()
    with desk.uow() as uow:
        header = Header(
            msgid=uow.numbers.next_msgid(desk.shop.institution_code, desk.shop.till_no, now),
            at=now,
            operator=OPERATOR,
            operator_name=OPERATOR_NAME,
            sign_no=uow.settings.get(_sign_key(desk)),
        )
        message = desk.client.compose_raw(infno, content, header)
        uow.requests.write(
            RequestRow(
                msgid=message.msgid,
                infno=infno,
                leg="SupportCall",
                settlement_id="",
                request=message.evidence,
                sent_at=now,
            )
        )
        uow.commit()
    return message


# --- what is printed -----------------------------------------------------------------------------


def _finding(finding: AnswerFinding) -> dict[str, str]:
    kind = finding.rule.split()[0]
    return {
        "rule": finding.rule,
        "text": say(f"answer.finding_{kind}", rule=finding.rule, detail=finding.text),
    }


def _print(message: Message, answer: Answer, as_json: bool) -> None:
    told = {
        "outcome": answer.outcome.value,
        "infcode": answer.infcode,
        "err_msg": in_words(answer.text),
        "output": answer.output,
        "findings": [_finding(one) for one in answer.findings],
        "msgid": message.msgid,
    }
    if as_json:
        sys.stdout.write(exact_json.text_of(told) + "\n")
        return
    for name, value in told.items():
        if name == "findings":
            for one in answer.findings:
                sys.stdout.write(f"! {_finding(one)['text']}\n")
        else:
            shown = value if isinstance(value, str) else exact_json.text_of(value)
            sys.stdout.write(f"{name}: {shown}\n")
