"""The tables of proxy purchases and of staff's documents, beside :mod:`app.storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table

from app.storage.tables import METADATA

PROXY_PURCHASE = Table(
    "proxy_purchase",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("sale_id", String(64), nullable=False),
    Column("patient_id", String(64), nullable=False),
    Column("patient_kind", String(8), nullable=False),
    Column("patient_typed", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("proxy_id", String(64), nullable=False),
    Column("proxy_kind", String(8), nullable=False),
    Column("proxy_typed", Boolean, nullable=False),
    Column("second_id", String(64), nullable=False),
    Column("staff_filing", String(64), nullable=False),
    Column("relation", String(32), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("proof", String(32), nullable=False),
    Column("sealed_list", LargeBinary, nullable=True),
    Column("list_digest", String(64), nullable=False),
    Column("signature_id", String(64), nullable=False),
    Column("still_id", String(64), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("listed_at", BigInteger, nullable=True),
    Column("signed_at", BigInteger, nullable=True),
    Column("pictured_at", BigInteger, nullable=True),
    Column("ended_at", BigInteger, nullable=True),
    Column("look", String(16), nullable=False),
    Column("looked_by", String(64), nullable=False),
    Column("looked_at", BigInteger, nullable=True),
    Column("version", Integer, nullable=False),
    Column("sealed_shipping", LargeBinary, nullable=True),
    Index("ix_proxy_purchase_sale_id", "sale_id"),
    Index("ix_proxy_purchase_patient_id", "patient_id"),
    Index("ix_proxy_purchase_proxy_id", "proxy_id"),
    Index("ix_proxy_purchase_opened_at", "opened_at"),
)

STAFF_DOCUMENT = Table(
    "staff_document",
    METADATA,
    Column("staff_id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("mac_cert_no", LargeBinary(32), nullable=False),
    Column("sealed_cert_no", LargeBinary, nullable=True),
    Column("proxy_filing", String(64), nullable=False),
    Index("ix_staff_document_mac_cert_no", "mac_cert_no"),
)
