"""Every kind of record that the shop keeps: from when its time counts, what rules, how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final


class RecordKind(StrEnum):
    """A kind of record; its words stand under ``[record_kind]``."""

    SALE_PRESCRIPTION = "sale_prescription"
    """The prescription as it was typed into a sale."""
    RX_CASE = "rx_case"
    """Patient, diagnosis and doctor of a prescription; who reviewed it stays."""
    RX_FILE = "rx_file"
    """Its document, as the centre sent it or as it was scanned."""
    OWING = "owing"
    """What a patient still had to come for."""
    SETTLEMENT = "settlement"
    """Disease, platform's words and grounds of a settlement; its figures stay."""
    PLATFORM_REQUEST = "platform_request"
    """The journal: what was asked and what was answered, in full."""
    OUTBOX = "outbox"
    """What was uploaded, and the answer."""
    PERSON = "person"
    """Name, numbers and insurances of a customer."""
    PERSON_CHECK = "person_check"
    """That a person and a credential were held against each other."""
    CONSENT = "consent"
    FACE_TEMPLATE = "face_template"
    PROXY_PURCHASE = "proxy_purchase"
    """The list that a proxy signed."""
    HELD_CARD = "held_card"
    """Name and numbers of who left a card here."""
    HELD_CARD_USE = "held_card_use"
    """Who took the goods to the owner of a held card."""
    HELD_CARD_GAP = "held_card_gap"
    """What did not add up about a held card, in words."""
    PURCHASE_STILL = "purchase_still"
    """The entry about a picture; the picture itself is evidence."""
    VIDEO_MARK = "video_mark"
    """Where in the shop's video a sale is found."""
    RECORDER_CHECK = "recorder_check"
    ROSTER = "roster"
    """Persons of a special-disease roster that another one replaced."""
    SALE_RETURN = "sale_return"
    """The words to a return; goods and money stay."""
    SALE_NOTE = "sale_note"
    """A pharmacist's words on a watched drug."""
    ALERT = "alert"
    """What the supervision subsystem said, and the answer."""
    COMPLAINT = "complaint"
    """Who complained of what, and what was done."""
    REFUSED_FEE = "refused_fee"
    """Reason, appeal and outcome in words; the amounts stay."""
    DIFFERENCE = "difference"
    """Person and ground of a difference with the platform; the figures stay."""
    CORRECTION = "correction"
    """Person and ground of a documented correction; the figures stay."""
    INSPECTION_LOOK = "inspection_look"
    """What an inspector searched for."""
    LABEL_USAGE = "label_usage"
    """How to take a drug, as it was printed on a label."""
    STAFF_DOCUMENT = "staff_document"
    """Document number of a member of staff who left."""
    EVIDENCE = "evidence"
    BACKUP = "backup"
    BOOKS = "books"
    """Sales, lines, tenders, figures of settlements, returns, shifts, drawers, day closes."""
    GOODS = "goods"
    """Purchase, acceptance, stock movements, counts, trace codes, suppliers, prices."""
    REGISTERS = "registers"
    """Ephedrine and special control: read out of sales and persons, with no rows of their own."""
    CLAIMS = "claims"
    """Comparisons with the platform, claims, remittances."""
    ACT_LOG = "act_log"
    PRINT_JOB = "print_job"
    STAFF = "staff"
    """Names and licences of who answers for the books."""
    SYSTEM_LOGS = "system_logs"
    """The program's own log, crash reports, device logs."""
    EXPORTS = "exports"
    """Parcels and packs that were handed out."""


class Counted(StrEnum):
    """The moment from which the days are counted."""

    DONE = "done"
    """When the act was done with; while it is not, nothing is counted."""
    LAST_MENTION = "last_mention"
    """The last thing that names the person, whatever it is."""
    CONSENT_ENDED = "consent_ended"
    CUSTODY_ENDED = "custody_ended"
    REPLACED = "replaced"
    """When a newer one took its place."""
    LEFT = "left"
    """When the member of staff left."""
    MADE = "made"
    NONE = "none"


