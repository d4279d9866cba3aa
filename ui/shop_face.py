"""The open shop's part for faces at the counter."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from app.domain.device_plan import DeviceKind

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.face import Template
    from app.domain.face_check import LiveOutcome
    from app.domain.face_template import FacesKept
    from app.domain.identity_card import IdentityCard
    from app.domain.person_check import PersonCheck
    from app.use_cases.check_face import FacePlan
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.views import Patient
    from ui.device_room import DeviceRoom
    from ui.face_counter import FaceCounter
    from ui.screens.face_door import EngineTold, LiveRun


class ShopFace:
    """``ui.screens.face_door.FaceDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    devices: DeviceRoom
    devices_folder: Path

    @cached_property
    def _faces(self) -> FaceCounter:
        from devices.connection import SystemTimer
        from ui.face_counter import FaceCounter

        practice = self.doors.shop.practice
        return FaceCounter(self.devices, self.devices_folder, SystemTimer(), practice=practice)

    # --- now ----------------------------------------------------------------------------------

    def face_camera(self) -> bool:
        """As the plan has it."""
        return self.devices.plan.of(DeviceKind.CAMERA).is_there

    def card_laid(self, card: IdentityCard) -> None:
        """Its picture stays in memory, where a decoder is set."""
        self._faces.card_laid(card)

    def forget_card(self) -> None:
        """The customer left."""
        if "_faces" in vars(self):
            self._faces.forget_card()

    def live_run(self, plan: FacePlan | None) -> LiveRun:
        """Not begun yet."""
        return self._faces.live_run(plan)

    # --- pictures -----------------------------------------------------------------------------

    def load_faces(self) -> EngineTold:
        """:raises BadValue, BadFile, NotOffered: the engine that is set cannot be used."""
        return self._faces.load()

    # --- store --------------------------------------------------------------------------------

    def face_plan(self, patient: Patient, model_id: str) -> FacePlan:
        """From the books and the card that was laid here."""
        from app.use_cases.check_face import face_plan

        has_picture = self._faces.has_picture_of(patient.person.cert_no)
        return face_plan(self.doors, patient, model_id, has_picture=has_picture)

    def record_live(
        self, sale_id: str, patient: Patient, plan: FacePlan, outcome: LiveOutcome,
        operator: Operator,
    ) -> PersonCheck | None:  # fmt: skip
        """None = it decided nothing."""
        from app.use_cases.check_face import record_live

        return record_live(self.doors, sale_id, patient, plan, outcome, operator)

    def enrol_face(
        self, sale_id: str, patient: Patient, templates: tuple[Template, ...],
        operator: Operator, second: SecondPerson,
    ) -> int:  # fmt: skip
        """How many are kept."""
        from app.use_cases.templates import enrol_face

        return enrol_face(self.doors, sale_id, patient, templates, operator, second)

    def faces_kept(self) -> FacesKept:
        """Of the store."""
        from app.use_cases.templates import faces_kept

        return faces_kept(self.doors)
