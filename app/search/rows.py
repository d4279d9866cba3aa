"""Full rows of the index: a medicine to bytes and back, fast enough for fifty at a keystroke."""

from __future__ import annotations

from app.domain.catalogue import Medicine
from app.domain.money import Money, Rate, UnitPrice

_END = "\x1f"
_TEXTS = (
    "id", "shop_code", "display_name", "generic_name", "trade_name", "dosage_form", "spec",
    "pack_unit", "manufacturer", "approval_no", "barcode", "national_code", "nhsa_generic_code",
    "insurance_class", "sale_class", "approval_class", "trace_product_code", "initials_given",
    "source", "batch_no",
)  # fmt: skip


def packed_row(medicine: Medicine) -> bytes:
    """The medicine as bytes."""
    texts = [getattr(medicine, name).replace(_END, " ") for name in _TEXTS]
    rest = (
        medicine.first_self_pay.ppm if medicine.first_self_pay is not None else "",
        medicine.pay_limit.fen if medicine.pay_limit is not None else "",
        medicine.price.micro if medicine.price is not None else "",
        medicine.listed_price.fen if medicine.listed_price is not None else "",
        int(medicine.trace_exempt) + 2 * medicine.ephedrine + 4 * medicine.cold_chain,
        ";".join(medicine.diseases),
        medicine.version,
    )
    return _END.join([*texts, *map(str, rest)]).encode()


def unpacked_row(data: bytes) -> Medicine:
    """The medicine that :func:`packed_row` was given."""
    (
        id_, shop_code, display_name, generic_name, trade_name, dosage_form, spec, pack_unit,
        manufacturer, approval_no, barcode, national_code, nhsa_generic_code, insurance_class,
        sale_class, approval_class, trace_product_code, initials_given, source, batch_no,
        first_self_pay, pay_limit, price, listed_price, flags, diseases, version,
    ) = data.decode().split(_END)  # fmt: skip
    bits = int(flags)
    return Medicine(
        id=id_,
        shop_code=shop_code,
        display_name=display_name,
        generic_name=generic_name,
        trade_name=trade_name,
        dosage_form=dosage_form,
        spec=spec,
        pack_unit=pack_unit,
        manufacturer=manufacturer,
        approval_no=approval_no,
        barcode=barcode,
        national_code=national_code,
        nhsa_generic_code=nhsa_generic_code,
        insurance_class=insurance_class,
        first_self_pay=Rate(int(first_self_pay)) if first_self_pay else None,
        pay_limit=Money(int(pay_limit)) if pay_limit else None,
        sale_class=sale_class,
        approval_class=approval_class,
        trace_product_code=trace_product_code,
        trace_exempt=bool(bits & 1),
        ephedrine=bool(bits & 2),
        diseases=tuple(diseases.split(";")) if diseases else (),
        price=UnitPrice(int(price)) if price else None,
        listed_price=Money(int(listed_price)) if listed_price else None,
        cold_chain=bool(bits & 4),
        initials_given=initials_given,
        source=source,
        batch_no=batch_no,
        version=int(version),
    )
