"""Contract of the one way in which a vendor's shared library is called."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import BadValue, DeviceFailed, LibraryGone
from devices.connection import SystemTimer
from devices.library import wire
from devices.library.process import LibraryPlace, VendorLibrary, host_of_source
from devices.library.wire import Function, Handle, Kind, Returned, Returns
from tests.fakes.c_library import build, needs_compiler

DEVICE = "device_name.idcard"

SOURCE = r"""
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int add(int a, int b) { return a + b; }
unsigned int code(unsigned int which) { return 0x0A000000u + which; }
int echo(const char *text, char *out) { strcpy(out, text); return (int)strlen(text); }
int bytes(const unsigned char *data, unsigned int size, unsigned char *out, unsigned int *len) {
    if (out == NULL) { *len = size; return 0; }
    if (*len < size) return -1;
    memcpy(out, data, size); *len = size; return 0;
}
int gbk(char *out) { memcpy(out, "\xd5\xc5\xc8\xfd|\xff\xfe", 8); return 0; }
const char *said(int yes) { return yes ? "0000" : NULL; }

static int kept[4];
int open_it(int which, void **handle) {
    if (which < 0) { *handle = NULL; return 9; }
    kept[which] = 70 + which; *handle = &kept[which]; return 0;
}
int ask_it(void *handle) { return handle == NULL ? -1 : *(int *)handle; }

int segfault(void) { *(volatile int *)1 = 1; return 0; }
int aborts(void) { abort(); }
int leaves(void) { exit(0); }
int forever(void) { for (;;) { usleep(1000); } }
int writes_too_much(char *out) { memset(out, 'x', 300); return 0; }
int writes_far_too_much(char *out) { memset(out, 'x', 64 * 1024 * 1024); return 0; }
int chatters(void) {
    printf("{\"id\": 1, \"returned\": 5, \"out\": []}\n"); fflush(stdout);
    fprintf(stderr, "noise\n");
    write(1, "\xff\xfe\n", 3); write(2, "noise\n", 6);
    return 7;
}
int reads_input(void) { return getchar() == EOF ? 1 : 0; }
int beside(char *out) { return getcwd(out, 4000) == NULL; }
int pid(void) { return (int)getpid(); }
long long wide(long long value) { return value * 2; }
"""

I32, U32 = Kind.INT32, Kind.UINT32
TABLE = (
    Function("add", (I32, I32)),
    Function("code", (U32,), Returns.UINT32),
    Function("echo", (Kind.TEXT, Kind.TEXT_BUFFER)),
    Function("bytes", (Kind.DATA, U32, Kind.BUFFER, Kind.UINT32_REF)),
    Function("gbk", (Kind.TEXT_BUFFER,)),
    Function("said", (I32,), Returns.TEXT),
    Function("open_it", (I32, Kind.HANDLE_REF)),
    Function("ask_it", (Kind.HANDLE,)),
    Function("segfault", ()),
    Function("aborts", ()),
    Function("leaves", ()),
    Function("forever", (), limit=0.2),
    Function("writes_too_much", (Kind.TEXT_BUFFER,)),
    Function("writes_far_too_much", (Kind.TEXT_BUFFER,)),
    Function("chatters", ()),
    Function("reads_input", ()),
    Function("pid", ()),
    Function("beside", (Kind.TEXT_BUFFER,)),
    Function("wide", (Kind.INT64,), Returns.INT64),
    Function("nobody_has_this", ()),
)

Make = Callable[..., VendorLibrary]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("vendor"), "vendor", SOURCE)


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes libraries and sees that nothing of them stays behind."""
    made: list[VendorLibrary] = []

    def make_one(
        path: Path | str, host: tuple[str, ...] = host_of_source(), table: object = TABLE
    ) -> VendorLibrary:
        one = VendorLibrary(
            LibraryPlace(str(path), host), table, device=DEVICE, timer=SystemTimer()
        )
        made.append(one)
        return one

    yield make_one
    for one in made:
        one.close()
    assert threads() == []
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)  # no process is left, not even a dead one


def threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name == "library"]


@pytest.fixture
def library(built: Path, make: Make) -> VendorLibrary:
    return make(built)


def why(caught: pytest.ExceptionInfo[LibraryGone] | pytest.ExceptionInfo[DeviceFailed]) -> str:
    return str(caught.value.params["why"])


# --- what works -----------------------------------------------------------------------------------


@needs_compiler
def test_numbers_texts_bytes_and_wide_numbers_go_both_ways(library: VendorLibrary) -> None:
    assert library.call("add", 2, -5) == Returned(-3, ())
    assert library.call("code", 0x24).number() == 0x0A000024
    assert library.call("echo", "练习".encode("gb18030"), 64).out_bytes(0) == b"\xc1\xb7\xcf\xb0"
    assert library.call("wide", 1 << 40).number() == 1 << 41
    assert library.call("said", 1).value == b"0000"
    assert library.call("said", 0).value is None


