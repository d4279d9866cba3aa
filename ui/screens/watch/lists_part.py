"""The rule base beside our own checks, and pharmacists' notes: lists to look at and to export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.screens.watch.part import WatchPart
from ui.widgets.figures import Line, packs
from ui.widgets.parts import column, label, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor

    from ui.screens.watch.view_model import WatchModel

MIRROR = ("rule", "area_ids", "own_checks", "alerts")
NOTES = ("at", "slip", "drug", "quantity", "note", "pharmacist")


class MirrorPart(WatchPart):
    """规则对照: the subsystem's rule names, the area's ids, our own findings of the same thing."""

    def __init__(self, model: WatchModel, colour: Callable[[str], QColor]) -> None:
        super().__init__(model, colour)
        lines = column(self, space=8)
        head = row(space=6)
        head.addWidget(label(self.say("watch.mirror_how"), "", "second", wrap=True), 1)
        self.files(head, "rules", MIRROR)
        lines.addLayout(head)
        self.list = self.figures("mirror", MIRROR, 2, "watch.empty_mirror")
        lines.addWidget(self.list, 1)

    def fill(self) -> None:
        """Each rule with what looks for it here."""
        say = self.say
        self.list.show_lines([
            Line(
                (
                    say(f"alerts.rule_{one.rule}"),
                    say("list.comma").join(one.platform) or say("watch.area_silent"),
                    say("list.comma").join(say(f"watch.check_{code}") for code in one.local),
                    one.alerts,
                ),
                key=one.rule,
            )
            for one in self.model.mirror
        ])  # fmt: skip


class NotesPart(WatchPart):
    """药师说明: what pharmacists noted on watched drugs."""

    def __init__(self, model: WatchModel, colour: Callable[[str], QColor]) -> None:
        super().__init__(model, colour)
        lines = column(self, space=8)
        head = row(space=6)
        head.addWidget(label(self.say("watch.notes_how"), "", "second", wrap=True), 1)
        self.files(head, "notes", NOTES)
        lines.addLayout(head)
        self.list = self.figures("notes", NOTES, 4, "watch.empty_notes")
        lines.addWidget(self.list, 1)

    def fill(self) -> None:
        """Newest first."""
        self.list.show_lines([
            Line(
                (
                    one.note.at, one.receipt_no, one.name, packs(one.quantity), one.note.words,
                    one.by,
                ),
                key=f"{one.note.sale_id}/{one.note.line_no}",
            )
            for one in self.model.notes
        ])  # fmt: skip
