"""PINs are kept as argon2id hashes."""

from app.vault.pins import Argon2Pins


def test_a_pin_fits_its_own_hash_only():
    pins = Argon2Pins.cheap()
    hashed = pins.hash("4711")
    assert hashed.startswith("$argon2id$")
    assert "4711" not in hashed
    assert pins.verify(hashed, "4711")
    assert not pins.verify(hashed, "4712")
    assert pins.hash("4711") != hashed


def test_a_damaged_hash_fits_no_pin():
    pins = Argon2Pins.cheap()
    assert not pins.verify("", "4711")
    assert not pins.verify("$argon2id$broken", "4711")


def test_the_shop_pays_for_slowness():
    assert "m=65536,t=3,p=4" in Argon2Pins().hash("4711")
