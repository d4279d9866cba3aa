"""The terminal of practice: the vendor's library played in this process, with invented people.

It reads questions with a JSON reader of its own and writes answers as the reference shows them;
it shares names of functions with the driver and nothing else.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from app.errors import LibraryGone
from app.ports_devices import Timer
from devices.library.wire import Returned, Value

_DEVICE: Final = "device_name.terminal"
_FILE: Final = "NationECCode (practice)"
NOT_A_CODE: Final = 500159
PATIENCE: Final = 60.0
"""Seconds that it waits for a customer before it says that nobody came."""


class Misdeed(StrEnum):
    """What goes wrong with the next call, on request."""

    NOT_A_CERTIFICATE = "not_a_certificate"
    """A payment code was shown: 500159."""
    REFUSED = "refused"
    NOT_CALLED = "not_called"
    """The library itself answers something other than 0000."""
    CRASH = "crash"
    TORN = "torn"
    NO_TOKEN = "no_token"  # noqa: S105 - a manner
    OTHER_FACE = "other_face"
    """The second call of a face answers another authorisation than the first."""


@dataclass(frozen=True, slots=True, repr=False)
class PracticeCustomer:
    """An invented person who stands at the terminal."""

    name: str
    id_number: str
    token: str
    division: str = "999900"
    male: bool = True
    birthday: str = "1980.01.01"
    """With dots, as the centre tells it."""
    starred: bool = False

    def __repr__(self) -> str:
        return "PracticeCustomer(...)"


@dataclass(slots=True)
class Asked:
    """One call as it arrived."""

    service: str
    business_type: str
    number: str
    fields: dict[str, object] = field(repr=False)


class PracticeTerminal:
    """Plays ``NationEcTrans`` and ``EcQuery``; a customer is laid on by :meth:`show`.

    ``as_object`` answers ``data`` as an object, as some releases do, else as a text that holds one.
    ``always`` stands there whenever nobody else was laid on, after ``after`` seconds.
    """

    def __init__(
        self,
        timer: Timer,
        *,
        as_object: bool = False,
        always: PracticeCustomer | None = None,
        after: float = 0.0,
    ) -> None:
        self._timer, self._as_object = timer, as_object
        self.always, self._after = always, after
        self._changed = threading.Condition()
        self._shown: deque[PracticeCustomer] = deque()
        self._misdeeds: deque[Misdeed] = deque()
        self._closed = False
        self._waiting = False
        self._faces: dict[str, PracticeCustomer] = {}
        self.asked: list[Asked] = []
        self.screen: dict[str, object] = {}
        """What the customer reads on it since the last notice."""

    # --- the hands of whoever practises -------------------------------------------------------

    def show(self, customer: PracticeCustomer) -> None:
        """Somebody holds their code, or their face, before it."""
        with self._changed:
            self._shown.append(customer)
            self._changed.notify_all()

    def misbehave(self, misdeed: Misdeed) -> None:
        """The next call goes wrong."""
        self._misdeeds.append(misdeed)

    @property
    def waits(self) -> bool:
        """Whether it waits for a customer now."""
        return self._waiting

    # --- the library --------------------------------------------------------------------------

    def call(self, name: str, *values: Value) -> Returned:
        """As the real one is called through its process."""
        misdeed = self._misdeeds.popleft() if self._misdeeds else None
        if misdeed is Misdeed.CRASH:
            raise self._gone("crashed")
        if name == "Init":
            return Returned(0, (b"",))
        regional = name == "EcQuery"
        asked = values[0] if regional else values[1]
        if not isinstance(asked, bytes):
            raise TypeError(name)
        if misdeed is Misdeed.NOT_CALLED:
            return Returned(-1 if regional else b"9001", (b"",))
        answer = self._serve(json.loads(_decoded(asked)), misdeed)
        text = json.dumps(answer, ensure_ascii=False).encode()
        if misdeed is Misdeed.TORN:
            text = text[: len(text) // 2]
        return Returned(0 if regional else b"0000", (text,))

    def open(self) -> None:
        """Its process is started."""
        self._closed = False

    def watch(self) -> None:
        """Its process runs."""

    def close(self) -> None:
        """Its process is ended; who waits in it is told."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _serve(self, body: dict[str, object], misdeed: Misdeed | None) -> dict[str, object]:
        fields = body["data"]
        if not isinstance(fields, dict):
            raise TypeError("data")
        service = str(body["transType"])
        number = str(fields["outBizNo"])
        self.asked.append(Asked(service, str(fields.get("businessType", "")), number, fields))
        if service == "cn.nhsa.settle.notify":
            self.screen = fields
            return {"code": 0, "message": "成功", "orgId": body["orgId"], "data": None}
        if service == "cn.nhsa.auth.check":
            return self._face_checked(fields, misdeed)
        customer = self._wait()
        if customer is None:
            return {"code": -1, "message": "等待超时"}
        if misdeed is Misdeed.NOT_A_CERTIFICATE:
            return {"code": NOT_A_CODE, "message": "请使用医保电子凭证二维码"}
        if misdeed is Misdeed.REFUSED:
            return {"code": -1, "message": f"{customer.name}的凭证已失效"}
        if service == "cn.nhsa.ec.auth":
            authorisation = f"ano{len(self._faces) + 1:025d}"
            self._faces[authorisation] = customer
            return self._told({"authNo": authorisation})
        return self._told(_person(customer, "null", misdeed))

    def _face_checked(
        self, fields: dict[str, object], misdeed: Misdeed | None
    ) -> dict[str, object]:
        authorisation = str(fields.get("authNo", ""))
        customer = self._faces.pop(authorisation, None)  # good for one question
        if customer is None:
            return {"code": -1, "message": "授权码无效"}
        if misdeed is Misdeed.OTHER_FACE:
            authorisation = "ano" + "9" * 25
        return self._told(_person(customer, authorisation, misdeed))

    def _told(self, data: dict[str, object]) -> dict[str, object]:
        content: object = data if self._as_object else json.dumps(data, ensure_ascii=False)
        return {"code": 0, "message": "成功", "data": content}

    def _wait(self) -> PracticeCustomer | None:
        over = self._timer.now() + PATIENCE
        ready = self._timer.now() + self._after
        with self._changed:
            self._waiting = True
            try:
                while not self._shown and not self._closed:
                    now = self._timer.now()
                    if self.always is not None and now >= ready:
                        return self.always
                    if now >= over:
                        return None
                    until = over if self.always is None else min(over, ready)
                    self._timer.wait(self._changed, until - now)
                if self._closed:
                    self._closed = False  # an ended process starts anew with the next call
                    raise self._gone("crashed")
                return self._shown.popleft()
            finally:
                self._waiting = False

    def _gone(self, why: str) -> LibraryGone:
        return LibraryGone(device=_DEVICE, library=_FILE, why=f"device_library.{why}")


def _decoded(asked: bytes) -> str:
    try:
        return asked.decode("utf-8")
    except UnicodeDecodeError:
        return asked.decode("gb18030")


def _person(
    customer: PracticeCustomer, authorisation: str, misdeed: Misdeed | None
) -> dict[str, object]:
    if misdeed is Misdeed.NO_TOKEN:
        customer = replace(customer, token="null")  # noqa: S106 - the text that it says
    number = customer.id_number
    return {
        "idNo": number[:4] + "*" * 10 + number[-4:] if customer.starred else number,
        "idType": "01",
        "userName": customer.name,
        "ecToken": customer.token,
        "ecIndexNo": "0" * 32,
        "insuOrg": customer.division,
        "gender": "男" if customer.male else "女",
        "birthday": customer.birthday,
        "nationality": "null",
        "email": None,
        "chnlId": "null",
        "ecQrCode": "",
        "authNo": authorisation,
        "extra": "",
    }