@needs_compiler
def test_a_size_is_asked_with_a_null_pointer_and_filled_then(library: VendorLibrary) -> None:
    data = bytes(range(256))
    asked = library.call("bytes", data, len(data), None, 0)
    assert asked.out == (None, 256)
    filled = library.call("bytes", data, len(data), asked.out_number(1), asked.out_number(1))
    assert filled.out_bytes(0) == data
    assert library.call("bytes", data, len(data), 10, 10).number() == -1


@needs_compiler
def test_bytes_that_are_no_utf8_come_as_they_are(library: VendorLibrary) -> None:
    assert library.call("gbk", 16).out_bytes(0) == b"\xd5\xc5\xc8\xfd|\xff\xfe"


@needs_compiler
def test_a_handle_is_a_number_here_and_a_pointer_there(library: VendorLibrary) -> None:
    first = library.call("open_it", 0).out_handle(0)
    second = library.call("open_it", 1).out_handle(0)
    assert [library.call("ask_it", one).number() for one in (second, first)] == [71, 70]
    assert library.call("open_it", -1) == Returned(9, (None,))
    assert library.call("ask_it", None).number() == -1


@needs_compiler
def test_what_a_library_prints_is_no_answer(library: VendorLibrary) -> None:
    assert library.call("chatters").number() == 7
    assert library.call("reads_input").number() == 1
    assert library.call("add", 1, 1).number() == 2


@needs_compiler
def test_it_runs_in_another_process_that_stays(library: VendorLibrary) -> None:
    pid = library.call("pid").number()
    assert pid == library.pid != os.getpid()
    assert library.call("pid").number() == pid
    library.watch()


@needs_compiler
def test_it_works_where_its_library_lies_however_that_is_named(
    built: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(built.parent.parent)
    library = make(built.relative_to(built.parent.parent))
    assert library.call("beside", 4096).out_bytes(0) == os.fsencode(built.parent)


# --- what breaks ----------------------------------------------------------------------------------


@needs_compiler
@pytest.mark.parametrize("function", ["segfault", "aborts", "leaves"])
def test_a_library_that_dies_is_a_sentence_and_starts_anew(
    library: VendorLibrary, function: str
) -> None:
    handle = library.call("open_it", 2).out_handle(0)
    with pytest.raises(LibraryGone) as caught:
        library.call(function)
    assert (why(caught), library.pid) == ("device_library.crashed", None)
    assert caught.value.params["library"] == f"libvendor.so:{function}"
    assert library.call("add", 1, 1).number() == 2
    with pytest.raises(LibraryGone) as caught:
        library.call("ask_it", handle)
    assert why(caught) == "device_library.stale_handle"


@needs_compiler
def test_a_library_that_hangs_is_ended(library: VendorLibrary) -> None:
    before = library.call("pid").number()
    with pytest.raises(LibraryGone) as caught:
        library.call("forever")
    assert why(caught) == "device_library.hung"
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)
    assert library.call("pid").number() != before


@needs_compiler
@pytest.mark.parametrize("function", ["writes_too_much", "writes_far_too_much"])
def test_a_library_that_writes_beyond_its_room_is_ended(
    library: VendorLibrary, function: str
) -> None:
    with pytest.raises(LibraryGone) as caught:
        library.call(function, 100)
    assert why(caught) in ("device_library.overrun", "device_library.crashed")
    assert library.call("add", 1, 1).number() == 2


@needs_compiler
def test_a_function_that_is_missing_leaves_the_others(library: VendorLibrary) -> None:
    pid = library.call("pid").number()
    with pytest.raises(DeviceFailed) as caught:
        library.call("nobody_has_this")
    assert why(caught) == "device_library.no_function"
    assert library.call("pid").number() == pid


@needs_compiler
def test_a_process_that_is_killed_from_outside_is_noticed(library: VendorLibrary) -> None:
    os.kill(library.call("pid").number(), signal.SIGKILL)
    with pytest.raises(LibraryGone) as caught:
        library.call("add", 1, 1)
    assert why(caught) == "device_library.crashed"
    assert library.call("add", 1, 1).number() == 2


@needs_compiler
def test_closing_in_another_thread_ends_a_call(built: Path, make: Make) -> None:
    patient = (Function("forever", (), limit=60.0), Function("pid", ()))
    library = make(built, table=patient)
    library.call("pid")
    caught: list[LibraryGone] = []

    def call() -> None:
        try:
            library.call("forever")
        except LibraryGone as gone:
            caught.append(gone)

    thread = threading.Thread(target=call)
    thread.start()
    library.close()
    thread.join(10)
    # Where the close came first, the call starts a process of its own, which this one ends.
    while thread.is_alive():
        library.close()
        thread.join(0.05)
    assert [one.params["library"] for one in caught] == ["libvendor.so:forever"]
    library.close()


def test_what_is_no_library_says_so(tmp_path: Path, make: Make) -> None:
    text = tmp_path / "text.so"
    text.write_text("no library", encoding="utf-8")
    for path, reason in ((tmp_path / "nowhere.so", "missing"), (text, "no_library")):
        with pytest.raises(LibraryGone) as caught:
            make(path).call("add", 1, 1)
        assert why(caught) == f"device_library.{reason}"
        assert str(tmp_path) not in str(caught.value)


