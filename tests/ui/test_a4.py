"""Papers of A4: for this user's eyes from the first byte, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.errors import FileNotWritten
from ui.a4 import begin_a4, private


@pytest.mark.parametrize("there", [False, True])
def test_a_paper_is_read_by_this_user_alone(
    there: bool, tmp_path: Path, qapp: QApplication
) -> None:
    path = tmp_path / "papers" / "one.pdf"
    if there:
        path.parent.mkdir()
        path.write_bytes(b"of yesterday")
        path.chmod(0o644)
    _, painter = begin_a4(path, 1754, across=True)
    assert path.stat().st_mode & 0o077 == 0, "before the first word is on it"
    painter.end()
    assert path.stat().st_mode & 0o077 == 0
    assert path.read_bytes().startswith(b"%PDF")


def test_a_paper_that_cannot_lie_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(FileNotWritten) as refused:
        private(tmp_path / "file" / "one.pdf")
    assert refused.value.params == {"file": "one.pdf"}
