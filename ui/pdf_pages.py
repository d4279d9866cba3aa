"""Pages of a PDF as pictures, drawn by a process of its own: what came over the wire is hostile.

The document goes in by a pipe and the pictures come out by one: nothing of a patient is written
to a disk, and a document that crashes, hangs or fills the memory takes only that process with it.
"""

from __future__ import annotations

import ctypes
import io
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from app.errors import BadFile
from app.resources import resource
from ui.entry import PDF_PAGES

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_PAGES: Final = 8
WIDTH: Final = 1240
"""Dots across a page: sharp at 150 %, and small enough for eight of them."""
SECONDS: Final = 20.0
MEMORY: Final = 1024 * 1024 * 1024
_LENGTH: Final = struct.Struct(">I")


def pages_of(content: bytes) -> tuple[bytes, ...]:
    """The first pages as PNG; waits for the process, so never on the screen's thread.

    :raises BadFile: it cannot be shown: no PDF, too large, or the process gave up.
    """
    if not content.startswith(b"%PDF") or len(content) > MOST_BYTES:
        raise BadFile(file="pdf", why="no PDF that can be shown")
    try:
        done = subprocess.run(
            _command(), input=content, capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        raise BadFile(file="pdf", why="cannot be drawn") from None
    pages = _taken_apart(done.stdout) if done.returncode == 0 else ()
    if not pages:
        raise BadFile(file="pdf", why="cannot be drawn")
    return pages


def _command() -> tuple[str, ...]:
    if getattr(sys, "frozen", False):
        return (sys.executable, PDF_PAGES)
    return (sys.executable, "-m", "ui", PDF_PAGES)


def _taken_apart(told: bytes) -> tuple[bytes, ...]:
    pages, at = [], 0
    while at + _LENGTH.size <= len(told):
        (length,) = _LENGTH.unpack_from(told, at)
        at += _LENGTH.size
        pages.append(told[at : at + length])
        at += length
    return tuple(pages) if at == len(told) else ()


# --- in the process -------------------------------------------------------------------------------


def main() -> None:
    """Read one document, write its pages, end; an error ends it with 1 and says nothing."""
    try:
        _bounded()
        written = b"".join(_LENGTH.pack(len(page)) + page for page in draw(sys.stdin.buffer.read()))
        sys.stdout.buffer.write(written)
        sys.stdout.buffer.flush()
    except Exception:  # whatever it is: the parent says that it cannot be shown
        sys.exit(1)
    sys.exit(0)


def _bounded() -> None:
    try:
        import resource
    except ImportError:
        return  # no such limits on Windows: there the parent's time limit alone holds
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS), int(SECONDS)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _take_fonts(raw: Any) -> None:  # noqa: ANN401 - a module that knows no types
    """The bundled font for documents that carry none: a machine may have no Chinese font at all.

    Where fonts lie is told when the library begins, and never later: so it begins once more.
    """
    places = [str(resource("fonts")), *(place for place in _SYSTEM_FONTS if Path(place).is_dir())]
    held = [ctypes.create_string_buffer(place.encode()) for place in places]
    listed = (ctypes.POINTER(ctypes.c_char) * (len(held) + 1))()
    for number, one in enumerate(held):
        listed[number] = ctypes.cast(one, ctypes.POINTER(ctypes.c_char))
    raw.FPDF_DestroyLibrary()
    config = raw.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=listed)
    raw.FPDF_InitLibraryWithConfig(config)
    _KEPT.extend((*held, listed))


_SYSTEM_FONTS: Final = ("/usr/share/fonts", "/usr/local/share/fonts", "C:\\Windows\\Fonts")
_KEPT: list[object] = []
"""What the library reads for as long as it runs."""


def draw(content: bytes) -> list[bytes]:
    """The first pages of a document as PNG; whatever pdfium raises is let through."""
    import pypdfium2

    _take_fonts(pypdfium2.raw)
    document = pypdfium2.PdfDocument(content)
    found = []
    for number in range(min(len(document), MOST_PAGES)):
        page = document[number]
        width, height = page.get_size()
        # A page a kilometre long is drawn small, not at its width.
        scale = WIDTH / max(width, height / 3, 1)
        picture = io.BytesIO()
        page.render(scale=scale).to_pil().save(picture, "PNG")
        found.append(picture.getvalue())
    return found
