"""``face compare`` over pictures that nobody can compare: one clear sentence each, exit 1."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import pytest
from PIL import Image
from typer.testing import CliRunner

from devices.camera.visitor import Manner, Visit
from devices.camera.visitor_pictures import picture_of
from ui.cli import app, run_cli

FACES = {
    "two": (Manner.TWO, "不止一张脸"),
    "none": (Manner.NOBODY, "没有找到脸"),
    "away": (Manner.AWAY, "没有正对镜头"),
    "black": (Manner.BLACK, "没有找到脸"),
}


def _shot(path: Path, manner: Manner = Manner.STILL) -> Path:
    assert cv2.imwrite(str(path), picture_of(Visit(manner=manner), 0.0, 1))
    return path


def _compare(one: Path, other: Path, *more: str) -> tuple[int, str]:
    told = CliRunner().invoke(app, ["face", "compare", str(one), str(other), *more])
    return told.exit_code, told.stdout


def test_an_invented_head_is_compared_like_any_other(tmp_path: Path) -> None:
    good = _shot(tmp_path / "good.jpg")
    code, said = _compare(good, good)
    assert (code, "同一个人" in said) == (0, True)


@pytest.mark.parametrize("name", FACES)
def test_what_is_wrong_with_the_face_is_said(name: str, tmp_path: Path) -> None:
    manner, sentence = FACES[name]
    good, bad = _shot(tmp_path / "good.jpg"), _shot(tmp_path / f"{name}.jpg", manner)
    for pair in ((good, bad), (bad, good)):
        code, said = _compare(*pair)
        assert code == 1
        assert f"{name}.jpg" in said
        assert sentence in said
        code, said = _compare(*pair, "--json")
        document = json.loads(said)
        assert (code, document["decision"], document["distance"]) == (1, "retake", None)
        assert sentence in document["reason"]


def _fifty_megapixels(path: Path) -> None:
    Image.new("L", (8660, 5774)).save(path)


def _torn(path: Path) -> None:
    whole = _shot(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def _noise(path: Path) -> None:
    path.write_bytes(b"\xff\xd8\xff" + bytes(range(256)) * 4)


@pytest.mark.parametrize(
    ("spoil", "sentence"), [(_fifty_megapixels, "太大"), (_torn, "损坏"), (_noise, "不是图片")]
)
def test_a_file_that_cannot_be_looked_at_is_named_in_one_line(
    spoil: object,
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    good, bad = _shot(tmp_path / "good.jpg"), tmp_path / "bad.jpg"
    assert callable(spoil)
    spoil(bad)
    monkeypatch.setattr(sys, "argv", ["yaotai", "face", "compare", str(good), str(bad), "--json"])
    with pytest.raises(SystemExit) as ended:
        run_cli()
    said, wrong = capsys.readouterr()
    assert (ended.value.code, said) == (1, "")
    assert len(wrong.splitlines()) == 1
    assert "bad.jpg" in wrong
    assert sentence in wrong
