"""The practice-only door under ``/practice/``: books, persons and faults; no part of the interface.

``GET  /practice/health``                       ``{"state": "up", "division", "now"}``
``GET  /practice/books?psn_no=&from=&to=``      settlements, visits, accounts, accumulators
``GET  /practice/books?goods=*``                the stock book by batch and item; one item by code
``GET  /practice/stock``                        stock events (35xx) that were taken
``GET  /practice/warnings``                     findings of 3101 and 3102, with the answers
``GET  /practice/persons``                      every practice person with all credentials
``POST /practice/persons/<psn_no>``             set in_hospital, balances, counters
``GET  /practice/prescriptions?psn_no=``        state, use, lock, lines taken, reports
``POST /practice/prescriptions``                issues one (members: ``rx_orders.KEYS``)
``POST /practice/prescriptions/<no>/revoke``    the hospital revokes it; also ``/expire`` (its
                                                validity ends) and ``/tokens`` (authorisations end)
``POST /practice/settlements``                  keyed past the till, in the bureau's own portal
``POST /practice/settlements/<setl_id>/cancel`` cancelled there; also ``/amounts`` (other money),
                                                ``/lose`` (the row is gone)
``GET  /practice/faults``                       the rules and how often each has fired
``POST /practice/faults``                       a list of rules adds them, an empty one clears
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from sync.insurance.simulator import accounts, audit, goods, jsontext, ledger, portal_door, rx_door
from sync.insurance.simulator.answers import AMOUNTS
from sync.insurance.simulator.call import cents, stamp, yuan
from sync.insurance.simulator.faults import BadFaults, rules_of
from sync.insurance.simulator.jsontext import Json
from sync.insurance.simulator.persons import Person
from sync.insurance.simulator.refusal import Refusal
from sync.insurance.simulator.rx_counter import REGISTRATION
from sync.insurance.simulator.rx_orders import BadOrder
from sync.insurance.simulator.state import Books, Row

if TYPE_CHECKING:
    from sync.insurance.simulator.platform import Platform, Reply


class _Bad(Exception):
    """A side-door request that cannot be served: status and reason."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def handle(platform: Platform, method: str, path: str, body: bytes) -> Reply:
    """Answer a side-door request; JSON both ways, amounts as two-place text."""
    parts = urlsplit(path)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    steps = [unquote(step) for step in parts.path.split("/") if step][1:]
    try:
        status, answer = 200, _serve(platform, method, steps, query, body)
    except _Bad as bad:
        status, answer = bad.status, {"error": str(bad)}
    except (BadFaults, BadOrder, portal_door.BadPortal) as bad_words:
        status, answer = 400, {"error": str(bad_words)}
    except Refusal as refusal:
        status, answer = 409, {"error": refusal.text}
    text = jsontext.write(_texts(answer))
    return status, {"Content-Type": "application/json;charset=utf-8"}, text.encode()


