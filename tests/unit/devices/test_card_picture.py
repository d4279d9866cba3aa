"""The picture of an identity card by a decoder's library: built here, for none was ever at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.device_plan import DeviceKind, Placed, placing_doubt
from app.errors import DeviceFailed, LibraryGone
from devices.card_reader.picture import HEIGHT, PACKED, UNPACK, WIDTH, card_pictures
from devices.card_reader.wire import DEVICE
from devices.connection import SystemTimer
from devices.library.process import LibraryPlace, VendorLibrary, host_of_source
from tests.fakes.c_library import build, needs_compiler

SOURCE = r"""
#include <stdio.h>
#include <stdlib.h>
int unpack(char *src, char *dst, int save) {
  int row, i;
  FILE *file;
  if (src[0] != 'W') return -1;
  if (src[1] == 'C') abort();
  for (row = 0; row < 126; row++)
    for (i = 0; i < 102; i++) {
      dst[3 * (102 * row + i)] = 1;
      dst[3 * (102 * row + i) + 1] = row;
      dst[3 * (102 * row + i) + 2] = 3;
    }
  file = fopen("zp.bmp", "w"); fputs("a face", file); fclose(file);
  return save == 0 ? 1 : -2;
}
"""
GOOD = b"WL" + bytes(PACKED - 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build(tmp_path, "wlt", SOURCE)
    return tmp_path


@pytest.fixture
def library(folder: Path) -> Iterator[VendorLibrary]:
    place = LibraryPlace(str(folder / "libwlt.so"), host_of_source())
    made = VendorLibrary(place, (UNPACK,), device=DEVICE, timer=SystemTimer())
    yield made
    made.close()


@needs_compiler
def test_the_picture_comes_both_ways_up_with_red_first(
    library: VendorLibrary, folder: Path
) -> None:
    from_last, from_first = card_pictures(library, GOOD, folder)
    assert (from_last.width, from_last.height) == (WIDTH, HEIGHT)
    assert from_first.rgb[:3] == bytes((3, 0, 1))
    assert from_last.rgb[:3] == bytes((3, HEIGHT - 1, 1))
    assert from_last.rgb[-3:] == from_first.rgb[:3]


@needs_compiler
@pytest.mark.rule("S-16")
def test_nothing_of_the_picture_is_left_on_the_disk(library: VendorLibrary, folder: Path) -> None:
    before = {one.name for one in folder.iterdir()}
    card_pictures(library, GOOD, folder)
    assert {one.name for one in folder.iterdir()} == before
    kept = folder / "zp.bmp"
    kept.write_text("somebody else's")
    card_pictures(library, GOOD, folder)
    assert kept.exists(), "what lay there before is not ours to take away"


@needs_compiler
@pytest.mark.parametrize("photo", [b"", b"W", bytes(PACKED), bytes(4 * PACKED)], ids=len)
def test_what_is_no_picture_is_a_sentence(
    library: VendorLibrary, folder: Path, photo: bytes
) -> None:
    with pytest.raises(DeviceFailed) as refused:
        card_pictures(library, photo, folder)
    assert str(refused.value.params["why"]).startswith("device_idcard.")


@needs_compiler
def test_a_decoder_that_crashes_takes_nothing_along(library: VendorLibrary, folder: Path) -> None:
    with pytest.raises(LibraryGone):
        card_pictures(library, b"WC" + bytes(PACKED - 2), folder)
    assert card_pictures(library, GOOD, folder)


def test_the_decoder_is_named_in_the_plan() -> None:
    placed = Placed("serial:/dev/ttyS0", {"decoder": "/opt/reader/libwlt.so"})
    assert placing_doubt(DeviceKind.CARD_READER, placed, practice=False) == ""
    assert placed.option(DeviceKind.CARD_READER, "decoder") == "/opt/reader/libwlt.so"
    assert Placed("practice").option(DeviceKind.CARD_READER, "decoder") == ""