@needs_compiler
@pytest.mark.parametrize("searched", [None, "/opt/python/cv2/../../lib64:"])
def test_a_library_that_lacks_another_says_so(
    tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch, searched: str | None
) -> None:
    """Also where OpenCV's loader left its mark in the environment: the empty part is a folder."""
    if searched is None:
        monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    else:
        monkeypatch.setenv("LD_LIBRARY_PATH", searched)
    build(tmp_path, "other", "int other(void) { return 1; }")
    needing = "int other(void); int add(int a, int b) { return other(); }"
    library = build(tmp_path, "needing", needing, f"-L{tmp_path}", "-lother")
    with pytest.raises(LibraryGone) as caught:
        make(library).call("add", 1, 1)
    assert why(caught) == "device_library.needs_others"


@needs_compiler
def test_a_library_that_dies_while_it_is_loaded(tmp_path: Path, make: Make) -> None:
    source = "__attribute__((constructor)) void begin(void) { *(volatile int *)1 = 1; }"
    with pytest.raises(LibraryGone) as caught:
        make(build(tmp_path, "early", source)).open()
    assert why(caught) == "device_library.no_host"


ANSWERS = {
    "nonsense": b"hello\n",
    "a_list": b"[1]\n",
    "another_number": b'{"id": 99, "returned": null, "out": []}\n',
    "too_much_out": b'{"id": 1, "returned": null, "out": [1]}\n',
    "no_utf8": b"\xff\xfe\n",
    "deep": b"[" * 100_000 + b"\n",
    "torn": b'{"id": 1, "retu',
    "endless": b"x" * (wire.MAX_LINE + 5),
}


@pytest.mark.parametrize("said", sorted(ANSWERS))
def test_a_host_that_talks_nonsense_is_ended(tmp_path: Path, make: Make, said: str) -> None:
    (tmp_path / "said").write_bytes(ANSWERS[said])
    (tmp_path / "any.so").touch()
    # It answers once it was asked: one that ended before would be no host at all.
    program = (
        "import sys; sys.stdin.readline(); sys.stdout.buffer.write(open(sys.argv[1],'rb').read())"
    )
    wait = "; sys.stdout.flush(); sys.stdin.read()" if said != "torn" else ""
    command = (sys.executable, "-I", "-S", "-c", program + wait, str(tmp_path / "said"))
    with pytest.raises(LibraryGone) as caught:
        make(tmp_path / "any.so", host=command).open()
    assert why(caught) == "device_library.nonsense"


def test_a_host_that_does_not_start_or_ends_at_once(tmp_path: Path, make: Make) -> None:
    (tmp_path / "any.so").touch()
    for command in ((str(tmp_path / "nothing"),), (sys.executable, "-c", "raise SystemExit(3)")):
        with pytest.raises(LibraryGone) as caught:
            make(tmp_path / "any.so", host=command).open()
        assert why(caught) == "device_library.no_host"


# --- what may not be asked ------------------------------------------------------------------------


@needs_compiler
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("add", (1,)),
        ("add", (1, 2, 3)),
        ("add", (1, b"2")),
        ("add", (1, 1 << 31)),
        ("code", (-1,)),
        ("echo", (b"a\0b", 8)),
        ("echo", (b"a", 0)),
        ("echo", (b"a", wire.MAX_BUFFER + 1)),
        ("echo", (b"a" * wire.MAX_LINE, 8)),
        ("ask_it", (5,)),
    ],
)
def test_values_that_the_table_does_not_take(
    library: VendorLibrary, name: str, values: tuple[int | bytes, ...]
) -> None:
    with pytest.raises(BadValue) as caught:
        library.call(name, *values)
    assert "b'" not in str(caught.value)
    assert library.call("add", 1, 1).number() == 2


@needs_compiler
def test_nothing_that_is_asked_stands_in_arguments_environment_or_errors(
    library: VendorLibrary,
) -> None:
    secret = b"13579-practice"
    library.call("echo", secret, 64)
    for place in ("cmdline", "environ"):
        with contextlib.suppress(PermissionError):  # it may not even be looked into
            assert secret not in Path(f"/proc/{library.pid}/{place}").read_bytes()
    with pytest.raises(LibraryGone) as caught:
        library.call("segfault")
    assert secret.decode() not in repr(caught.value)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
ANY_ANSWER = st.fixed_dictionaries(
    {"id": st.just(1) | VALUES},
    optional={"returned": VALUES, "out": VALUES, "failed": VALUES},
)
MANY = Function("f", (Kind.BUFFER, Kind.UINT32_REF, Kind.HANDLE_REF), Returns.TEXT)


@given(st.binary(max_size=60) | ANY_ANSWER.map(lambda told: json.dumps(told).encode()))
@settings(max_examples=400)
def test_whatever_the_host_says_is_an_answer_or_a_known_failure(line: bytes) -> None:
    try:
        answer = wire.answer(line, 1, MANY, 4)
    except (ValueError, wire.Failure):
        return
    assert all(isinstance(one, int | bytes | Handle | None) for one in answer.out)
