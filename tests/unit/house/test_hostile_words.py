"""Words that others chose (platform, cards, files, codes): they command no printer, no screen."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.acceptance import one_line
from app.domain.paper import Paper, PaperRow, RowKind
from app.domain.scanned import ScannedKind, classify
from devices.label_printer import wire as labels
from devices.receipt_printer.layout import encode
from ui.widgets.parts import plain_tip

ROOT = Path(__file__).resolve().parents[3]
DAY = date(2026, 11, 22)
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
COMMANDS = (
    "\x1b@", "\x1bp\x00\x19\xfa", "\x1dV\x00", "\x10\x14\x01\x00\x05", "\x1c&", "\n\n\n\x0c",
    "\x9b2J",
)  # fmt: skip
KINDS = (RowKind.PLAIN, RowKind.STRONG, RowKind.TITLE, RowKind.SIGN)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_name_with_commands_prints_as_the_name_without(kind: RowKind, command: str) -> None:
    """ESC @, the drawer's pulse, the cutter, real-time commands: no byte of them is left."""
    name = f"练习{command}甲"
    dirty = Paper((PaperRow(name, command, kind),))
    plain = Paper((PaperRow(CONTROLS.sub("", name), CONTROLS.sub("", command), kind),))
    assert encode(dirty) == encode(plain)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8", categories=("Cc", "Nd", "Lu", "Po")), max_size=30))
def test_no_name_whatever_brings_a_control_to_either_printer(name: str) -> None:
    clean = CONTROLS.sub("", name)
    assert encode(Paper((PaperRow(name),))) == encode(Paper((PaperRow(clean),)))
    assert not CONTROLS.search(labels.clean(name)) and '"' not in labels.clean(name)


def test_markup_in_a_tip_is_shown_and_not_run() -> None:
    hostile = '<img src="file:///etc/hostname"><b>甲</b>'
    assert "<img" not in plain_tip(hostile) and "&lt;img" in plain_tip(hostile)
    assert plain_tip("甲 & 乙") == "甲 & 乙"


MARKUP = re.compile(
    r"QTextEdit|QTextBrowser|QWebEngine|QTextDocument|QMessageBox|setHtml|RichText|AutoText"
    r"|MarkdownText|webbrowser|openUrl\((?!QUrl\.fromLocalFile)"
)
UNSAFE = re.compile(r"\bpickle\b|\bmarshal\b|\beval\(|\bexec\(|shell=True|os\.system|yaml\.load")


def sources(*rooms: str) -> list[tuple[str, str]]:
    return [
        (path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
        for room in rooms
        for path in sorted((ROOT / room).rglob("*.py"))
    ]


def test_no_screen_shows_markup_or_opens_an_address() -> None:
    """Labels are plain by :func:`ui.widgets.parts.label`; only folders of our own are opened."""
    assert [name for name, text in sources("ui") if MARKUP.search(text)] == []
    bare = {name for name, text in sources("ui") if re.search(r"= QLabel\(", text)}
    assert bare <= {
        "ui/widgets/parts.py", "ui/screens/receipt/panel.py", "ui/screens/still/strip.py",
        "ui/bench/card.py",
    }, "a label of its own holds a picture; words take parts.label"  # fmt: skip


def test_nothing_that_was_read_is_run() -> None:
    found = [
        (name, line.strip())
        for name, text in sources("app", "devices", "sync", "ui")
        for line in text.splitlines()
        if UNSAFE.search(line) and not re.search(r"\.exec\(|#|\"\"\"", line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "javascript:alert(1)", "file:///etc/passwd", "../../store.sqlite3", "; rm -rf ~",
        "' OR 1=1 --", "\x1b]0;x\x07", "=1+cmd", "<script>1</script>", "%00",
        "0" * 100_000, "\x00\xff" * 500, "81773220288616423835\x00", "https://evil.invalid/\x1b@",
    ],
)  # fmt: skip
def test_a_code_that_is_a_command_is_only_a_text_that_means_nothing(code: str) -> None:
    assert classify(code, DAY).kind is ScannedKind.UNKNOWN


@pytest.mark.parametrize("code", ["=cmd|' /C calc'!A0", "(01)123", "01" * 400, "]d2" + "9" * 500])
def test_elements_with_wrong_fields_are_told_as_wrong(code: str) -> None:
    found = classify(code, DAY)
    assert not found.valid and not found.gtin and not found.product_code


def test_an_address_with_a_trace_code_gives_the_code_and_is_not_called() -> None:
    found = classify("https://evil.invalid/t?x=1&code=81773220288616423835", DAY)
    assert found.kind is ScannedKind.URL


@given(st.text(max_size=600))
def test_a_report_line_has_no_control_and_an_end(text: str) -> None:
    line = one_line(text)
    assert len(line) <= 200 and line.isprintable()
