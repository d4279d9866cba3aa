"""What carries a secret or a person shows neither where an error or a log may print it."""

from __future__ import annotations

import pytest

from app.vault.ring import DataKey
from devices.library.wire import Returned
from ui.screens.prescription.view_model import TypedPrescription
from ui.screens.setup.view_model import TypedShop

SECRET = "练习甲-999900"


@pytest.mark.parametrize(
    "value",
    [
        DataKey("k1", "seal", "seal", SECRET.encode(), "wrapped"),
        Returned(SECRET.encode(), (SECRET.encode(), SECRET.encode())),
        TypedPrescription(
            number=SECRET, patient=SECRET, diagnosis_code=SECRET, diagnosis_name=SECRET,
            picture=SECRET, photo=SECRET.encode(),
        ),
        TypedShop(values={"staff.pin": SECRET}),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_it_is_not_in_the_repr(value: object) -> None:
    told = repr(value)
    assert SECRET not in told
    assert repr(SECRET.encode())[2:-1] not in told
