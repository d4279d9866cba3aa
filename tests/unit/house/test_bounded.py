"""Files that somebody named: never more of them than was agreed, and nothing that is no file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.bounded import SETTINGS_LIMIT, TooMuch, digest_of_file, read_bounded
from app.errors import BadFile, BadValue
from app.use_cases.holidays import load_calendar
from app.use_cases.import_catalogue import load_mapping
from app.use_cases.stocktake_papers import read_form
from ui.commands.prescribe import run as prescribe
from ui.homes import read_shop


def test_a_byte_more_than_agreed_is_too_much(tmp_path: Path) -> None:
    path = tmp_path / "one"
    path.write_bytes(b"12345")
    assert read_bounded(path, 5) == b"12345"
    with pytest.raises(TooMuch):
        read_bounded(path, 4)
    assert digest_of_file(path).startswith("5994471abb01112afcc18159f6cc74b4")


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX")
def test_a_pipe_or_a_device_is_neither_waited_for_nor_read_without_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), tmp_path):
        with pytest.raises(OSError):
            read_bounded(path, 100)


def _mapping(folder: Path) -> object:
    return load_mapping(folder / "x.toml")


def _form(folder: Path) -> object:
    return read_form(folder / "x.toml")


def _shop(folder: Path) -> object:
    (folder / "x.toml").rename(folder / "shop.toml")
    return read_shop(folder)


def _holidays(folder: Path) -> object:
    (folder / "x.toml").rename(folder / "holidays.toml")
    return load_calendar(folder)


@pytest.mark.parametrize("read", [_mapping, _form, _shop, _holidays])
@pytest.mark.parametrize(
    "content", [b"a = 1\n" + b"#" * SETTINGS_LIMIT, b"a = " + b"[" * 5000, b"\xff\xfe", b"= ="]
)
def test_settings_are_bounded_in_size_and_depth(
    tmp_path: Path, read: Callable[[Path], object], content: bytes
) -> None:
    (tmp_path / "x.toml").write_bytes(content)
    with pytest.raises(BadFile):
        read(tmp_path)


def test_papers_and_pictures_are_bounded(tmp_path: Path) -> None:
    from ui.screens.custody.view_model import LARGEST_PAPER
    from ui.screens.custody.view_model import _read as paper_of
    from ui.screens.prescription.view_model import PICTURE_LIMIT
    from ui.screens.prescription.view_model import _picture as picture_of

    for limit, read in ((LARGEST_PAPER, paper_of), (PICTURE_LIMIT, picture_of)):
        path = tmp_path / "large.jpg"
        with path.open("wb") as file:
            file.truncate(limit + 1)
        with pytest.raises(BadValue, match="size"):
            read(str(path))
        with pytest.raises(BadValue, match="file"):
            read("/dev/zero")


def test_a_prescription_file_is_bounded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "order.json"
    path.write_bytes(b" " * (SETTINGS_LIMIT + 1))
    assert prescribe(str(path), "http://127.0.0.1:9", tmp_path, True) == 2
    assert "more than" in capsys.readouterr().err