class Ending(StrEnum):
    """What becomes of a record whose time is over."""

    ERASED = "erased"
    """What names a person is replaced by nothing; the row stays, the sums are what they were."""
    REMOVED = "removed"
    """The row goes: nothing counts on it."""
    FILES = "files"
    """Its file is destroyed, by a run of its own."""
    KEPT = "kept"
    """It names nobody and the books lean on it: it stays."""


@dataclass(frozen=True, slots=True)
class RecordRule:
    """How long a kind is kept and how it ends."""

    counted: Counted
    keys: tuple[str, ...]
    """``retention.*`` keys of the pack; each must have a number, and the longest wins."""
    ending: Ending
    also: tuple[str, ...] = ()
    """Count where the pack names them."""


_D, _E = Counted, Ending
_DRUGS = ("drug_records", "purchase_list")
_PRESCRIPTION = ("prescription", "drug_records", "purchase_list")
_CARE = (*_PRESCRIPTION, "ephedrine_register")

RECORDS: Final[Mapping[RecordKind, RecordRule]] = {
    RecordKind.SALE_PRESCRIPTION: RecordRule(_D.DONE, _CARE, _E.ERASED),
    RecordKind.RX_CASE: RecordRule(_D.DONE, _CARE, _E.ERASED),
    RecordKind.RX_FILE: RecordRule(_D.DONE, _CARE, _E.REMOVED),
    RecordKind.OWING: RecordRule(_D.DONE, _PRESCRIPTION, _E.REMOVED),
    RecordKind.SETTLEMENT: RecordRule(_D.DONE, _DRUGS, _E.ERASED),
    RecordKind.PLATFORM_REQUEST: RecordRule(_D.DONE, _CARE, _E.ERASED),
    RecordKind.OUTBOX: RecordRule(_D.DONE, _CARE, _E.ERASED),
    # Last of all: while a sale, a paper or a consent may still be asked for, so may its person.
    RecordKind.PERSON: RecordRule(_D.LAST_MENTION, (*_CARE, "privacy_records"), _E.ERASED),
    RecordKind.PERSON_CHECK: RecordRule(_D.DONE, (*_DRUGS, "privacy_records"), _E.REMOVED),
    RecordKind.CONSENT: RecordRule(_D.CONSENT_ENDED, ("privacy_records",), _E.REMOVED),
    RecordKind.FACE_TEMPLATE: RecordRule(_D.CONSENT_ENDED, ("face_raw",), _E.REMOVED),
    RecordKind.PROXY_PURCHASE: RecordRule(_D.DONE, _DRUGS, _E.ERASED),
    RecordKind.HELD_CARD: RecordRule(_D.CUSTODY_ENDED, (*_DRUGS, "privacy_records"), _E.ERASED),
    RecordKind.HELD_CARD_USE: RecordRule(_D.CUSTODY_ENDED, (*_DRUGS, "privacy_records"), _E.ERASED),
    RecordKind.HELD_CARD_GAP: RecordRule(_D.DONE, (*_DRUGS, "privacy_records"), _E.REMOVED),
    RecordKind.PURCHASE_STILL: RecordRule(
        _D.DONE, ("purchase_list",), _E.REMOVED, also=("purchase_still",)
    ),
    RecordKind.VIDEO_MARK: RecordRule(_D.MADE, ("video",), _E.REMOVED),
    RecordKind.RECORDER_CHECK: RecordRule(_D.MADE, ("video",), _E.REMOVED),
    RecordKind.ROSTER: RecordRule(_D.REPLACED, ("purchase_list",), _E.REMOVED),
    RecordKind.SALE_RETURN: RecordRule(_D.DONE, _DRUGS, _E.ERASED),
    RecordKind.SALE_NOTE: RecordRule(_D.MADE, _DRUGS, _E.REMOVED),
    RecordKind.ALERT: RecordRule(_D.DONE, _DRUGS, _E.REMOVED),
    RecordKind.COMPLAINT: RecordRule(_D.DONE, (*_DRUGS, "privacy_records"), _E.REMOVED),
    RecordKind.REFUSED_FEE: RecordRule(_D.DONE, _DRUGS, _E.ERASED),
    RecordKind.DIFFERENCE: RecordRule(_D.DONE, _DRUGS, _E.ERASED),
    RecordKind.CORRECTION: RecordRule(_D.MADE, _DRUGS, _E.ERASED),
    RecordKind.INSPECTION_LOOK: RecordRule(_D.MADE, ("privacy_records",), _E.ERASED),
    RecordKind.LABEL_USAGE: RecordRule(_D.MADE, _DRUGS, _E.ERASED),
    RecordKind.STAFF_DOCUMENT: RecordRule(_D.LEFT, ("drug_records", "privacy_records"), _E.REMOVED),
    RecordKind.EVIDENCE: RecordRule(_D.NONE, (), _E.FILES),
    # A backup holds what the books held on its day: it may not outlive the longest of them.
    RecordKind.BACKUP: RecordRule(_D.MADE, (*_CARE, "privacy_records"), _E.FILES),
    RecordKind.BOOKS: RecordRule(_D.NONE, ("accounting",), _E.KEPT),
    RecordKind.GOODS: RecordRule(_D.NONE, ("accounting", "drug_records"), _E.KEPT),
    RecordKind.REGISTERS: RecordRule(_D.NONE, ("ephedrine_register", "drug_records"), _E.KEPT),
    RecordKind.CLAIMS: RecordRule(_D.NONE, ("accounting",), _E.KEPT),
    RecordKind.ACT_LOG: RecordRule(_D.NONE, ("accounting",), _E.KEPT),
    RecordKind.PRINT_JOB: RecordRule(_D.NONE, ("accounting",), _E.KEPT),
    RecordKind.STAFF: RecordRule(_D.NONE, ("accounting",), _E.KEPT),
    RecordKind.SYSTEM_LOGS: RecordRule(_D.NONE, (), _E.FILES),
    RecordKind.EXPORTS: RecordRule(_D.NONE, (), _E.KEPT),
}
"""Policy 3.8, 3.9, K-08, HY-1.1.4b, HY-1.5.2b, HY-1.5.6b, HY-1.5.6c. Why a kind ends as it does
stands in words under ``[record_why]``: the keeper reads it beside the figures."""

