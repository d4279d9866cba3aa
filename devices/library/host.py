"""The process that a vendor's library runs in: JSON lines in, JSON lines out, nothing else.

One file of the standard library alone, so that any Python of the library's word size can run it.
It knows no vendor: which functions there are, and what they take, comes with each request. It
holds no more state than the library and the handles that it gave out, and ends when its input
does. What it is told stays in memory: no log, no trace back, no core file.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import queue
import sys
import threading
from typing import Any, BinaryIO, Final

MAX_LINE: Final = 1 << 20
"""Bytes of one request or answer."""
GUARD: Final = 4096
"""Bytes behind every buffer that the library must leave alone."""
_MARK: Final = b"\xa5" * GUARD

Json = dict[str, Any]

INTEGERS: Final[dict[str, Any]] = {
    "uint8": ctypes.c_uint8,
    "int32": ctypes.c_int32,
    "uint32": ctypes.c_uint32,
    "int64": ctypes.c_int64,
    "uint64": ctypes.c_uint64,
}


class _Failed(Exception):
    """What is answered in the place of a result: one of the words that the near side knows."""


class _Argument:
    """One argument of a call: what the function is handed, and what is read back afterwards."""

    def __init__(self, kind: str, value: Any, handles: dict[int, int]) -> None:  # noqa: ANN401 - JSON
        self.kind = kind
        self.handed: Any = None
        self._capacity = 0
        if kind in INTEGERS:
            self.handed = INTEGERS[kind](int(value))
        elif kind.removesuffix("_ref") in INTEGERS:
            # Eight bytes whatever the kind: some headers say "unsigned long" where others say
            # four bytes, and on a little-endian machine the low half is the number either way.
            self._room = ctypes.c_uint64(int(value) & 0xFFFF_FFFF_FFFF_FFFF)
            self.handed = ctypes.byref(self._room)
        elif kind == "handle_ref":
            self._pointer = ctypes.c_void_p()
            self.handed = ctypes.byref(self._pointer)
        elif kind == "handle":
            self.handed = ctypes.c_void_p(None if value is None else handles[int(value)])
        elif value is None:
            self.handed = ctypes.c_void_p()
        elif kind in ("text", "data"):
            self._buffer = ctypes.create_string_buffer(base64.b64decode(value))
            self.handed = self._buffer
        elif kind in ("buffer", "text_buffer"):
            self._capacity = int(value)
            self._buffer = ctypes.create_string_buffer(b"\0" * self._capacity + _MARK)
            self.handed = self._buffer
        else:
            raise ValueError(kind)

    def is_whole(self) -> bool:
        """Whether the library kept to the room that it was given."""
        return (
            not self._capacity or self._buffer.raw[self._capacity : self._capacity + GUARD] == _MARK
        )

    def read_back(self, handles: dict[int, int]) -> list[Any]:
        """What the library wrote, as one value; nothing for an argument that only goes in."""
        if self.kind.endswith("_ref") and self.kind != "handle_ref":
            return [INTEGERS[self.kind.removesuffix("_ref")](self._room.value).value]
        if self.kind == "handle_ref":
            return [_given_out(self._pointer.value, handles)]
        if self.kind not in ("buffer", "text_buffer"):
            return []
        if not self._capacity:
            return [None]
        raw = self._buffer.raw[: self._capacity]
        return [_coded(raw.split(b"\0", 1)[0] if self.kind == "text_buffer" else raw)]


class Host:
    """One library and what it is asked."""

    def __init__(self) -> None:
        self._library: Any = None
        self._handles: dict[int, int] = {}

    def answer(self, request: Json) -> Json:
        """The answer to one request; :raises Exception: of any kind where it makes no sense."""
        try:
            if request["do"] == "open":
                self._open(str(request["path"]), str(request["convention"]))
                return {"id": request["id"], "returned": None, "out": []}
            returned, out = self._call(request)
        except _Failed as failure:
            return {"id": request["id"], "failed": str(failure)}
        return {"id": request["id"], "returned": returned, "out": out}

    def _open(self, path: str, convention: str) -> None:
        if not os.path.isfile(path):  # noqa: PTH113 (pathlib is slow to load)
            raise _Failed("missing")
        loader: Any = getattr(ctypes, "WinDLL", None) if convention == "stdcall" else None
        try:
            self._library = (loader or ctypes.CDLL)(path)
        except OSError as failure:
            raise _Failed(_why_not_loaded(failure)) from None

    def _call(self, request: Json) -> tuple[Any, list[Any]]:
        try:
            function = self._library[str(request["name"])]
        except AttributeError:
            raise _Failed("no_function") from None
        returns = str(request["returns"])
        function.restype = (
            None
            if returns == "nothing"
            else ctypes.c_void_p
            if returns in ("text", "handle")
            else INTEGERS[returns]
        )
        arguments = [_Argument(str(kind), value, self._handles) for kind, value in request["takes"]]
        returned = function(*(one.handed for one in arguments))
        if not all(one.is_whole() for one in arguments):
            raise _Failed("overrun")
        if returns == "text":
            returned = None if not returned else _coded(_text_at(returned))
        elif returns == "handle":
            returned = _given_out(returned, self._handles)
        return returned, [value for one in arguments for value in one.read_back(self._handles)]


def _why_not_loaded(failure: OSError) -> str:
    """Which of the reasons it is; their texts differ by system, so only the clear ones count."""
    text = str(failure).lower()
    if getattr(failure, "winerror", 0) == 193 or "wrong elf class" in text:
        return "word_size"
    if "cannot open shared object" in text or getattr(failure, "winerror", 0) == 126:
        return "needs_others"  # the file itself is there: one that it depends on is not
    return "no_library"


def _given_out(pointer: int | None, handles: dict[int, int]) -> int | None:
    """A number in the place of a pointer; pointers never leave this process."""
    if not pointer:
        return None
    number = len(handles) + 1
    handles[number] = pointer
    return number


def _text_at(address: int) -> bytes:
    """The text at an address, byte by byte up to its end: nobody says how long it is."""
    text = bytearray()
    for at in range(address, address + MAX_LINE // 4):
        byte = ctypes.c_ubyte.from_address(at).value
        if not byte:
            break
        text.append(byte)
    return bytes(text)


def _coded(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


# --- the process ----------------------------------------------------------------------------------


def _own_pipe() -> tuple[BinaryIO, BinaryIO]:
    """The pipe under numbers that the library does not know; 0, 1 and 2 lead nowhere."""
    source, sink = os.dup(0), os.dup(1)  # not inherited by what the library may start
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    kernel = getattr(ctypes, "windll", None)
    if kernel is not None:  # a library with a C runtime of its own asks Windows for its output
        import msvcrt

        handle = msvcrt.get_osfhandle(nowhere)  # type: ignore[attr-defined, unused-ignore]  # Windows
        for standard in (-10, -11, -12):
            kernel.kernel32.SetStdHandle(standard, ctypes.c_void_p(handle))
    return os.fdopen(source, "rb"), os.fdopen(sink, "wb")


def _die_quietly() -> None:
    """A crash leaves no memory on the disk and no window on the screen."""
    kernel = getattr(ctypes, "windll", None)
    if kernel is not None:
        kernel.kernel32.SetErrorMode(0x0001 | 0x0002)
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE: no core by a pipe either


def _listen(source: BinaryIO, asked: queue.Queue[bytes]) -> None:
    """Hand over what is asked; the end of the input ends the process, whatever the library does."""
    while (line := source.readline(MAX_LINE + 1)).endswith(b"\n"):
        asked.put(line)
    os._exit(0)


def main() -> None:
    """Serve until the input ends; the library runs on the main thread, as some of them want."""
    source, sink = _own_pipe()
    _die_quietly()
    asked: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_listen, args=(source, asked), daemon=True).start()
    host = Host()
    while True:
        try:
            answer = host.answer(json.loads(asked.get()))
        except Exception:
            os._exit(2)  # a request of no sense: the near side hears that nobody answers
        line = json.dumps(answer, ensure_ascii=True).encode() + b"\n"
        if len(line) > MAX_LINE:
            line = json.dumps({"id": answer["id"], "failed": "too_long"}).encode() + b"\n"
        sink.write(line)
        sink.flush()
        if answer.get("failed") == "overrun":
            os._exit(3)  # its memory cannot be trusted any more


if __name__ == "__main__":
    main()
