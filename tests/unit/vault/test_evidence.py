"""Evidence files: sealed, found again, and altered ones told from good ones."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.evidence import EvidenceKind, Exhibit, digest_of
from app.errors import NotFound, SecretError, StoreReadOnly
from app.vault.evidence import EvidenceFiles
from app.vault.keyring import Vault
from app.vault.keys import FileMasterStore

CONTENT = b"what a customer wrote" * 40


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    folder = tmp_path / "keys"
    folder.mkdir()
    return Vault.create(folder, FileMasterStore(folder), recovery_cost=2)[0]


@pytest.fixture
def files(tmp_path: Path, vault: Vault) -> EvidenceFiles:
    return EvidenceFiles(tmp_path / "evidence", vault)


def _exhibit(name: str = "e-1", content: bytes = CONTENT) -> Exhibit:
    return Exhibit(
        name, EvidenceKind.SIGNATURE, "sale-1", datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        "staff-1", "application/json", len(content), digest_of(content),
    )  # fmt: skip


def _only(tmp_path: Path) -> Path:
    (found,) = [one for one in (tmp_path / "evidence").rglob("*") if one.is_file()]
    return found


def test_what_was_put_comes_back(files: EvidenceFiles) -> None:
    files.put(_exhibit(), CONTENT)
    assert files.get(_exhibit()) == CONTENT


def test_on_the_disk_there_is_nothing_to_read(files: EvidenceFiles, tmp_path: Path) -> None:
    files.put(_exhibit(), CONTENT)
    path = _only(tmp_path)
    assert b"customer" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.relative_to(tmp_path / "evidence").parts[:2] == ("2026", "03-02")


def test_an_altered_file_is_told(files: EvidenceFiles, tmp_path: Path) -> None:
    files.put(_exhibit(), CONTENT)
    path = _only(tmp_path)
    held = bytearray(path.read_bytes())
    held[-1] ^= 1
    path.write_bytes(held)
    with pytest.raises(SecretError):
        files.get(_exhibit())


def test_a_file_put_in_anothers_place_is_told(files: EvidenceFiles, tmp_path: Path) -> None:
    files.put(_exhibit("e-1"), CONTENT)
    files.put(_exhibit("e-2"), CONTENT)
    folder = tmp_path / "evidence" / "2026" / "03-02"
    (folder / "e-1.sealed").replace(folder / "e-2.sealed")
    with pytest.raises(SecretError):
        files.get(_exhibit("e-2"))
    with pytest.raises(NotFound):
        files.get(_exhibit("e-1"))


def test_a_file_that_the_books_do_not_mean_is_told(files: EvidenceFiles) -> None:
    files.put(_exhibit(), b"something else")
    with pytest.raises(SecretError):
        files.get(_exhibit())


def test_a_disk_that_cannot_be_written_keeps_nothing(tmp_path: Path, vault: Vault) -> None:
    (tmp_path / "evidence").write_text("a file where the folder should be")
    files = EvidenceFiles(tmp_path / "evidence", vault)
    with pytest.raises(StoreReadOnly):
        files.put(_exhibit(), CONTENT)