_BY_RUN: Final = (Ending.ERASED, Ending.REMOVED)

RUN_KINDS: Final = (
    *(
        kind
        for kind, rule in RECORDS.items()
        if rule.ending in _BY_RUN and kind is not RecordKind.PERSON
    ),
    RecordKind.PERSON,
)
"""What the run over the books goes through; a person only after all that names him."""


@dataclass(frozen=True, slots=True)
class Aged:
    """A record that is done with, as the run looks at it."""

    kind: RecordKind
    id: str
    begun_at: datetime
    """From when on its days count."""
    sale_id: str = ""
    person_id: str = ""
    also_id: str = ""
    """Another person whom it names: who bought for the first one."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What was taken out of the books."""

    id: str
    digest: str
    """SHA-256 over what went as it lay there, sealed: it proves against an old backup what went,
    and nobody can guess a name out of it."""
    size: int
    """Bytes as they lay there."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof that a record went; it stays, and the log's chain holds its batch."""

    kind: RecordKind
    id: str
    digest: str
    size: int
    rule: str
    """The ``retention.*`` key that kept it longest, or ``request`` where its person asked."""
    days: int
    begun_at: datetime
    due_at: datetime
    at: datetime
    run: str
    by: str
    batch: int
    """Number of the entry's batch within the run."""


ON_REQUEST: Final = "request"
"""The rule of what went because its person asked, and no law kept it."""


def proof_line(proof: Proof) -> str:
    """A proof as one line of its batch; the digest over these lines stands in the log's chain."""
    told = (
        proof.kind.value, proof.id, proof.digest, f"{proof.size}", proof.rule, f"{proof.days}",
        # As the books give it back: a kind that counts by days has its moment in the shop's zone.
        proof.begun_at.astimezone(UTC).isoformat(), proof.due_at.astimezone(UTC).isoformat(),
        proof.run, f"{proof.batch}",
    )  # fmt: skip
    return "|".join(told)


@dataclass(frozen=True, slots=True)
class KindStock:
    """How much of a kind stands in the books now."""

    rows: int
    oldest: datetime | None
    """The first whose days count; None = none counts."""
    unfinished: int = 0
    """Over their time by the shortest rule, and not done with: a person has to finish them."""
