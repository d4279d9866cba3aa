"""The keeper's panel over a real vault: what is shown, found, held, checked, handed out."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.evidence import EvidenceKind, digest_of
from app.domain.evidence_keeping import Damage, HoldReason, HoldScope, Room
from app.domain.retention import RULES, ClockStart
from app.domain.staff import Role
from app.storage.unit_of_work import make_factory
from app.use_cases.delete_evidence import deletion_run
from app.use_cases.notes import Note
from tests.fakes.builders import STORE, TILL
from tests.fakes.evidence import vault_bench
from tests.fakes.unit_of_work import memory_engine, secrets_for_tests
from tests.ui.conftest import Window
from tests.ui.vault_board import VaultBoard, fill_vault, vault_board
from ui.keys import Action, key_map
from ui.screens.vault.find import image_of, text_of
from ui.words import LANGUAGES, say, size_words, texts


def picture(kind: str, width: int = 64) -> bytes:
    image = QImage(width, 48, QImage.Format.Format_RGB32)
    image.fill(QColor("#88aacc"))
    held = QBuffer()
    held.open(QBuffer.OpenModeFlag.ReadWrite)
    image.save(held, kind)
    return bytes(held.data().data())


def jpeg() -> bytes:
    return picture("JPEG")


@pytest.fixture
def board(tmp_path: Path, qtbot: QtBot) -> Iterator[VaultBoard]:
    made = vault_board(tmp_path)
    qtbot.addWidget(made.panel)
    fill_vault(made.bench, jpeg())
    made.panel.resize(930, 600)
    made.panel.show()
    made.panel.opened()
    made.lanes.run()
    yield made


def sentences(board: VaultBoard) -> str:
    return "\n".join(one.text() for one in board.panel.overview.sentence_labels())


def find(board: VaultBoard, receipt: str = "", kind: EvidenceKind | None = None) -> None:
    page = board.panel.finder
    board.panel.turn("find")
    board.lanes.run()
    page.receipt.setText(receipt)
    page.kind.setCurrentIndex(1 + list(EvidenceKind).index(kind) if kind else 0)
    QTest.keyClick(page.receipt, Qt.Key.Key_Return)
    board.lanes.run()


def test_the_overview_counts_by_kind_and_tells_how_long(board: VaultBoard) -> None:
    rows = {row[0]: row[1:] for row in board.rows(board.panel.overview.kinds)}
    assert rows["结算单签名"][0] == "2"
    assert rows["结算单签名"][2:] == ["2026-11-20", "1,825 天", "2031-11-20"]
    assert rows["购药图像"][3] == "400 天"
    assert rows["同意书"][3] == "撤回起 1,095 天"
    assert rows["代购人照片"][:2] == ["0", "—"]
    assert "5 件" in board.panel.overview.summary.text()
    assert "药品购销记录" in board.panel.overview.story.text()


def test_a_key_that_the_packs_do_not_name_is_told_with_who_can_answer(board: VaultBoard) -> None:
    board.bench.packs.days = {"self_paid": {"purchase_list": 730, "drug_records": 1825,
                                            "privacy_records": 1095}}  # fmt: skip
    board.panel.opened()
    board.lanes.run()
    assert "retention.purchase_still" in sentences(board)
    assert "练习市医保中心" in sentences(board)
    rows = {row[0]: row for row in board.rows(board.panel.overview.kinds)}
    assert rows["购药图像"][4] == "未定，不删除"


def test_a_disk_that_will_soon_be_full_is_a_warning(board: VaultBoard) -> None:
    with board.bench.doors.uow() as uow:
        size = sum(one.size for one in uow.keeping.counts())
    board.bench.files.room = lambda: Room(size * 20, size * 100)  # type: ignore[method-assign]
    board.panel.opened()
    board.lanes.run()
    assert "2027-01-01" in sentences(board)
    assert "写满" in sentences(board)
    board.bench.files.room = lambda: Room(size * 2000, size * 9999)  # type: ignore[method-assign]
    board.panel.opened()
    board.lanes.run()
    assert "写满" not in sentences(board)


def test_who_does_not_keep_the_vault_sees_nothing_of_it(tmp_path: Path, qtbot: QtBot) -> None:
    board = vault_board(tmp_path, role=Role.PHARMACIST)
    qtbot.addWidget(board.panel)
    board.panel.show()
    board.panel.opened()
    board.lanes.run()
    assert board.panel.not_you.isVisible()
    assert not board.panel.holder.isVisible()
    assert board.model.view is None
    board.panel.turn("find")
    board.lanes.run()
    assert board.model.pieces is None
    assert not board.panel.take_scan("01-20261120-0007")


def test_an_empty_vault_says_so(tmp_path: Path, qtbot: QtBot) -> None:
    board = vault_board(tmp_path)
    qtbot.addWidget(board.panel)
    board.panel.show()
    board.panel.opened()
    board.lanes.run()
    assert board.panel.overview.summary.text() == say("vault.nothing")
    for what in ("damage", "records", "parcels"):
        board.panel.overview.show_list(what)
        assert board.panel.overview.empty.text() == say(f"vault.no_{what}")
        assert board.panel.back()
    board.panel.turn("holds")
    assert board.panel.holds.empty.isVisible()
    board.panel.turn("find")
    board.lanes.run()
    assert board.panel.finder.empty.text() == say("vault.nothing_found")


# --- finding and looking --------------------------------------------------------------------------


def test_pieces_are_found_by_receipt_kind_and_day(board: VaultBoard) -> None:
    find(board)
    assert board.panel.finder.table.rowCount() == 5
    find(board, "01-20261120-0007")
    assert [row[1] for row in board.rows(board.panel.finder.table)] == ["购药图像", "结算单签名"]
    find(board, "01-20261120-0007", EvidenceKind.PURCHASE_STILL)
    assert [row[1] for row in board.rows(board.panel.finder.table)] == ["购药图像"]
    page = board.panel.finder
    page.kind.setCurrentIndex(0)
    page.receipt.clear()
    page.first.setText("2026-11-22")
    QTest.keyClick(page.first, Qt.Key.Key_Return)
    board.lanes.run()
    assert page.table.rowCount() == 2
    page.last.setText("2026-11-20")
    page.search()
    board.lanes.run()
    assert board.model.note.message_id == "vault.date_wrong"
    page.first.setText("22/11")
    page.search()
    assert board.said() == "vault.date_wrong"


def test_an_unknown_receipt_is_told(board: VaultBoard) -> None:
    find(board, "99-1")
    assert board.said() == "vault.no_receipt"
    assert board.panel.finder.empty.isVisible()


def test_sizes_and_days_sort_by_what_they_mean(board: VaultBoard) -> None:
    table = board.panel.overview.kinds
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert [row[1] for row in board.rows(table)][:2] == ["2", "1"]
    find(board)
    table = board.panel.finder.table
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    first = board.panel.finder.chosen()
    table.selectRow(0)
    assert board.panel.finder.chosen().exhibit.at <= board.model.pieces[0].exhibit.at
    assert first is not None


def test_a_look_is_shown_logged_and_told_the_next_time(board: VaultBoard) -> None:
    find(board, "01-20261120-0007", EvidenceKind.PURCHASE_STILL)
    page = board.panel.finder
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    board.lanes.run()
    assert page.picture.isVisible()
    assert (page.picture.image.width(), page.picture.image.height()) == (64, 48)
    assert "您的查看已写入日志" in page.about.text()
    assert len(board.bench.acts("evidence.seen")) == 1
    assert board.panel.back()
    board.lanes.run()
    assert board.model.content is None, "what was looked at does not stay"
    assert page.picture.image.isNull()
    assert "练习3001" in board.rows(page.table)[0][4]
    page.see.click()
    board.lanes.run()
    assert "练习3001" in page.about.text()
    assert len(board.bench.acts("evidence.seen")) == 2


def test_a_locked_till_shows_no_piece_to_the_next_one(board: VaultBoard) -> None:
    find(board, "01-20261120-0007", EvidenceKind.PURCHASE_STILL)
    board.panel.finder.see.click()
    board.lanes.run()
    board.panel.export.fields["pin"].setText("900900")
    board.panel.hide()
    assert board.model.content is None
    assert board.panel.finder.picture.image.isNull()
    assert board.panel.export.fields["pin"].text() == ""


def test_a_signature_is_drawn(board: VaultBoard) -> None:
    find(board, "01-20261120-0007", EvidenceKind.SIGNATURE)
    board.panel.finder.see.click()
    board.lanes.run()
    assert board.panel.finder.picture.image.width() == 720


def test_a_document_is_drawn_page_by_page(board: VaultBoard) -> None:
    pages = (picture("PNG"), picture("PNG", 32))
    board.model._pages = lambda _content: pages
    with board.bench.doors.uow() as uow:
        paper = replace(uow.keeping.find(limit=1)[0].exhibit, id="paper", media="application/pdf")
        paper = replace(
            paper, kind=EvidenceKind.CUSTODY_APPLICATION, size=4, digest=digest_of(b"%PDF")
        )
    board.bench.files.put(paper, b"%PDF")
    with board.bench.doors.uow() as uow:
        uow.evidence.add(paper)
        uow.commit()
    find(board, kind=EvidenceKind.CUSTODY_APPLICATION)
    page = board.panel.finder
    page.see.click()
    board.lanes.run_one()
    assert page.text.text() == say("vault.drawing")
    board.lanes.run()
    assert page.picture.image.width() == 64
    page.turn_page.click()
    assert page.picture.image.width() == 32
    page.turn_page.click()
    assert page.picture.image.width() == 64
    board.panel.back()
    assert board.model.drawn == ()


def test_a_piece_of_another_till_is_listed_and_looked_at_there(
    tmp_path: Path, qtbot: QtBot
) -> None:
    engine = memory_engine()
    here, there = (make_factory(engine, secrets_for_tests(), STORE, name) for name in (TILL, "02"))
    board = vault_board(tmp_path / "here", books=here)
    qtbot.addWidget(board.panel)
    vault_bench(tmp_path / "there", there).keep(sale_id="sale-1")
    board.panel.show()
    board.panel.opened()
    board.lanes.run()
    assert "另有 1 件" in board.panel.overview.summary.text()
    find(board)
    assert board.rows(board.panel.finder.table)[0][3].endswith("（在其他收银机）")
    board.panel.finder.see.click()
    board.lanes.run()
    assert board.said() == "vault.not_here"
    board.panel.overview.check.click()
    board.lanes.run()
    assert board.model.view.checked.is_good, "another till's files are not missed here"
    engine.dispose()


@pytest.mark.parametrize("harm", ["missing", "altered"])
def test_a_damaged_piece_is_told_and_not_shown(board: VaultBoard, harm: str) -> None:
    find(board, "01-20261120-0007", EvidenceKind.SIGNATURE)
    chosen = board.panel.finder.chosen()
    place = board.bench.folder / "evidence" / board.bench.files.place(chosen.exhibit)
    if harm == "missing":
        place.unlink()
    else:
        place.write_bytes(b"\x01garbage")
    board.panel.finder.see.click()
    board.lanes.run()
    assert board.said() == {"missing": "vault.gone", "altered": "vault.altered"}[harm]
    assert board.model.content is None


def test_a_piece_that_was_deleted_in_time_says_so(board: VaultBoard) -> None:
    board.bench.packs.days = {"self_paid": {"purchase_list": 1, "drug_records": 1}}
    board.bench.clock.advance(days=20)
    list(deletion_run(board.bench.doors, "system"))
    find(board, "01-20261120-0007", EvidenceKind.SIGNATURE)
    assert "已到期删除" in board.rows(board.panel.finder.table)[0][3]
    board.panel.finder.see.click()
    board.lanes.run()
    assert board.said() == "vault.deleted"
    board.panel.opened()
    board.lanes.run()
    board.panel.overview.show_list("records")
    assert len(board.rows(board.panel.overview.tables["records"])) == 3


@pytest.mark.qt_log_ignore("JPEG")
def test_no_picture_harms_the_till() -> None:
    assert image_of("image/jpeg", b"\xff\xd8 no picture") is None
    assert image_of("application/pdf", b"%PDF") is None
    assert image_of("application/json", b'{"text": "words"}') is None
    assert text_of("application/json", '{"text": "同意"}'.encode()) == "同意"
    assert text_of("application/json", b"[" * 100_000) == ""
    bomb = QImage(9000, 9000, QImage.Format.Format_Mono)
    bomb.fill(0)
    held = QBuffer()
    held.open(QBuffer.OpenModeFlag.ReadWrite)
    bomb.save(held, "PNG")
    assert image_of("image/png", bytes(held.data().data())) is None


# --- holds ----------------------------------------------------------------------------------------


PIECE_SCOPES = (HoldScope.EXHIBIT, HoldScope.SALE, HoldScope.PERSON)
"""What can be held from a piece in the list; a period or a kind is held on its own page."""


def hold(board: VaultBoard, scope: HoldScope) -> None:
    find(board, "01-20261120-0007", EvidenceKind.SIGNATURE)
    board.panel.finder.holds[scope].click()
    board.panel.finder.hold_page.file_no.setText("练检〔2026〕7号")
    board.panel.finder.hold_page.commit.click()
    board.lanes.run()


@pytest.mark.parametrize("scope", PIECE_SCOPES)
def test_a_hold_is_set_from_the_list_and_shown(board: VaultBoard, scope: HoldScope) -> None:
    hold(board, scope)
    assert board.said() == "vault.hold_done"
    assert "保全：法院、检察院" in board.rows(board.panel.finder.table)[0][3]
    board.panel.turn("holds")
    (row,) = board.rows(board.panel.holds.table)
    assert row[0] == "有效"
    assert row[3] == "练检〔2026〕7号"
    assert "练习3001" in board.panel.holds.story.text()
    assert "1 项保全" in sentences(board)


def test_a_hold_asked_for_while_the_list_is_read_again_is_not_lost(board: VaultBoard) -> None:
    find(board, "01-20261120-0007", EvidenceKind.SIGNATURE)
    finder = board.panel.finder
    board.model.find_again()  # as on the way back from a piece that was looked at
    finder.holds[HoldScope.PERSON].click()
    finder.hold_page.file_no.setText("练检〔2026〕7号")
    finder.hold_page.commit.click()
    board.lanes.run()
    assert board.said() == "vault.hold_done"


def test_a_hold_is_asked_for_once_however_often_enter_is_pressed(board: VaultBoard) -> None:
    find(board, "01-20261120-0007", EvidenceKind.SIGNATURE)
    finder = board.panel.finder
    finder.holds[HoldScope.PERSON].click()
    finder.hold_page.file_no.setText("练检〔2026〕7号")
    for _ in range(3):
        finder.hold_page.commit.click()
    board.lanes.run()
    assert len(board.model.holds) == 1


def test_a_hold_without_a_number_is_none(board: VaultBoard) -> None:
    find(board, "01-20261120-0007")
    board.panel.finder.holds[HoldScope.SALE].click()
    board.panel.finder.hold_page.commit.click()
    board.lanes.run()
    assert board.said() == "vault.file_no_needed"
    assert board.panel.back(), "back to the list, nothing set"
    board.lanes.run()
    assert board.model.holds == ()


def test_what_a_piece_does_not_belong_to_is_not_held(board: VaultBoard) -> None:
    find(board, kind=EvidenceKind.CONSENT)
    board.panel.finder.holds[HoldScope.SALE].click()
    assert board.said() == "vault.no_sale"
    find(board, kind=EvidenceKind.PROXY_LIST)
    board.panel.finder.holds[HoldScope.PERSON].click()
    assert board.said() == "vault.no_person"


def test_a_hold_is_lifted_with_a_second_person(board: VaultBoard) -> None:
    hold(board, HoldScope.SALE)
    page = board.panel.holds
    board.panel.turn("holds")
    page.lift.click()
    assert board.said() == "vault.second_needed"
    page.number.setText("3001")
    page.pin.setText("300300")
    page.lift.click()
    board.lanes.run()
    assert board.said() == "vault.same_person"
    assert page.pin.text() == ""
    page.number.setText("9001")
    page.pin.setText("900900")
    QTest.keyClick(page.pin, Qt.Key.Key_Return)
    board.lanes.run()
    assert board.said() == "vault.lifted"
    assert board.rows(page.table)[0][0] == "已解除"
    assert "练习9001" in page.story.text()
    assert not page.below.isVisible()


# --- the check ------------------------------------------------------------------------------------


def test_a_check_names_what_is_damaged_and_it_stays_shown(board: VaultBoard) -> None:
    assert "还没有核对过" in sentences(board)
    board.panel.overview.check.click()
    board.lanes.run()
    assert "全部完好" in sentences(board)
    find(board, "01-20261120-0007", EvidenceKind.SIGNATURE)
    place = board.bench.files.place(board.panel.finder.chosen().exhibit)
    (board.bench.folder / "evidence" / place).unlink()
    board.panel.turn("overview")
    board.panel.overview.check.click()
    board.lanes.run()
    assert "丢失 1 处" in sentences(board)
    board.panel.overview.more["damage"].click()
    (row,) = board.rows(board.panel.overview.tables["damage"])
    assert row == ["丢失", "结算单签名", place]
    assert "请查备份" in board.panel.overview.means.text()


def test_a_check_can_be_stopped(board: VaultBoard) -> None:
    page = board.panel.overview
    page.check.click()
    board.lanes.run_one()
    assert page.check.text() == say("vault.stop")
    page.check.click()
    board.lanes.run()
    assert page.check.text() in (say("vault.check"), say("vault.stop"))
    assert board.model.running == ""


# --- the export -----------------------------------------------------------------------------------


def fill_export(board: VaultBoard, folder: Path, **typed: str) -> None:
    board.panel.turn("export")
    told = {"receipt": "01-20261120-0007", "purpose": "练习：医保局检查", "folder": str(folder),
            "number": "9001", "pin": "900900"} | typed  # fmt: skip
    for name, text in told.items():
        board.panel.export.fields[name].setText(text)


def test_a_parcel_is_made_and_its_digest_shown(board: VaultBoard, tmp_path: Path) -> None:
    fill_export(board, tmp_path / "stick")
    QTest.keyClick(board.panel.export.fields["pin"], Qt.Key.Key_Return)
    board.lanes.run()
    assert board.said() == "vault.exported"
    (parcel,) = (tmp_path / "stick").iterdir()
    with zipfile.ZipFile(parcel) as opened:
        assert len([one for one in opened.namelist() if one.startswith("pieces/")]) == 3
    assert board.model.view.parcels[0].digest in board.panel.words.text()
    assert board.panel.export.fields["pin"].text() == ""
    board.panel.turn("overview")
    board.panel.overview.show_list("parcels")
    assert board.rows(board.panel.overview.tables["parcels"])[0][1] == "练习：医保局检查"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"purpose": ""}, "vault.purpose_needed"),
        ({"pin": ""}, "vault.second_needed"),
        ({"pin": "111111"}, "error.sign_in_refused"),
        ({"number": "3001", "pin": "300300"}, "vault.same_person"),
        ({"receipt": ""}, "vault.export_what"),
        ({"receipt": "", "first": "2026-11-02", "last": "2026-11-01"}, "vault.date_wrong"),
        ({"receipt": "", "first": "2020-01-01", "last": "2020-02-01"}, "vault.export_nothing"),
        ({"receipt": "99-9"}, "vault.export_nothing"),
    ],
)
def test_what_keeps_an_export_from_being_made(
    board: VaultBoard, tmp_path: Path, typed: dict[str, str], said: str
) -> None:
    fill_export(board, tmp_path / "stick", **typed)
    board.panel.export.go.click()
    board.lanes.run()
    assert board.said() == said
    assert not (tmp_path / "stick").exists()
    assert board.bench.acts("evidence.exported") == []


def test_everything_of_a_person_goes_out_from_the_list(board: VaultBoard, tmp_path: Path) -> None:
    find(board, "01-20261120-0007", EvidenceKind.SIGNATURE)
    board.panel.finder.export_person.click()
    board.lanes.run()
    assert board.panel.export.person.isVisible()
    fill_export(board, tmp_path / "stick", receipt="")
    board.panel.export.go.click()
    board.lanes.run()
    assert board.said() == "vault.exported"
    assert board.model.note.params["done"] == 3


def test_a_folder_that_cannot_be_written_is_told(board: VaultBoard, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    fill_export(board, tmp_path / "file")
    board.panel.export.go.click()
    board.lanes.run()
    assert board.said() == "vault.export_not_written"


# --- the panel in the window ----------------------------------------------------------------------


def test_keys_turn_the_pages(board: VaultBoard, qtbot: QtBot) -> None:
    qtbot.waitActive(board.panel)
    for number, name in enumerate(("overview", "find", "holds", "export"), 1):
        key = Qt.Key(Qt.Key.Key_0.value + number)
        QTest.keyClick(board.panel, key, Qt.KeyboardModifier.AltModifier)
        board.lanes.run()
        assert board.panel.tabs[name].isChecked()
    assert board.panel.back()
    assert board.panel.tabs["overview"].isChecked()
    assert not board.panel.back(), "and out"


def test_nothing_typed_or_found_is_left_for_the_next_one(board: VaultBoard) -> None:
    find(board, "01-20261120-0007")
    fill_export(board, Path("/nowhere"))
    board.panel.opened()
    assert board.model.pieces is None
    assert all(not field.text() for field in board.panel.export.fields.values())
    assert board.panel.finder.receipt.text() == ""
    assert board.panel.finder.table.rowCount() == 0


def test_a_scanned_slip_shows_its_pieces(board: VaultBoard) -> None:
    assert board.panel.take_scan("01-20261120-0007")
    board.lanes.run()
    assert board.panel.finder.table.rowCount() == 2


def test_the_key_opens_the_panel_in_the_window(window: Window) -> None:
    assert key_map().key_of(Action.VAULT) == "Ctrl+Shift+V"
    window.enter()
    window.window.router.perform(Action.VAULT)
    window.lanes.run()
    panel = window.window.panel()
    assert window.window.panels.name_of(panel) == "vault"
    assert panel.not_you.isVisible(), "a cashier does not keep the vault"


def test_sizes_are_said_in_units_of_people() -> None:
    assert [size_words(one) for one in (0, 300, 5_000_000, 3 * 2**40)] == [
        "0.0 KB", "0.3 KB", "4.8 MB", "3.0 TB"
    ]  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_whatever_the_vault_can_say_has_words(lang: str) -> None:
    wanted = [f"vault_kind.{kind}" for kind in EvidenceKind]
    wanted += [f"vault.reason_{reason}" for reason in HoldReason]
    wanted += [f"vault.scope_{scope}" for scope in HoldScope]
    wanted += [f"vault.{stem}_{scope}" for scope in PIECE_SCOPES for stem in ("hold", "hold_what")]
    wanted += [f"vault.damage_{damage}{tail}" for damage in Damage for tail in ("", "_means")]
    wanted += [f"vault.rule_{key}" for rule in RULES.values() for key in (*rule.keys, *rule.also)]
    wanted += [f"vault.{stem}_{start}" for start in ClockStart for stem in ("days", "story")]
    assert [one for one in wanted if one not in texts(lang)] == []


def test_a_keeper_is_told_at_the_basket_what_is_wrong(window: Window) -> None:
    note = Note("vault.attention_damage", {"count": 2}, "warn")
    window.shop.vault_told = (note,)
    window.enter("1001")
    assert note not in window.window.till.notes, "a cashier is not told"
    window.window.session.lock()
    window.enter("3001")
    assert note in window.window.till.notes


def test_attention_is_what_a_check_found_and_the_disk(board: VaultBoard) -> None:
    shop, who = board.session.shop, board.manager
    assert shop.vault_attention(who) == ()
    (board.bench.folder / "evidence" / "readme.txt").write_text("x")
    list(shop.check_vault(who))
    size = board.model.view.size
    board.bench.files.room = lambda: Room(size * 20, size * 100)  # type: ignore[method-assign]
    said = [note.message_id for note in shop.vault_attention(who)]
    assert said == ["vault.attention_damage", "vault.attention_disk"]
    assert shop.vault_attention(board.bench.hire("1009", Role.CASHIER)) == ()
