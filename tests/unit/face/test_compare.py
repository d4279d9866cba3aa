"""Comparing pictures: which face is meant, what is none, rates of a list; real faces if there."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from app.domain.face import Face, FaceDecision, FaceFault, Landmarks, Pixels, Template, Thresholds
from app.errors import BadFile, BadPicture, NotFound, PictureTooLarge
from devices.face_matcher.arrays import read_picture
from devices.face_matcher.compare import compare, rates, the_face
from devices.face_matcher.engines import make_engine
from ui.cli import app

_DEFAULT = Path(__file__).resolve().parents[4] / "shared" / "data"
SAME, OTHER = (200, 40, 40), (40, 40, 200)


class ColourEngine:
    """Sees one face in every picture that is not black; its colour is who it is."""

    model_id = "colour@1"
    thresholds = Thresholds(0.5, 1.0)

    def detect(self, picture: Pixels) -> list[Face]:
        return [Face(0, 0, 100, 100, 0.9)] if any(picture.rgb[:3]) else []

    def landmarks(self, picture: Pixels, face: Face) -> Landmarks:
        return Landmarks(((0.0, 0.0),), 0.9)

    def embed(self, picture: Pixels, landmarks: Landmarks) -> Template:
        return Template(self.model_id, tuple(value / 255 for value in picture.rgb[:3]))

    def distance(self, one: Template, other: Template) -> float:
        return float(np.linalg.norm(np.array(one.values) - np.array(other.values)))


def _picture(colour: tuple[int, int, int]) -> Pixels:
    return Pixels(1, 1, bytes(colour))


def _face(width: float) -> Face:
    return Face(0, 0, width, width, 0.9)


@pytest.mark.parametrize(
    ("widths", "meant"),
    [
        ((), FaceFault.NONE_FOUND),
        ((39,), FaceFault.TOO_SMALL),
        ((100,), 100),
        ((50, 100), 100),
        ((100, 60), FaceFault.SEVERAL),
    ],
)
def test_the_widest_face_is_meant_unless_another_stands_beside_it(
    widths: tuple[float, ...], meant: float | FaceFault
) -> None:
    told = the_face([_face(width) for width in widths])
    assert (told if isinstance(told, FaceFault) else told.width) == meant


def test_the_same_a_stranger_and_nobody() -> None:
    engine = ColourEngine()
    assert compare(engine, _picture(SAME), _picture(SAME)).decision is FaceDecision.SAME
    assert compare(engine, _picture(SAME), _picture(OTHER)).decision is FaceDecision.RETAKE
    nobody = compare(engine, _picture(SAME), _picture((0, 0, 0)))
    assert nobody.decision is FaceDecision.RETAKE
    assert (nobody.distance, nobody.fault, nobody.picture) == (None, FaceFault.NONE_FOUND, 2)


def _list(folder: Path, *rows: str) -> Path:
    for name, colour in (("a", SAME), ("b", SAME), ("c", OTHER), ("none", (0, 0, 0))):
        Image.new("RGB", (1, 1), colour).save(folder / f"{name}.png")
    path = folder / "pairs.csv"
    path.write_text("image_a,image_b,same,group\n" + "\n".join(rows) + "\n")
    return path


def test_rates_count_only_same_as_accepted(tmp_path: Path) -> None:
    path = _list(
        tmp_path, "a.png,b.png,1,x", "a.png,c.png,1,x", "a.png,c.png,0,x", "b.png,a.png,0,x",
        "a.png,none.png,1,y",
    )  # fmt: skip
    told, done = rates(ColourEngine(), path, read_picture, lambda _: None), list[int]()
    assert (told["x"].far, told["x"].frr, told["x"].fta) == (0.5, 0.5, 0.0)
    assert (told["y"].far, told["y"].frr, told["y"].fta) == (None, None, 1.0)
    rates(ColourEngine(), path, read_picture, done.append)
    assert done == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("row", ["a.png,b.png,2,x", "a.png,b.png,yes,x", "a.png,,1,x"], ids=str)
def test_a_bad_row_is_named(tmp_path: Path, row: str) -> None:
    path = _list(tmp_path, "a.png,b.png,1,x", row)
    with pytest.raises(BadFile) as refused:
        rates(ColourEngine(), path, read_picture)
    assert "3" in str(refused.value.params["why"])


def test_a_list_that_is_none(tmp_path: Path) -> None:
    for content in (b"", b"x,y\n1,2\n", b"\xff\xfe\x00bad"):
        (tmp_path / "pairs.csv").write_bytes(content)
        with pytest.raises(BadFile):
            rates(ColourEngine(), tmp_path / "pairs.csv", read_picture)
    with pytest.raises(BadFile):
        rates(ColourEngine(), tmp_path / "none.csv", read_picture)


# --- pictures from files --------------------------------------------------------------------------


def test_hostile_pictures_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_picture(tmp_path / "none.jpg")
    good = tmp_path / "good.jpg"
    Image.new("RGB", (64, 64), SAME).save(good)
    (tmp_path / "torn.jpg").write_bytes(good.read_bytes()[:200])
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "empty.jpg").write_bytes(b"")
    for name in ("torn.jpg", "text.jpg", "empty.jpg"):
        with pytest.raises(BadPicture):
            read_picture(tmp_path / name)
    Image.new("1", (8000, 7000)).save(tmp_path / "large.png")
    with pytest.raises(PictureTooLarge):
        read_picture(tmp_path / "large.png")


def test_a_picture_is_turned_as_its_camera_says(tmp_path: Path) -> None:
    lying = Image.new("RGB", (40, 20), SAME)
    exif = lying.getexif()
    exif[0x0112] = 6
    lying.save(tmp_path / "lying.jpg", exif=exif)
    told = read_picture(tmp_path / "lying.jpg")
    assert (told.width, told.height) == (20, 40)


def test_the_engine_that_ships_finds_nobody_in_a_wall(tmp_path: Path) -> None:
    engine = make_engine()
    for shape in ((400, 300), (1, 1), (1, 4000)):
        wall = Pixels(*shape, bytes(3 * shape[0] * shape[1]))
        assert engine.detect(wall) == []


# --- the command ----------------------------------------------------------------------------------


def test_the_command_says_what_it_cannot_compare(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        Image.new("RGB", (200, 200), SAME).save(tmp_path / name)
    words = ["face", "compare", str(tmp_path / "a.png"), str(tmp_path / "b.png")]
    told = CliRunner().invoke(app, [*words, "--json"])
    assert told.exit_code == 1
    document = json.loads(told.stdout)
    assert document["decision"] == "retake"
    assert document["distance"] is None
    assert document["threshold"] == 0.92
    assert "a.png" in document["reason"]
    plain = CliRunner().invoke(app, words)
    assert plain.exit_code == 1
    assert "重拍" in plain.stdout


# --- real faces, where they are -------------------------------------------------------------------


_PLACE = os.environ.get("YAOTAI_TEST_DATA")
PAIRS = (Path(_PLACE) if _PLACE else _DEFAULT) / "faces" / "pairs.csv"


@pytest.mark.slow
@pytest.mark.skipif(not PAIRS.exists(), reason="the faces for tests are not on this machine")
def test_the_shared_pairs_are_told_apart() -> None:
    """Slow: it looks at 136 pictures; the figures are those of the notes on face models."""
    told = rates(make_engine(), PAIRS, read_picture)
    for group in ("ea", "gen"):
        assert told[group].far is not None
        assert told[group].far <= 0.002
        assert told[group].frr is not None
        assert told[group].frr < 0.15
