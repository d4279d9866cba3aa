"""The inspection pack over real books: chain, digests, tampering, and who may look."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.domain.evidence import EvidenceKind
from app.domain.inspection import LookKind
from app.domain.sale import Sale
from app.domain.staff import Role
from app.errors import BadFile, BadValue, NotAllowed, NotFound, SecondPersonNeeded
from app.storage.tables import SALE
from app.use_cases.complete_sale import complete_sale
from app.use_cases.doors import Operator
from app.use_cases.goods_files import attach_file
from app.use_cases.inspection import (
    PassWish,
    Wish,
    close_pass,
    find_person,
    find_sales,
    inspection_view,
    ledger_of,
    open_pass,
    open_sheet,
)
from app.use_cases.inspection_pack import PackTally, PackWish, make_pack
from app.use_cases.sign_in import SecondPerson, add_staff, sign_in
from app.vault.pack_folder import Packs
from tests.end_to_end.test_proxy_purchase import begun, quote, signed, special_basket
from tests.fakes.inspections import (
    PURPOSE,
    SAY,
    SECOND,
    a_day,
    a_pack,
    keeper,
    whole_day,
)
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from ui.inspection_print import PackPdf
from ui.screens.inspection.rows import sections

DAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Ground:
    """A till with its day and both kinds of pack; tests copy the packs before they touch one."""

    till: PracticeTill
    sales: dict[str, Sale]
    masked: Path
    whole: Path
    tally: PackTally


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, qapp: object) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("inspection")
    for till in practice_till(folder / "till"):
        sales = a_day(till)
        tally = a_pack(till, folder / "masked")
        a_pack(till, folder / "whole", whole=True)
        yield Ground(till, sales, folder / "masked", folder / "whole", tally)


def verify(folder: Path) -> tuple[int, str]:
    """What the stand-alone verifier says of a folder."""
    verifier = Path("resources/inspection/verify.py").resolve()
    done = subprocess.run(
        [sys.executable, "-I", str(verifier), str(folder)], capture_output=True, check=False
    )
    assert done.stderr == b""
    return done.returncode, done.stdout.decode()


def sheet_of(ground: Ground, name: str, pack: str = "masked") -> dict:
    told = json.loads((getattr(ground, pack) / "pack.json").read_text("utf-8"))
    return next(one for one in told["sales"] if one["sale"] == ground.sales[name].id)


# --- what it holds --------------------------------------------------------------------------------


@pytest.mark.rule("LN-2.4a")
@pytest.mark.rule("S-34")
def test_a_sheet_leads_from_the_sale_to_the_suppliers_paper(ground: Ground) -> None:
    sheet = sheet_of(ground, "received")
    (line,) = sheet["lines"]
    (box,), (lot,) = line["codes"], line["lots"]
    came = lot["received"]
    assert box["code"].endswith("999")
    assert box["state"] == "on_hand", "of the receiving; that it was sold says the sale"
    assert lot["batch"] == box["batch"] == "LX2611"
    assert came["supplier"] == "练习医药有限公司"
    assert came["note_no"] == "SHTX-0001"
    assert came["document"].startswith("SH20261122-")
    assert "AA9990001" in came["licence"]
    assert sheet["prescription"]["review"]["who"] == "练习·王药师"
    assert sheet["prescription"]["review"]["holds"]
    (paid,) = sheet["settlements"]
    assert paid["setl_id"]
    assert paid["fund_fen"] + paid["cash_fen"] == sheet["total_fen"]
    assert [gap["code"] for gap in sheet["gaps"]] == ["no_papers", "no_report"]


@pytest.mark.rule("HY-1.5.6b")
def test_a_proxy_stands_on_the_sheet_with_both_proofs(tmp_path: Path, qapp: object) -> None:
    for till in practice_till(tmp_path / "till"):
        sale, patient = special_basket(till, "chronic")
        proxy_id = begun(till, sale, patient)
        quote(till, sale, patient)
        signed(till, proxy_id)
        paid = till.settle(sale, patient)
        complete_sale(till.doors, sale.id, cash(paid.cash_due), paid.cash_due, till.operator)
        till.clock.advance(1)
        boss = keeper(till)
        found = find_sales(till.doors, Wish(DAY, DAY + timedelta(days=1)), boss)
        sheet = open_sheet(till.doors, found.rows[0], boss, SAY)
        rows = dict(row for part in sections(sheet, SAY) for row in part.rows)
        with till.doors.uow() as uow:
            gone, altered = uow.evidence.of_sale(sale.id)
        till.doors.evidence.remove(gone)
        file = tmp_path / "till" / "evidence" / till.doors.evidence.place(altered)
        flip(file)
        tally = a_pack(till, tmp_path / "pack", whole=True)
        whole = json.loads((tmp_path / "pack" / "pack.json").read_text("utf-8"))["sales"][0]
    assert (tally.pieces, tally.missing) == (1, 2)
    assert {"piece_missing", "piece_altered"} < {gap["code"] for gap in whole["gaps"]}
    assert verify(tmp_path / "pack")[0] == 0
    assert sheet.patient is not None
    assert sheet.proxy is not None
    assert sheet.patient.shown
    assert sheet.proxy.who.shown
    assert "*" in sheet.proxy.who.cert_no
    assert sheet.proxy.signed_at
    assert sheet.proxy.pictured_at
    assert {one.kind for one in sheet.evidence} == {"proxy_list", "proxy_still"}
    assert sheet.proxy.list_sha256 in rows["代购清单"]
    assert not {"no_proxy", "proxy_unsigned", "proxy_no_still"} & {one.code for one in sheet.gaps}


def test_what_is_missing_is_told_as_a_gap_with_its_reason(ground: Ground) -> None:
    codes = {gap["code"]: gap["text"] for gap in sheet_of(ground, "special")["gaps"]}
    assert "没有同意拍照" in codes["still_no_consent"]
    assert "LX011" in codes["lot_opening"]
    assert "code_unknown" in codes


def test_a_return_stands_on_the_sheet_and_in_the_totals(ground: Ground) -> None:
    sheet = sheet_of(ground, "returned")
    assert [one["reason"] for one in sheet["returns"]] == ["quality"]
    assert sum(one["amount_fen"] for one in sheet["tenders"]) == 0
    totals = json.loads((ground.masked / "manifest.json").read_text("utf-8"))["totals"]
    assert totals["returned"] == 1
    assert totals["paid_back_fen"] == {"cash": -sheet["total_fen"]}


def test_a_masked_pack_names_nobody_and_holds_no_evidence(ground: Ground) -> None:
    person = ground.till.person("active_met")
    everything = b"".join(one.read_bytes() for one in ground.masked.rglob("*") if one.is_file())
    for secret in (str(person["name"]), str(person["id_number"]), "J06.900"):
        assert secret.encode() not in everything
    assert not (ground.masked / "evidence").exists()
    assert sheet_of(ground, "received")["patient"]["cert_no"].startswith("999***")


def test_a_whole_pack_is_made_by_two_and_stands_on_the_vaults_list(ground: Ground) -> None:
    sheet = sheet_of(ground, "received", "whole")
    assert sheet["patient"]["cert_no"] == str(ground.till.person("active_met")["id_number"])
    (piece,) = sheet["evidence"]
    assert (ground.whole / piece["file"]).read_bytes().startswith(b"%PDF")
    with ground.till.doors.uow() as uow:
        (parcel,) = uow.keeping.parcels(9)
        record = next(one for one in uow.inspections.packs(9) if not one.masked)
    assert parcel.id == record.id
    assert parcel.purpose == record.purpose == PURPOSE
    assert parcel.second


def test_a_paper_of_goods_that_is_gone_is_a_gap_of_each_sheet_it_is_missed_on(
    tmp_path: Path, qapp: object
) -> None:
    for till in practice_till(tmp_path / "till"):
        sale = a_day(till)["received"]
        paper = tmp_path / "note.pdf"
        paper.write_bytes(b"%PDF-1.4 practice note")
        with till.doors.uow() as uow:
            picks = [pick.lot_id for line in uow.sales.get(sale.id).lines for pick in line.picks]
            (lot,) = uow.lots.many(picks).values()
        kept = attach_file(
            till.doors, lot.document_id, EvidenceKind.DELIVERY_NOTE, paper, keeper(till)
        )
        till.doors.evidence.remove(kept)
        tally = a_pack(till, tmp_path / "pack", whole=True)
        told = json.loads((tmp_path / "pack" / "pack.json").read_text("utf-8"))
        (sheet,) = [one for one in told["sales"] if one["sale"] == sale.id]
        assert [gap["code"] for gap in sheet["gaps"]] == ["no_report", "piece_missing"]
        assert tally.missing == 1
        assert verify(tmp_path / "pack")[0] == 0


def test_every_state_has_its_words_on_the_sheet(ground: Ground) -> None:
    for name in ground.sales:
        (key,) = find_sales(
            ground.till.doors,
            Wish(DAY, DAY, receipt_no=sheet_of(ground, name)["receipt_no"]),
            keeper(ground.till),
        ).rows
        parts = sections(open_sheet(ground.till.doors, key, keeper(ground.till), SAY), SAY)
        assert parts[0].rows[0][1] == key.receipt_no
        assert all(text for part in parts for _label, text in part.rows)


def test_the_log_goes_along_though_the_clock_was_set_back(tmp_path: Path, qapp: object) -> None:
    for till in practice_till(tmp_path / "till"):
        start, sales = till.clock.now(), list[Sale]()
        for hours in (0, 6, 3):  # noticed at last, and put right
            till.clock.set(start + timedelta(hours=hours))
            sale = till.basket((till.find(sale_class="otc_a"), 1))
            complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
            sales.append(sale)
        till.clock.set(start + timedelta(hours=7))
        a_pack(till, tmp_path / "pack")
        code, told = verify(tmp_path / "pack")
        assert code == 0, told
        assert "gaps: 0" in told
        log = (tmp_path / "pack" / "log.jsonl").read_text("utf-8")
        rows = [json.loads(line) for line in log.splitlines()]
        done = [row["entry"] for row in rows if row["act"] == "sale.completed"]
        assert all(any(sale.id in entry for entry in done) for sale in sales)
        assert len({row["seq"] for row in rows}) == len(rows), "none twice"


def test_sales_without_a_log_are_told_as_a_gap(tmp_path: Path, qapp: object) -> None:
    for till in practice_till(tmp_path / "till"):
        for _ in range(2):
            sale = till.basket((till.find(sale_class="otc_a"), 1))
            complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
        with till.engine.begin() as connection:
            other = SALE.update().where(SALE.c.id == sale.id).values(till_id="77")
            connection.execute(other)
        tally = a_pack(till, tmp_path / "pack")
        manifest = json.loads((tmp_path / "pack" / "manifest.json").read_text("utf-8"))
        (gap,) = manifest["log_gaps"]
        assert gap["chain"] == f"{till.doors.shop.store_id}/77"
        assert gap["begins"][:10] == gap["ends"][:10] == f"{DAY}"
        assert tally.gaps == manifest["totals"]["gaps"] + 1
        code, told = verify(tmp_path / "pack")
        assert code == 0, told
        assert "gaps: 1" in told


# --- digests --------------------------------------------------------------------------------------


@pytest.mark.rule("S-34")
def test_an_untouched_pack_holds_by_the_verifier_and_by_sha256sum(ground: Ground) -> None:
    for folder in (ground.masked, ground.whole):
        code, told = verify(folder)
        assert code == 0, told
        lines = (folder / "sha256sums.txt").read_text("utf-8").splitlines()
        names = {line.split("  ", 1)[1] for line in lines}
        there = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}
        assert names == there - {"sha256sums.txt"}
    assert ground.tally.digest in verify(ground.masked)[1]


def test_the_verifier_speaks_on_a_machine_without_our_letters(ground: Ground) -> None:
    verifier = ground.masked / "verify.py"
    told = subprocess.run(
        [sys.executable, str(verifier)],
        capture_output=True,
        check=False,
        env={"PYTHONIOENCODING": "ascii", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert (told.returncode, told.stderr) == (0, b"")
    assert b"everything holds" in told.stdout
    assert len(verifier.read_text("utf-8").splitlines()) < 120


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def sealed_anew(folder: Path) -> None:
    """A forger who knows sha256sum puts every digest right again."""
    import hashlib

    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for name in manifest["files"]:
        manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    text = json.dumps(manifest, ensure_ascii=False)
    (folder / "manifest.json").write_text(text, "utf-8")
    files = {**manifest["files"], "manifest.json": hashlib.sha256(text.encode()).hexdigest()}
    sums = "".join(f"{told}  {name}\n" for name, told in files.items())
    (folder / "sha256sums.txt").write_text(sums, "utf-8")


@pytest.mark.parametrize(
    "name",
    [
        *("pack.pdf", "pack.json", "log.jsonl", "verify.py", "README.txt", "manifest.json"),
        *("sha256sums.txt", "evidence/000001-prescription.pdf"),
    ],
)
def test_a_file_that_was_changed_is_named(ground: Ground, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "pack"
    shutil.copytree(ground.whole, folder)
    flip(folder / name)
    code, told = verify(folder)
    assert code == 1
    assert any(name in line for line in told.splitlines() if "BAD" in line), told


def test_a_file_that_went_or_came_is_named(ground: Ground, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    shutil.copytree(ground.whole, folder)
    (folder / "pack.pdf").unlink()
    (folder / "more.txt").write_text("x")
    code, told = verify(folder)
    assert code == 1
    assert "BAD] pack.pdf" in told
    assert "BAD] more.txt" in told


def test_figures_that_were_changed_are_found_though_every_digest_fits(
    ground: Ground, tmp_path: Path
) -> None:
    folder = tmp_path / "pack"
    shutil.copytree(ground.masked, folder)
    text = (folder / "pack.json").read_text("utf-8")
    total = sheet_of(ground, "cash")["total_fen"]
    (folder / "pack.json").write_text(
        text.replace(f'"total_fen":{total}', f'"total_fen":{total + 100}', 1), "utf-8"
    )
    sealed_anew(folder)
    code, told = verify(folder)
    assert code == 1
    assert "pack.json" in told
    assert "total_fen" in told


@pytest.mark.rule("S-34")
@pytest.mark.parametrize("how", ["changed", "cut", "taken"])
def test_a_log_that_was_changed_is_found_though_every_digest_fits(
    ground: Ground, tmp_path: Path, how: str
) -> None:
    folder = tmp_path / "pack"
    shutil.copytree(ground.masked, folder)
    lines = (folder / "log.jsonl").read_text("utf-8").splitlines(keepends=True)
    middle = len(lines) // 2
    if how == "changed":
        row = json.loads(lines[middle])
        lines[middle] = json.dumps({**row, "actor": "nobody"}) + "\n"
    elif how == "cut":
        lines = lines[:-1]
    else:
        del lines[middle]
    (folder / "log.jsonl").write_text("".join(lines), "utf-8")
    sealed_anew(folder)
    code, told = verify(folder)
    assert code == 1
    assert "BAD] log.jsonl" in told


@pytest.mark.parametrize("text", ["", "[]", "{", '{"files": 3}', "null"])
def test_a_manifest_that_is_none_is_said_plainly(ground: Ground, tmp_path: Path, text: str) -> None:
    folder = tmp_path / "pack"
    shutil.copytree(ground.masked, folder)
    (folder / "manifest.json").write_text(text, "utf-8")
    code, told = verify(folder)
    assert code == 1
    assert "cannot be read" in told


# --- making ---------------------------------------------------------------------------------------


def making(till: PracticeTill, out: Path, **changes: object) -> Iterator[PackTally]:
    wish = PackWish(whole_day(till), PURPOSE, str(out), named=True)
    second = changes.pop("second", None)
    by = changes.pop("by", None) or keeper(till)
    wish = replace(wish, **changes)  # type: ignore[arg-type]
    return make_pack(
        till.doors, wish, by, second, Packs(out.parent), PackPdf("练习", "practice", SAY), SAY
    )  # type: ignore[arg-type]


def test_nothing_is_written_over_and_nothing_left_of_what_was_given_up(
    ground: Ground, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    steps = making(ground.till, out)
    next(steps)
    assert [one.name for one in tmp_path.iterdir()] != []
    steps.close()
    assert list(tmp_path.iterdir()) == []
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(BadFile):
        list(making(ground.till, out))
    assert (out / "mine.txt").read_text() == "mine"


def test_two_packs_side_by_side_leave_each_other_alone(ground: Ground, tmp_path: Path) -> None:
    first = making(ground.till, tmp_path / "first")
    next(first)
    list(making(ground.till, tmp_path / "second"))
    *_, last = first
    assert verify(Path(last.place))[0] == verify(tmp_path / "second")[0] == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["first", "second"]


def test_what_a_crash_left_is_removed_before_the_next_one(ground: Ground, tmp_path: Path) -> None:
    steps = making(ground.till, tmp_path / "first")
    next(steps)
    left = next(one for one in tmp_path.iterdir() if one.is_dir())
    kept = shutil.copytree(left, tmp_path / "copy")
    note = (tmp_path / "pack-open").read_bytes()
    steps.close()
    shutil.move(kept, left)
    (tmp_path / "pack-open").write_bytes(note)
    list(making(ground.till, tmp_path / "second"))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["second"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"purpose": " x "}, BadValue),
        ({"whole": True}, BadValue),
        ({"whole": True, "second": SecondPerson("3001", "300300")}, SecondPersonNeeded),
        ({"whole": True, "by": "cashier", "second": SECOND}, NotAllowed),
        ({"by": "cashier"}, NotAllowed),
    ],
)
def test_a_pack_needs_a_purpose_a_right_and_for_persons_a_second_one(
    ground: Ground, tmp_path: Path, changes: dict[str, object], error: type[Exception]
) -> None:
    if changes.get("by") == "cashier":
        changes = {**changes, "by": ground.till.operator}
    with pytest.raises(error):
        list(making(ground.till, tmp_path / "out", **changes))
    assert not (tmp_path / "out").exists()


def test_a_scope_without_sales_makes_no_pack(ground: Ground, tmp_path: Path) -> None:
    empty = replace(whole_day(ground.till), sale_id="no-such-sale")
    with pytest.raises(NotFound):
        list(making(ground.till, tmp_path / "out", scope=empty))


def test_a_drug_or_a_receipt_narrows_the_pack(ground: Ground, tmp_path: Path) -> None:
    receipt = sheet_of(ground, "cash")["receipt_no"]
    assert a_pack(ground.till, tmp_path / "one", receipt_no=receipt).sheets == 1
    assert a_pack(ground.till, tmp_path / "two", drug="P0011").sheets == 1
    assert verify(tmp_path / "one")[0] == verify(tmp_path / "two")[0] == 0


# --- the inspector --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def inspector(ground: Ground) -> Operator:
    till = ground.till
    member = add_staff(till.doors, "9001", "练习·检查员", Role.INSPECTOR, "900901", by="practice")
    open_pass(
        till.doors, PassWish(member.id, DAY, DAY, "练习医保局", "练检〔2026〕1号"), keeper(till)
    )
    return Operator(member)


@pytest.mark.rule("EZ-9c")
@pytest.mark.rule("S-34")
def test_an_inspector_sees_everything_masked_and_each_look_is_written_down(
    ground: Ground, inspector: Operator
) -> None:
    doors = ground.till.doors
    found = find_sales(doors, Wish(DAY, DAY, words="速效"), inspector)
    assert found.count.sales == 4
    assert len(found.rows) == 2
    sheet = open_sheet(doors, found.rows[0], inspector, SAY)
    assert sheet.receipt_no == found.rows[0].receipt_no
    number = str(ground.till.person("active_met")["id_number"])
    of_person = find_person(doors, number, Wish(DAY, DAY), inspector)
    assert [one.sale_id for one in of_person.rows] == [ground.sales["received"].id]
    assert find_person(doors, "999900190001010000", Wish(DAY, DAY), inspector).rows == ()
    ledger = ledger_of(doors, "P0011", None, None, inspector)
    assert ledger.rows[-1].balance == ledger.on_hand
    with doors.uow() as uow:
        looks = uow.inspections.looks(9, by=inspector.staff.id)
        entries = [one for one in uow.log.tail(40) if one.actor == inspector.staff.id]
    kinds = [LookKind.LEDGER, LookKind.PERSON, LookKind.PERSON, LookKind.SHEET, LookKind.SALES]
    assert [one.kind for one in looks] == kinds
    assert looks[1].term == "999*************00"
    assert [one.act for one in entries][:5] == [f"inspection.{kind.value}" for kind in kinds]
    told = json.dumps([one.entry for one in entries])
    assert number not in told
    assert "速效" not in told.encode().decode("unicode_escape")


def test_an_inspectors_days_end_by_themselves(ground: Ground, inspector: Operator) -> None:
    clock = ground.till.clock
    now = clock.now()
    try:
        clock.advance(timedelta(days=1).total_seconds())
        with pytest.raises(NotAllowed):
            find_sales(ground.till.doors, Wish(DAY, DAY), inspector)
        with pytest.raises(NotAllowed):
            sign_in(ground.till.doors, "9001", "900901")
    finally:
        clock.advance((now - clock.now()).total_seconds())
    assert sign_in(ground.till.doors, "9001", "900901").staff.role is Role.INSPECTOR


def test_an_inspector_takes_a_masked_pack_and_no_other(
    ground: Ground, inspector: Operator, tmp_path: Path
) -> None:
    *_, last = making(ground.till, tmp_path / "out", by=inspector)
    assert verify(Path(last.place))[0] == 0
    with pytest.raises(NotAllowed):
        list(making(ground.till, tmp_path / "whole", by=inspector, whole=True, second=SECOND))


def _open(days: tuple[date, date], **changes: str) -> Callable[[Ground, str], object]:
    wish = {"authority": "练习医保局", "order_no": "练检 2 号", **changes}
    return lambda ground, member: open_pass(
        ground.till.doors, PassWish(member, *days, **wish), keeper(ground.till)
    )


@pytest.mark.parametrize(
    "asked",
    [
        _open((DAY, DAY - timedelta(days=1))),
        _open((DAY - timedelta(days=9), DAY - timedelta(days=8))),
        _open((DAY, DAY + timedelta(days=200))),
        _open((DAY, DAY), order_no=" "),
        _open((DAY, DAY), authority=""),
    ],
)
def test_an_account_without_order_or_with_odd_days_is_not_opened(
    ground: Ground, inspector: Operator, asked: Callable[[Ground, str], object]
) -> None:
    with pytest.raises(BadValue):
        asked(ground, inspector.staff.id)


def test_only_an_inspector_gets_an_account_and_only_a_manager_opens_it(
    ground: Ground, inspector: Operator
) -> None:
    doors, wish = ground.till.doors, PassWish("", DAY, DAY, "练习医保局", "练检 3 号")
    with pytest.raises(BadValue):
        open_pass(doors, replace(wish, staff_id=keeper(ground.till).staff.id), keeper(ground.till))
    with pytest.raises(NotAllowed):
        open_pass(doors, replace(wish, staff_id=inspector.staff.id), ground.till.operator)
    with pytest.raises(NotAllowed):
        inspection_view(doors, inspector)


def test_a_manager_sees_looks_and_packs_and_ends_an_account(
    ground: Ground, inspector: Operator
) -> None:
    doors, boss = ground.till.doors, keeper(ground.till)
    find_sales(doors, Wish(DAY, DAY, words="速效"), inspector)
    view = inspection_view(doors, boss)
    assert view.looks[0].who == "练习·检查员"
    assert view.looks[0].look.term == "速效"
    assert {line.pack.masked for line in view.packs} == {True, False}
    (line,) = view.passes
    assert line.holds
    close_pass(doors, inspector.staff.id, boss)
    with pytest.raises(NotAllowed):
        find_sales(doors, Wish(DAY, DAY), inspector)
    with pytest.raises(NotFound):
        close_pass(doors, inspector.staff.id, boss)
    wish = PassWish(inspector.staff.id, DAY, DAY, "练习医保局", "练检 4 号")
    open_pass(doors, wish, boss)
