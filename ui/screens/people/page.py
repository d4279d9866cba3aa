"""人员: everybody in a list, one form below it; the store's own levels beside."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.domain.clock import shop_time
from app.domain.staff import RIGHTS, Right, Role
from app.domain.staff_level import LIMITED, Level, LimitUnit
from app.domain.staff_licence import LicenceKind, Standing
from app.use_cases.people import LEVELLED
from app.use_cases.people_page import PersonRow, roles_for
from ui.screens import note_line
from ui.screens.office.page import OfficePage
from ui.screens.people.forms import FormCard
from ui.widgets.figures import Figures, Line
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, column, label, line_edit, retone, row, tabs

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor

    from ui.screens.people.view_model import PeopleModel

COLUMNS = ("number", "name", "level", "state", "badge", "licence")
LEVEL_COLUMNS = ("level", "rights", "limits", "many")
ACTS = ("join", "level", "pin", "badge", "licence", "leave", "back", "own")
KEPT = (LicenceKind.HEALTH, LicenceKind.TRAINING, LicenceKind.OTHER)


class PeoplePage(OfficePage):
    """Two parts: people and levels; what is done to the chosen row stands in the form below."""

    def __init__(self, model: PeopleModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self.model, self._say = model, model.session.say
        self._for = ""
        say = self._say
        lines = column(self, space=8)
        head = row(space=6)
        self.parts = tabs(
            head, {one: say(f"people.part_{one}") for one in ("people", "levels")}, self.turn
        )
        head.addStretch(1)
        head.addWidget(label(say("people.idle"), "", "second"))
        self.idle = line_edit(say("people.idle"), code=True)
        self.idle.setMaximumWidth(60)
        self.idle.returnPressed.connect(lambda: model.set_idle(self.idle.text()))
        head.addWidget(self.idle)
        lines.addLayout(head)
        self.note = label("", "", wrap=True)
        lines.addWidget(self.note)
        self.first = label("", "heading", "accent", wrap=True)
        lines.addWidget(self.first)
        titles = [say(f"people.column_{one}") for one in COLUMNS]
        self.list = Figures(
            say("people.part_people"), titles, say, empty=say("people.empty"), colour=colour, wide=5
        )
        self.list.moved.connect(lambda: self._moved())
        self.list.opened.connect(lambda _row: self.begin("level"))
        lines.addWidget(self.list, 2)
        self.levels = Figures(
            say("people.part_levels"),
            [say(f"people.column_{one}") for one in LEVEL_COLUMNS],
            say, empty=say("people.no_levels"), colour=colour, wide=1,
        )  # fmt: skip
        self.levels.opened.connect(lambda level: self._edit_level(level))
        lines.addWidget(self.levels, 2)
        self.row = self._acts()
        lines.addWidget(self.row)
        self.form = FormCard(say, self.put)
        self.form.closed.connect(lambda: self._make_room(False))
        lines.addWidget(self.form)
        self.below = QWidget()
        self.below.hide()
        lines.addWidget(self.below, 1)
        model.changed.connect(self._changed)
        model.done.connect(lambda: self._did())
        self.turn("people")

    def _acts(self) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder, space=6)
        flow.setContentsMargins(0, 0, 0, 0)
        self.acts = {}
        for name in ACTS:
            self.acts[name] = button(self._say(f"people.act_{name}"))
            self.acts[name].clicked.connect(partial(self._press, name))
            flow.addWidget(self.acts[name])
        self.new_level = button(self._say("people.act_new_level"))
        self.new_level.clicked.connect(lambda: self._edit_level(None))
        self.end_level = button(self._say("people.act_end_level"))
        self.end_level.clicked.connect(lambda: self._end_level())
        for each in (self.new_level, self.end_level):
            flow.addWidget(each)
        for form in ("xlsx", "csv"):
            made = button(self._say("people.export", form=form))
            made.clicked.connect(partial(self._export, form))
            flow.addWidget(made)
        return holder

    def _quiet(self) -> None:
        """What was said of the act before is over."""
        self.model.note = None
        self.note.hide()

    def _make_room(self, wanted: bool) -> None:
        """A level's form is tall: at large type the list stands back while it is open."""
        self.levels.setVisible(not wanted and self.part == "levels")
        self.row.setVisible(not wanted)
        self.below.setVisible(wanted)

    def _did(self) -> None:
        """The form is over; a joiner is the one whom the next act is for."""
        self.form.close_form()
        shown = self.list if self.part == "people" else self.levels
        shown.search.setFocus()

    # --- the frame -------------------------------------------------------------------------------

    def enter(self) -> None:
        """Looked at afresh each time."""
        self.model.ask()
        (self.list if self.part == "people" else self.levels).search.setFocus()

    def leave(self) -> None:
        """No PIN and no code stays."""
        self.form.close_form()
        self.model.forget()
        self._changed()

    def back(self) -> bool:
        """The form first."""
        if not self.form.close_form():
            return False
        self.list.search.setFocus()
        return True

    def scan_part(self) -> str:
        """A badge is scanned while its form is open."""
        return "badge" if self.form.name == "badge" else ""

    def take_scan(self, text: str) -> bool:
        """The code of a badge; it is never shown."""
        if self.form.name != "badge":
            return False
        self.form.fields["badge"].setText(text.strip())
        self.form.commit.setFocus()
        return True

    def turn(self, part: str, _checked: bool = False) -> None:
        """People or levels."""
        self.part = part
        self.form.close_form()
        for name, made in self.parts.items():
            made.setChecked(name == part)
        people = part == "people"
        self.list.setVisible(people)
        self.levels.setVisible(not people)
        for each in self.acts.values():
            each.setVisible(people)
        for each in (self.new_level, self.end_level):
            each.setVisible(not people)
        if self.isVisible():
            (self.list if people else self.levels).search.setFocus()
        self._moved()

    # --- forms -----------------------------------------------------------------------------------

    def chosen(self) -> PersonRow | None:
        """The member that the list stands on."""
        found = self.list.chosen()
        return found if isinstance(found, PersonRow) else None

    def _press(self, name: str, _checked: bool = False) -> None:
        self.begin(name)

    def begin(self, name: str) -> None:
        """Open the form of an act for the chosen member."""
        person, form, say = self.chosen(), self.form, self._say
        if person is None and name not in ("join", "own"):
            return
        self._quiet()
        # Of whom the form speaks; another row that is chosen meanwhile is not meant by it.
        self._for = person.staff.id if person is not None else ""
        who = person.staff.name if person is not None else ""
        form.begin(name, say(f"people.head_{name}", name=who))
        if name == "join":
            form.field("number")
            form.field("name", code=False)
            self._choices(None)
        elif name == "level":
            self._choices(person)
        elif name == "badge" and person is not None:
            form.field("badge", hidden=True)
        elif name == "licence" and person is not None:
            self._licence(person)
        elif name == "leave" and person is not None:
            form.field("day", f"{shop_time(self.model.shop.now()):%Y-%m-%d}")
            self.model.ask_open(person.staff.id)
        elif name == "own":
            for each in ("old", "fresh", "again"):
                form.field(each, hidden=True)
        more = []
        if name == "badge" and person is not None and person.staff.has_badge:
            lost = button(say("people.badge_lost"))
            lost.clicked.connect(partial(self._lost, person.staff.id))
            more.append(lost)
        form.end(*more)

    def _choices(self, person: PersonRow | None) -> None:
        say, view = self._say, self.model.view
        own = person.staff if person is not None else None
        roles = roles_for(self.model.session.who(), own.role if own else None)
        self.form.choice(
            "role", [(one.value, say(f"sign_in.role_{one.value}")) for one in roles],
            own.role.value if own else Role.CASHIER.value,
        )  # fmt: skip
        levels = [one for one in (view.levels if view else ()) if not one.withdrawn]
        options = [("", say("people.by_role")), *((one.id, one.name) for one in levels)]
        self.form.choice("level", options, own.level.id if own and own.level else "")

    def _licence(self, person: PersonRow) -> None:
        say = self._say
        kinds = [(one.value, say(f"people.licence_{one.value}")) for one in KEPT]
        self.form.choice("kind", kinds, LicenceKind.HEALTH.value)
        self.form.field("licence")
        self.form.field("expires")
        for one in person.licences:
            told = say(
                f"people.standing_{one.standing.value}",
                kind=say(f"people.licence_{one.kind.value}"), day=one.expires,
            )  # fmt: skip
            tone = {Standing.GOOD: "second", Standing.SOON: "warn", Standing.OVER: "bad"}
            self.form.words(f"{told} · {one.number}", tone[one.standing])

    def _lost(self, staff_id: str, _checked: bool = False) -> None:
        self.model.give_badge(staff_id, "")

    def put(self, name: str) -> None:
        """Do what the form says."""
        form, model = self.form, self.model
        if model.busy:
            return
        if name == "join":
            role = Role(form.chosen("role"))
            level = form.chosen("level") if role in LEVELLED else ""
            model.join(form.text("number"), form.text("name"), role, level)
        elif name == "own":
            model.change_pin(form.text("old"), form.text("fresh"), form.text("again"))
            for each in form.fields.values():
                each.clear()
        elif name == "new_level":
            self._keep_level()
        elif self._for:
            self._put_for(name, self._for)

    def _put_for(self, name: str, staff_id: str) -> None:
        form, model = self.form, self.model
        if name == "level":
            role = Role(form.chosen("role"))
            model.set_level(staff_id, role, form.chosen("level") if role in LEVELLED else "")
        elif name == "pin":
            model.reset_pin(staff_id)
        elif name == "badge" and form.text("badge"):
            model.give_badge(staff_id, form.text("badge"))
        elif name == "licence":
            kind = LicenceKind(form.chosen("kind"))
            model.add_licence(staff_id, kind, form.text("licence"), form.text("expires"))
        elif name == "leave":
            model.leave(staff_id, form.text("day"))
        elif name == "back":
            model.come_back(staff_id)

    # --- levels ----------------------------------------------------------------------------------

    def _edit_level(self, carried: object) -> None:
        """A level's name, rights and limits; a built-in one is where a new one begins."""
        say, form = self._say, self.form
        self._quiet()
        level = carried if isinstance(carried, Level) else None
        start = level.rights if level else RIGHTS[carried if isinstance(carried, Role) else
                                                  Role.CASHIER]  # fmt: skip
        self._level_id = level.id if level else ""
        head = say("people.head_change_level", name=level.name) if level else say("people.head_new")
        form.begin("new_level", head, say("people.do_new_level"))
        form.field("level_name", level.name if level else "", code=False)
        form.new_line()
        own = self.model.session.who().staff.rights()
        for right in Right:
            if right in own:
                form.box(right.value, say(f"right.{right.value}"), right in start)
        form.new_line()
        for right in LIMITED:
            limit = level.limit(right) if level else None
            form.field(f"limit_{right.value}", _plain(limit))
        form.words(say("people.limits_means"))
        form.end()
        self._make_room(True)

    def _keep_level(self) -> None:
        form = self.form
        rights = frozenset(Right(name) for name, box in form.boxes.items() if box.isChecked())
        limits = []
        for right in LIMITED:
            typed = form.text(f"limit_{right.value}")
            if typed and right in rights:
                limit = _hundredths(typed)
                if limit is None:
                    self.note.setText(self._say("people.limit_odd"))
                    retone(self.note, "tone", "warn")
                    self.note.show()
                    return
                limits.append((right, limit))
        self.model.keep_level(self._level_id, form.text("level_name"), rights, tuple(limits))

    def _end_level(self) -> None:
        level = self.levels.chosen()
        if isinstance(level, Level):
            self.model.withdraw_level(level.id)

    # --- showing ---------------------------------------------------------------------------------

    def _export(self, form: str, _checked: bool = False) -> None:
        people = self.part == "people"
        names, shown = (COLUMNS, self.list) if people else (LEVEL_COLUMNS, self.levels)
        headings = [self._say(f"people.column_{one}") for one in names]
        self.model.export(form, headings, shown.shown_rows())

    def _moved(self) -> None:
        person = self.chosen()
        here = person is not None and person.staff.active
        for name in ("level", "pin", "badge", "licence", "leave"):
            self.acts[name].setEnabled(here)
        self.acts["back"].setEnabled(person is not None and not here)

    def _changed(self) -> None:
        model, view, say = self.model, self.model.view, self._say
        note_line.tell(self.note, model.session, model.note)
        first = model.first
        self.first.setVisible(first is not None)
        if first is not None:
            told = say(
                "people.first_pin", name=first.staff.name, number=first.staff.number, pin=first.pin
            )
            self.first.setText(told)
        else:
            self.first.clear()
        if self.form.name == "leave" and model.open:
            self._show_open()
        if view is None:
            return
        if not self.idle.hasFocus():
            self.idle.setText(str(view.idle_minutes))
        self.list.show_lines([self._line(one) for one in view.people])
        if first is not None:
            self.list.choose(first.staff.id)
        self._show_levels()
        self._moved()

    def _show_open(self) -> None:
        say = self._say
        told = say("list.comma").join(
            f"{say(f'shift.item_{one.kind.value}')} {one.ref}".strip() for one in self.model.open
        )
        self.form.words(say("people.open", items=told), "warn")
        self.model.open = ()

    def _line(self, one: PersonRow) -> Line:
        say, staff = self._say, one.staff
        level = staff.level.name if staff.level else say("people.by_role")
        state, tone = say("people.state_here"), ""
        if not staff.active:
            state, tone = say("people.state_left", day=staff.left_on or "—"), "second"
        elif one.locked_until is not None:
            state, tone = (
                say("people.state_locked", at=f"{shop_time(one.locked_until):%H:%M}"),
                "bad",
            )
        elif staff.must_change_pin:
            state, tone = say("people.state_pin"), "warn"
        worst = one.worst if staff.active else None
        licence = ""
        if worst is not None:
            kind = say(f"people.licence_{worst.kind.value}")
            licence = say(f"people.standing_{worst.standing.value}", kind=kind, day=worst.expires)
        bad = worst is not None and worst.standing is Standing.OVER
        role = say(f"sign_in.role_{staff.role.value}")
        return Line(
            (staff.number, staff.name, f"{role} · {level}" if staff.level else role, state,
             say("people.has_badge") if staff.has_badge else "", licence),
            ("", "", "", tone, "", "bad" if bad else "warn" if worst else ""),
            carries=one,
            key=staff.id,
        )  # fmt: skip

    def _show_levels(self) -> None:
        view, say = self.model.view, self._say
        if view is None:
            return
        lines = []
        for level in view.levels:
            many = sum(one.staff.active and one.staff.level == level for one in view.people)
            name = say("people.withdrawn", name=level.name) if level.withdrawn else level.name
            lines.append(
                Line((name, self._rights(level.rights), self._limits(level), many),
                     carries=level, key=level.id)
            )  # fmt: skip
        for role in Role:
            here = [one for one in view.people if one.staff.active and one.staff.level is None]
            many = sum(one.staff.role is role for one in here)
            name = say("people.built_in", name=say(f"sign_in.role_{role.value}"))
            lines.append(
                Line((name, self._rights(RIGHTS[role]), "", many), carries=role, key=role.value)
            )
        self.levels.show_lines(lines)

    def _rights(self, rights: frozenset[Right]) -> str:
        return self._say("list.comma").join(
            self._say(f"right.{right.value}") for right in Right if right in rights
        )

    def _limits(self, level: Level) -> str:
        told = []
        for right, limit in level.limits:
            unit = LIMITED[right]
            sign = "%" if unit is LimitUnit.POINTS else self._say("people.yuan")
            told.append(f"{self._say(f'right.{right.value}')} ≤ {_plain(limit)}{sign}")
        return self._say("list.comma").join(told)


def _plain(hundredths: int | None) -> str:
    if hundredths is None:
        return ""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def _hundredths(text: str) -> int | None:
    """Yuan to fen, percent to hundredths of it; None: no such figure."""
    try:
        value = Decimal(text.strip().rstrip("%")) * 100
    except InvalidOperation:
        return None
    return int(value) if value.is_finite() and value >= 0 and value == int(value) else None