def _texts(value: Json) -> Json:
    """Amounts as text, whatever depth."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return {name: _texts(one) for name, one in value.items()}
    return [_texts(one) for one in value] if isinstance(value, list) else value


def _serve(
    platform: Platform, method: str, steps: list[str], query: dict[str, str], body: bytes
) -> Json:
    match method, steps:
        case "GET", ["health"]:
            now = stamp(platform.clock())
            return {"state": "up", "division": platform.world.division, "now": now}
        case "GET", ["books"]:
            with platform.state.transaction() as books:
                if "goods" in query:
                    return goods.told(books, query["goods"].strip("*"))
                return _books(books, query)
        case "GET", ["stock"]:
            with platform.state.transaction() as books:
                return _stock(books)
        case "GET", ["warnings"]:
            with platform.state.transaction() as books:
                return audit.told(books)
        case "GET", ["persons"]:
            with platform.state.transaction() as books:
                return [_person(books, one) for one in platform.world.register.persons]
        case "POST", ["persons", psn_no]:
            return _set_person(platform, psn_no, _json(body))
        case "GET", ["prescriptions"]:
            return rx_door.listed(platform, query.get("psn_no", ""))
        case "POST", ["prescriptions"]:
            return rx_door.issue(platform, _json(body))
        case "POST", ["prescriptions", number, "revoke" | "expire" | "tokens" as what]:
            return rx_door.act(platform, number, what, _json(body))
        case "POST", ["settlements"]:
            return portal_door.settle(platform, _json(body))
        case "POST", ["settlements", setl_id, "cancel" | "amounts" | "lose" as what]:
            return portal_door.act(platform, setl_id, what, _json(body))
        case "GET", ["faults"]:
            return platform.faults.shown()
        case "POST", ["faults"]:
            return _set_faults(platform, _json(body))
    raise _Bad(404, "no such page")


def _json(body: bytes) -> Json:
    try:
        return jsontext.read(body or b"null")
    except (ValueError, RecursionError):
        raise _Bad(400, "the body is no JSON") from None


def _set_faults(platform: Platform, asked: Json) -> Json:
    if isinstance(asked, dict) and asked.get("clear") is True:
        asked = []
    if isinstance(asked, dict):
        asked = [asked]
    rules = rules_of(asked)
    if not rules:
        platform.faults.clear()
    platform.faults.add(rules)
    return platform.faults.shown()


def _stock(books: Books) -> list[dict[str, Any]]:
    """Every stock event that was taken, in order of arrival."""
    rows = books.all("SELECT * FROM document WHERE kind LIKE 'stock:%' ORDER BY rowid")
    return [jsontext.read(row["body"]) for row in rows]


def _books(books: Books, query: dict[str, str]) -> dict[str, Any]:
    """Everything of one person, or of all, between two moments (text, inclusive)."""
    psn_no = query.get("psn_no", "")
    since = query.get("from", "") or "0000"
    until = query.get("to", "") or "9999"
    if len(until) == 10:
        until += " 23:59:59"
    rows = books.all(
        "SELECT * FROM settlement WHERE (? = '' OR psn_no = ?) AND setl_time >= ?"
        " AND setl_time <= ? ORDER BY setl_time, rowid",
        psn_no,
        psn_no,
        since,
        until,
    )
    visits = books.all(
        "SELECT * FROM visit WHERE (? = '' OR psn_no = ?) AND begntime >= ? AND begntime <= ?"
        " ORDER BY begntime, rowid",
        psn_no,
        psn_no,
        since,
        until,
    )
    return {
        "settlements": [settlement_shown(row) for row in rows],
        "visits": [_visit(books, row) for row in visits],
        "accounts": _accounts(books, psn_no),
        "accumulators": _accumulators(books, psn_no),
    }


def settlement_shown(row: Row) -> dict[str, Any]:
    """One settlement, plainly."""
    kept = ledger.doc(row)
    info = kept["setlinfo"]
    names = ("setl_id", "mdtrt_id", "psn_no", "infno", "msgid", "med_type", "insutype", "state")
    return {
        **{name: row[name] for name in names},
        "setl_time": row["setl_time"],
        "cancels": row["cancels"],
        "fixmedins_code": row["fixmedins_code"],
        "amounts": {name: info.get(name) for name in (*AMOUNTS, "balc")},
        "lines": kept["lines"],
        "trace_codes": [code for code, _split in kept["codes"]],
    }


def _visit(books: Books, row: Row) -> dict[str, Any]:
    lines = books.all("SELECT * FROM line WHERE mdtrt_id = ? ORDER BY rowid", row["mdtrt_id"])
    names = ("mdtrt_id", "psn_no", "infno", "msgid", "state", "insutype", "med_type", "dise_codg")
    return {
        **{name: row[name] for name in names},
        "ipt_otp_no": row["ipt_otp_no"],
        "begntime": row["begntime"],
        "lines": [
            {
                **jsontext.read(one["doc"]),
                "chrg_bchno": one["chrg_bchno"],
                "setl_id": one["setl_id"],
            }
            for one in lines
        ],
    }


def _accounts(books: Books, psn_no: str) -> list[dict[str, Any]]:
    rows = books.all(
        "SELECT * FROM account WHERE ? = '' OR psn_no = ? ORDER BY psn_no", psn_no, psn_no
    )
    own = [
        {"psn_no": r["psn_no"], "insutype": r["insutype"], "balance": yuan(r["balance"])}
        for r in rows
    ]
    families = books.all("SELECT * FROM person_state WHERE ? = '' OR psn_no = ?", psn_no, psn_no)
    return own + [
        {"psn_no": r["psn_no"], "insutype": "family", "balance": yuan(r["family"])}
        for r in families
    ]


def _accumulators(books: Books, psn_no: str) -> list[dict[str, Any]]:
    rows = books.all(
        "SELECT * FROM accumulator WHERE ? = '' OR psn_no = ? ORDER BY psn_no, scheme, period",
        psn_no,
        psn_no,
    )
    return [
        {
            "psn_no": row["psn_no"],
            "scheme": row["scheme"],
            "period": row["period"],
            "deductible_used": yuan(row["deductible"]),
            "fund_used": yuan(row["fund"]),
            "scope_used": yuan(row["scope"]),
        }
        for row in rows
    ]


def _person(books: Books, person: Person) -> dict[str, Any]:
    return {
        "key": person.key,
        "psn_no": person.psn_no,
        "name": person.name,
        "note": person.note,
        "id_number": person.id_number,
        "card_number": person.card_number,
        "card_sn": person.card_sn,
        "ec_code": person.ec_code,
        "ec_token": person.ec_token,
        "password": person.password,
        "reg_sn": f"{REGISTRATION}{person.psn_no}",
        "birth_date": person.birth.isoformat(),
        "sex": person.sex,
        "in_hospital": accounts.in_hospital(books, person.psn_no),
        "family_account": accounts.family_balance(books, person.psn_no),
        "insurances": [
            {
                "insutype": one.insutype,
                "psn_type": one.psn_type,
                "status": one.status,
                "division": one.division,
                "balance": accounts.balance(books, person.psn_no, one.insutype),
            }
            for one in person.insurances
        ],
        "chronic": [{"code": one.code, "name": one.name} for one in person.chronic],
        "two_disease": [{"code": one.code, "name": one.name} for one in person.two_disease],
    }


def _fen(asked: dict[str, Any], name: str) -> int:
    try:
        value = Decimal(str(asked[name]))
    except InvalidOperation:
        raise _Bad(400, f"{name} must be an amount") from None
    if not value.is_finite() or value.as_tuple().exponent < -2 or abs(value) > 10**9:  # type: ignore[operator]
        raise _Bad(400, f"{name} must be an amount with two places")
    return cents(value)


def _set_person(platform: Platform, psn_no: str, asked: Json) -> Json:
    """Keys: in_hospital, family_account, balance (with insutype, default all rows), and counters:
    deductible_used, fund_used, scope_used with scheme (default ordinary) and period (default now).
    """
    person = platform.world.register.by_number(psn_no)
    if person is None:
        raise _Bad(404, "no such person")
    if not isinstance(asked, dict):
        raise _Bad(400, "an object is needed")
    known = {"in_hospital", "family_account", "balance", "insutype", "scheme", "period"}
    unknown = sorted(set(asked) - known - {"deductible_used", "fund_used", "scope_used"})
    if unknown:
        raise _Bad(400, f"unknown key {unknown[0]}")
    with platform.state.transaction() as books:
        if "in_hospital" in asked:
            books.run(
                "UPDATE person_state SET in_hospital = ? WHERE psn_no = ?",
                int(asked["in_hospital"] is True),
                psn_no,
            )
        if "family_account" in asked:
            books.run(
                "UPDATE person_state SET family = ? WHERE psn_no = ?",
                _fen(asked, "family_account"),
                psn_no,
            )
        if "balance" in asked:
            kind = asked.get("insutype", "")
            books.run(
                "UPDATE account SET balance = ? WHERE psn_no = ? AND (? = '' OR insutype = ?)",
                _fen(asked, "balance"),
                psn_no,
                kind,
                kind,
            )
        _set_counters(platform, books, psn_no, asked)
        return _person(books, person)


def _set_counters(platform: Platform, books: Books, psn_no: str, asked: dict[str, Any]) -> None:
    columns = {"deductible_used": "deductible", "fund_used": "fund", "scope_used": "scope"}
    scheme = str(asked.get("scheme", "ordinary"))
    today = platform.today()
    period = str(
        asked.get("period") or platform.world.policy.period(scheme.partition(":")[0], today)
    )
    for name, column in columns.items():
        if name in asked:
            books.run(
                "INSERT OR IGNORE INTO accumulator VALUES (?, ?, ?, 0, 0, 0)",
                psn_no,
                scheme,
                period,
            )
            books.run(
                f"UPDATE accumulator SET {column} = ? WHERE psn_no = ? AND scheme = ?"  # noqa: S608
                " AND period = ?",
                _fen(asked, name),
                psn_no,
                scheme,
                period,
            )
