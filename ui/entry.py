"""The program's first step: without arguments the till at once, else the command line."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from app.errors import YaotaiError
from ui.crash_hooks import install
from ui.homes import home_at, works_on_practice
from ui.words import LANGUAGES, say_error

LIBRARY_HOST = "library-host"
"""No command for people: the program itself as the host of a vendor's library."""


PDF_PAGES = "pdf-pages"
"""No command for people either: a document comes in, pictures of its pages go out."""


def run_entry() -> NoReturn:
    """Open the till, or do what the arguments ask for; never returns.

    The command line knows every command, and what it reads them with takes longer to load than
    the words and the window together: a till that is only opened does not wait for it.
    """
    install()
    if sys.argv[1:] == [LIBRARY_HOST]:
        from devices.library.host import main

        main()
    if sys.argv[1:] == [PDF_PAGES]:
        from ui.pdf_pages import main as draw_pages

        draw_pages()
    if len(sys.argv) > 1:
        from ui.cli import run_cli

        run_cli()
    from ui.commands.window import run

    try:
        home = home_at(None)
        code = run(home, practice=works_on_practice(home, False))
    except YaotaiError as error:
        complain(say_error(error, os.environ.get("YAOTAI_LANG", LANGUAGES[0])), 1)
    sys.exit(code)


def complain(text: str, code: int) -> NoReturn:
    """One line on stderr, and the end."""
    sys.stderr.write(" ".join(text.split()) + "\n" if text else "")
    sys.exit(code)
