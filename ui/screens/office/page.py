"""What a page of the office is to its frame."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


class OfficePage(QWidget):
    """One page; built when it is first wanted, asked afresh each time it comes into sight."""

    def enter(self) -> None:
        """It came into sight: ask for what it shows and give the first field the focus."""

    def leave(self) -> None:
        """It goes out of sight; what was typed and not kept may go, secrets must."""

    def back(self) -> bool:
        """Esc: one step back inside the page; False = nothing left."""
        return False

    def scan_part(self) -> str:
        """The part in sight that takes codes; empty = this page takes none now."""
        return ""

    def take_scan(self, text: str) -> bool:
        """A code of a box or a paper; False = nothing was done with it."""
        del text
        return False
