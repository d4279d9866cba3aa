"""Every sealed column of the books: under which purpose, and bound to which place of its row.

Written down once more beside the code that seals, because a change of keys must open and seal
again what it does not understand. A test holds this table against the schema and against rows
that the books themselves wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SEALED: Final[Mapping[str, tuple[str, str]]] = {
    "claim.sealed_note": ("text", "claim|{id}|note"),
    "complaint.sealed_body": ("text", "complaint|{id}|body"),
    "drawer_move.sealed_note": ("text", "drawer_move|{id}|note"),
    "evidence_hold.sealed_file_no": ("text", "evidence_hold|{id}|file_no"),
    "evidence_parcel.sealed_purpose": ("text", "evidence_parcel|{id}|purpose"),
    "face_template.sealed_values": (
        "face",
        "face_template|{id}|{person_id}|{purpose}|{model_id}|values",
    ),
    "held_card.sealed_holder": ("person", "held_card|{id}|holder"),
    "held_card_gap.sealed_words": ("person", "held_card|{id}|words"),
    "held_card_use.sealed_bearer": ("person", "held_card|{id}|bearer"),
    "inspection_look.sealed_term": ("text", "inspection_look|{by}|{at}"),
    "inspection_pack.sealed_place": ("text", "inspection_pack|{id}|place"),
    "inspection_pack.sealed_purpose": ("text", "inspection_pack|{id}|purpose"),
    "inspector_pass.sealed_order": ("text", "inspector_pass|{staff_id}"),
    "listed.sealed_name": ("text", "listed|{kind}|{code}|{no}|name"),
    "outbox.sealed_answer": ("outbox", "outbox|{key}|answer"),
    "outbox.sealed_payload": ("outbox", "outbox|{key}|payload"),
    "owing.sealed_what": ("prescription", "owing|{id}|what"),
    "person.sealed_insured": ("person", "person|{id}|insured"),
    "pharmacist.sealed_binding": ("staff", "pharmacist|{staff_id}|binding"),
    "platform_request.sealed_answer": ("platform", "platform_request|{msgid}|answer"),
    "platform_request.sealed_request": ("platform", "platform_request|{msgid}|request"),
    "platform_request.sealed_text": ("platform", "platform_request|{msgid}|text"),
    "proxy_purchase.sealed_list": ("text", "proxy_purchase|{id}|list"),
    "proxy_purchase.sealed_shipping": ("text", "proxy_purchase|{id}|shipping"),
    "refused_fee.sealed_body": ("text", "refused_fee|{id}|body"),
    "roster_entry.sealed_person": ("person", "roster|{batch_seq}|{no}|person"),
    "rx_case.sealed_acts": ("prescription", "rx_case|{id}|acts"),
    "rx_case.sealed_last_text": ("prescription", "rx_case|{id}|last_text"),
    "rx_case.sealed_sheet": ("prescription", "rx_case|{id}|sheet"),
    "rx_case.sealed_tokens": ("rx_token", "rx_case|{id}|tokens"),
    "rx_file.sealed_content": ("prescription", "rx_file|{case_id}|content"),
    "rx_opening.sealed_opening": ("rx_token", "rx_opening|{id}|opening"),
    "sale.sealed_prescription": ("prescription", "sale|{id}|prescription"),
    "sale_line_note.sealed_words": ("text", "sale_line_note|{sale_id}|{line_no}|words"),
    "sale_return.sealed_note": ("text", "sale_return|{id}|note"),
    "settlement.sealed_decisions": ("platform", "settlement|{id}|decisions"),
    "settlement.sealed_last_text": ("platform", "settlement|{id}|last_text"),
    "shift.sealed_reason": ("text", "shift|{id}|reason"),
    "staff.sealed_name": ("staff", "staff|{id}|name"),
    "staff_document.sealed_cert_no": ("staff", "staff_document|{staff_id}|cert_no"),
    "staff_licence.sealed_number": ("staff", "staff_licence|{id}|number"),
    "statement_correction.sealed_body": ("platform", "statement_correction|{id}|body"),
    "statement_difference.sealed_body": ("platform", "statement_difference|{id}|body"),
    "stock_lot.sealed_judged": ("text", "stock_lot|{id}|judged"),
    "stocktake.sealed_handed_to": ("person", "stocktake/{id}/handed_to"),
    "store.sealed_record": ("settings", "store|{id}|record"),
    "store_paper.sealed_note": ("text", "store_paper|{id}|note"),
    "supervision_alert.sealed_body": ("text", "supervision_alert|{id}|body"),
}
"""``table.column`` to purpose and place; names in braces are columns of the row."""

HIDDEN: Final[Mapping[str, tuple[str, str]]] = {
    "held_card.disease": ("", "held_card|{id}|disease"),
    "roster_entry.disease_name": ("disease", "roster|{batch_seq}|{no}|disease"),
    "settlement.disease_name": ("disease_code", "settlement|{id}|disease_name"),
}
"""Columns of :mod:`app.storage.sealed_text`: the column of the code beside, and the place."""
