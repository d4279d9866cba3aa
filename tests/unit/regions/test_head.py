"""The head of a pack says what the whole pack says, and refuses what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import PackError
from app.regions.head import region_head
from app.regions.loader import load_region, region_codes


@pytest.mark.parametrize("code", [code for code in region_codes() if code != "CN"])
def test_head_and_whole_pack_say_the_same(code: str) -> None:
    pack = load_region(code, practice=True)
    assert region_head(code) == (pack.division, pack.status)


@pytest.mark.parametrize("code", ["CN-000001", "../CN-999900", "", "CN-9999001"])
def test_an_area_without_a_pack_is_refused(code: str) -> None:
    with pytest.raises(PackError):
        region_head(code)


@pytest.mark.parametrize("text", ["name = \n", 'name = "x"\n[interface]\nstatus = "draft"\n'])
def test_a_head_that_says_no_status_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "CN-123456.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError):
        region_head("CN-123456", folder=tmp_path)


def test_a_pack_that_inherits_from_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "CN-123456.toml").write_text(
        'parent = "CN-123456"\nstatus = "draft"\n', encoding="utf-8"
    )
    assert region_head("CN-123456", folder=tmp_path).status == "draft"
