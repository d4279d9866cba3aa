"""Packs of face models: the one that ships holds, an altered or odd one is refused."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

from app.domain.face import FaceDecision, Thresholds
from app.errors import BadFile, BadValue
from app.resources import resource
from devices.face_matcher.dlib_engine import THRESHOLDS
from devices.face_matcher.engines import SHIPPED, make_engine
from devices.face_matcher.pack import MANIFEST, read_pack


def _pack(folder: Path, **changes: str) -> Path:
    model = b"a model"
    (folder / "model.onnx").write_bytes(model)
    lines = {
        "name": '"odd"', "version": '"2"', "kind": '"yunet_sface"', "licence": '"MIT"',
        "template_length": "128", "accept": "1.1", "retake": "1.2",
        **changes,
    }  # fmt: skip
    digest = hashlib.sha256(model).hexdigest()
    text = "\n".join(f"{key} = {value}" for key, value in lines.items() if value)
    text += f'\n[files.detector]\nfile = "model.onnx"\nsha256 = "{digest}"\n'
    text += f'[files.embedder]\nfile = "model.onnx"\nsha256 = "{digest}"\n'
    (folder / MANIFEST).write_text(text)
    return folder


def test_the_pack_that_ships_is_whole_and_says_under_which_licence() -> None:
    pack = read_pack(resource("face", SHIPPED))
    assert set(pack.files) == {"detector", "landmarks", "embedder"}
    assert pack.thresholds == Thresholds(0.92, 1.00)
    assert "Apache-2.0" in pack.licence
    told = tomllib.loads((resource("face", SHIPPED) / MANIFEST).read_text("utf-8"))
    assert told["template_length"] == 192


def test_an_altered_model_is_refused(tmp_path: Path) -> None:
    _pack(tmp_path)
    assert read_pack(tmp_path).model_id == "odd@2"
    (tmp_path / "model.onnx").write_bytes(b"another model")
    with pytest.raises(BadFile):
        read_pack(tmp_path)


@pytest.mark.parametrize(
    "changes",
    [{"accept": "1.3"}, {"accept": "0.0"}, {"accept": '"near"'}, {"name": ""}, {"retake": ""}],
    ids=str,
)
def test_a_manifest_that_means_nothing_is_refused(tmp_path: Path, changes: dict[str, str]) -> None:
    with pytest.raises(BadFile):
        read_pack(_pack(tmp_path, **changes))


def test_a_file_elsewhere_is_not_loaded(tmp_path: Path) -> None:
    _pack(tmp_path)
    manifest = tmp_path / MANIFEST
    manifest.write_text(manifest.read_text().replace('"model.onnx"', '"../model.onnx"'))
    with pytest.raises(BadFile):
        read_pack(tmp_path)


def test_a_pack_whose_models_are_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadFile):
        make_engine(str(_pack(tmp_path)))
    with pytest.raises(BadValue):
        make_engine(str(_pack(tmp_path, kind='"something_else"')))
    with pytest.raises(BadFile):
        make_engine(str(tmp_path / ".."))
    with pytest.raises(BadValue):
        make_engine("no-such-engine")


def test_distances_are_judged_by_measured_thresholds_never_by_a_librarys_own() -> None:
    ours = Thresholds(0.92, 1.00)
    assert [ours.decide(one) for one in (0.0, 0.92, 0.9201, 1.0, 1.0001)] == [
        FaceDecision.SAME, FaceDecision.SAME, FaceDecision.RETAKE, FaceDecision.RETAKE,
        FaceDecision.DIFFERENT,
    ]  # fmt: skip
    assert ours.decide(float("nan")) is FaceDecision.DIFFERENT
    assert THRESHOLDS.decide(0.6) is FaceDecision.DIFFERENT
