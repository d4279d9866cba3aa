"""Every error Yaotai raises, on one page.

YaotaiError
├── BadValue            a value that cannot be what it claims to be (ours or typed in)
├── BadFile             a file from outside that cannot be read as what it should be
│   ├── DevicePlanOdd   the file of this machine's devices holds what nobody understands
│   └── FileNotWritten  a file for people could not be written
├── BadPicture          a file that is no picture, or a damaged one
├── PictureTooLarge     a picture of more pixels or bytes than a counter has use for
├── RuleBroken          rules of the trade forbid the act; carries the findings
├── IllegalTransition   a state machine was asked for a step that its table does not hold
│   └── StillSent       what was sent of it may yet be answered
├── NotAllowed          the person may not do this (role, limit, second person missing)
│   ├── AccountOver     an inspector's account has not begun, or is over
│   ├── SecondPersonNeeded  the second person is the first one
│   ├── SecondWordNeeded  one person alone may not act here
│   ├── ReleaseNeeded   a counted difference is above the shop's limit
│   ├── WorkOpen        something undecided or unfinished must be brought to its end first
│   ├── AboveLimit      the right is there and does not reach so far: ``limit``
│   ├── LastAdministrator  nobody would be left who may set the shop up
│   ├── Sanctioned      a sanction runs: the pharmacist cannot be bound
│   ├── PinToChange     somebody else set the PIN: an own one comes first
│   ├── PinWeak         a PIN that anybody would try first: ``why``
│   ├── SignInRefused   staff number or PIN wrong
│   └── LockedOut       too many wrong PINs; says until when
├── PackError           a region pack is wrong: file, key, reason
├── PackValueMissing    a region pack says nothing where a number is needed: key, who can answer
├── StoreError          the till's own books
│   ├── StoreFull       no room on the disk
│   ├── StoreReadOnly   the disk or file cannot be written
│   ├── StoreBusy       another program holds the file
│   ├── StoreNewer      written by a newer Yaotai
│   ├── StoreBroken     not a store, or damaged
│   ├── StoreStale      the row was changed by someone else since it was read
│   ├── StoreAway       the database server of a store does not answer
│   ├── StoreDenied     it answers and does not let us in
│   ├── StoreAbsent     it has no such database, or keeps this one from us
│   ├── StoreTaken      the database holds a shop already
│   ├── StoreEmpty      the database holds no shop that a till could join
│   ├── StoreForeign    these are not the books of this till's store
│   ├── TillTaken       another till of the store has this number
│   ├── TillInUse       this very till is open elsewhere
│   └── HomeInUse       another till process holds this home
├── BackupRefused       a backup cannot be kept here, or put back here
├── AcceptanceRefused   the acceptance test was asked for where the platform is the live one
├── AcceptanceTampered  a report of an acceptance test is not what was signed
├── RestoredFirst       a backup was put back and is not held against the platform's books yet
├── NotFound            asked for something the books do not hold
├── SecretError         keys, ciphertexts, recovery codes
│   ├── RecoveryCodeWrong  not the code that was printed when the shop was made
│   ├── KeyStoreSilent  the system's key store is locked or does not answer, or there is none
│   ├── MasterKeyMissing  this machine does not hold the shop's master key
│   └── KeyStoreNotAsked  the key lies in the system's store, which this command does not ask
├── DeviceError         a device of the counter
│   ├── NotConnected
│   │   └── LibraryGone the vendor's library that reaches it crashed, hung or cannot be used
│   ├── DeviceBusy
│   ├── Cancelled
│   ├── BadFrame
│   ├── DeviceSilent    it is there and does not answer in time
│   ├── DeviceForbidden this user of the machine may not open its port
│   ├── DeviceFailed    it answered that it could not, and why
│   ├── PinWrong        the PIN that it asks for is wrong; how many tries are left
│   └── NotOffered      this device cannot do that at all
└── PlatformError       the insurance platform
    ├── NotSent         it could not leave; nothing happened at the far end
    ├── Refused         the platform said no, in its own words
    ├── NoAnswer        it may have left and nothing believable came back: the outcome is unknown
    ├── BadSignature    an answer that cannot be verified
    └── Maintenance     the platform says it is closed for a while

Errors carry a message id and typed parameters; the words for people stand in
``resources/words/{zh_CN,en}.toml`` under ``[error]``. No parameter may hold personal data:
errors end up in logs.
"""

from __future__ import annotations

from typing import ClassVar


class YaotaiError(Exception):
    """Base of every error of the program: a message id and its parameters, no prose.

    ``message_id`` names a text in ``resources/words``; ``params`` fill its placeholders.
    """

    message_id: ClassVar[str] = "error.unexpected"

    def __init__(self, **params: object) -> None:
        super().__init__(self.message_id, params)
        self.params: dict[str, object] = params

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.message_id}({told})"


class BadValue(YaotaiError):
    """A value that cannot be: ``what`` it should be, ``why`` it is not."""

    message_id = "error.bad_value"


class BadFile(YaotaiError):
    """A file from outside that is not what it should be: ``file``, ``why``."""

    message_id = "error.bad_file"


class FileNotWritten(BadFile):
    """A file for people that could not be written: ``file``."""

    message_id = "error.file_not_written"


class DevicePlanOdd(BadFile):
    """Parts of the devices' file mean nothing to this version: ``file``, ``names``."""

    message_id = "error.device_plan_odd"


class RuleBroken(YaotaiError):
    """The rules of the trade forbid it: ``code`` of the first finding; ``findings`` beside."""

    message_id = "error.rule_broken"

    def __init__(self, findings: tuple[object, ...] = (), **params: object) -> None:
        super().__init__(**params)
        self.findings = findings


class IllegalTransition(YaotaiError):
    """A state machine was asked for a step not in its table: ``machine``, ``state``, ``event``."""

    message_id = "error.illegal_transition"


class StillSent(IllegalTransition):
    """Its sender may yet hear the answer of ``infno``, for ``seconds`` at most."""

    message_id = "error.still_sent"


class NotAllowed(YaotaiError):
    """The person may not do this: ``act``."""

    message_id = "error.not_allowed"


class AboveLimit(NotAllowed):
    """The level carries the right and not so far: ``act``, ``limit`` in words."""

    message_id = "error.above_limit"


class LastAdministrator(NotAllowed):
    """The last active administrator stays one: ``act``."""

    message_id = "error.last_administrator"


class Sanctioned(NotAllowed):
    """A sanction of the pharmacist runs (LN-2.4b): ``act``."""

    message_id = "error.sanctioned"


class PinToChange(NotAllowed):
    """The PIN was set by somebody else and an own one comes first: ``act``."""

    message_id = "error.pin_to_change"


class PinWeak(NotAllowed):
    """A PIN that anybody would try first: ``why`` as a message id."""

    message_id = "error.pin_weak"


class AccountOver(NotAllowed):
    """An inspector's account that has not begun, or is over: ``act``."""

    message_id = "error.account_over"


class SecondPersonNeeded(NotAllowed):
    """The second person must be another than the first: ``act``."""

    message_id = "error.second_person_needed"


class SecondWordNeeded(NotAllowed):
    """One person alone may not act here, and nobody stood beside: ``act``."""

    message_id = "error.second_word_needed"


class ReleaseNeeded(NotAllowed):
    """A counted difference is above the shop's limit, and nobody released it: ``difference``."""

    message_id = "error.release_needed"


class WorkOpen(NotAllowed):
    """Unfinished: numbers of ``sales``, ``settlements``, ``visits``, ``returns``."""

    message_id = "error.work_open"


class SignInRefused(NotAllowed):
    """Staff number or PIN is wrong; deliberately not said which."""

    message_id = "error.sign_in_refused"


class LockedOut(NotAllowed):
    """Too many wrong PINs: ``seconds`` left."""

    message_id = "error.locked_out"


class PackError(YaotaiError):
    """A region pack is wrong: ``file``, ``key``, ``why``."""

    message_id = "error.pack"


class PackValueMissing(YaotaiError):
    """The pack says nothing where a value is needed: ``key``, ``who`` can answer."""

    message_id = "error.pack_value_missing"


class BadPicture(YaotaiError):
    """A file that is no picture, or a damaged one: ``file``."""

    message_id = "error.bad_picture"


class PictureTooLarge(YaotaiError):
    """A picture of more pixels or bytes than any camera here makes: ``file``, ``most``."""

    message_id = "error.picture_too_large"


class StoreError(YaotaiError):
    """The till's own books cannot be used: ``why``."""

    message_id = "error.store"


class StoreFull(StoreError):
    """No room on the disk."""

    message_id = "error.store_full"


class StoreReadOnly(StoreError):
    """The disk or the file cannot be written."""

    message_id = "error.store_read_only"


class StoreBusy(StoreError):
    """Another program holds the books."""

    message_id = "error.store_busy"


class StoreNewer(StoreError):
    """The books were written by a newer Yaotai: ``found``, ``known``."""

    message_id = "error.store_newer"


class StoreBroken(StoreError):
    """The file is no store, or it is damaged."""

    message_id = "error.store_broken"


class StoreStale(StoreError):
    """The row was changed by someone else since it was read: ``what``."""

    message_id = "error.store_stale"


class StoreAway(StoreError):
    """The database server does not answer: network, address, or it is not running."""

    message_id = "error.store_away"


class StoreDenied(StoreError):
    """The database server does not let us in: user, password, or where we come from."""

    message_id = "error.store_denied"


class StoreAbsent(StoreError):
    """The server has no database of this name, or the user may not use it."""

    message_id = "error.store_absent"


class StoreTaken(StoreError):
    """A shop is to be made where one is already: ``code`` of its institution, if it is known."""

    message_id = "error.store_taken"


class StoreEmpty(StoreError):
    """A till is to join where no shop is, or none that is finished."""

    message_id = "error.store_empty"


class StoreForeign(StoreError):
    """The books belong to another store, or the till's place was given to another machine."""

    message_id = "error.store_foreign"


class TillTaken(StoreError):
    """Another till of the store has the number: ``till``; ``taken`` lists all that are."""

    message_id = "error.till_taken"


class TillInUse(StoreError):
    """The till is open in another window or on another machine: ``till``."""

    message_id = "error.till_in_use"


class HomeInUse(StoreError):
    """Another till process holds this home: ``home``."""

    message_id = "error.home_in_use"


class NotFound(YaotaiError):
    """The books do not hold it: ``what``."""

    message_id = "error.not_found"


class BackupRefused(YaotaiError):
    """A backup cannot be kept here, or put back here: ``why``, a message id."""

    message_id = "error.backup_refused"


class AcceptanceRefused(YaotaiError):
    """The acceptance test was asked for where the shop speaks to the live platform."""

    message_id = "error.acceptance_refused"


class AcceptanceTampered(YaotaiError):
    """A report of an acceptance test is not what was signed: ``part`` is report, pdf or key."""

    message_id = "error.acceptance_tampered"


class RestoredFirst(YaotaiError):
    """A backup was put back: the books are held against the platform's before the first sale."""

    message_id = "error.restored_first"


class SecretError(YaotaiError):
    """A key or ciphertext cannot be used: ``why``."""

    message_id = "error.secret"


class RecoveryCodeWrong(SecretError):
    """The recovery code opens nothing here."""

    message_id = "error.recovery_code_wrong"


class KeyStoreSilent(SecretError):
    """The operating system's key store gave no answer in time, or there is none: ``why``."""

    message_id = "error.key_store_silent"


class MasterKeyMissing(SecretError):
    """Where the master key should lie there is none: another machine, or an emptied store."""

    message_id = "error.master_key_missing"


class KeyStoreNotAsked(SecretError):
    """The master key lies in the system's store; few commands ask it (keys, backups)."""

    message_id = "error.key_store_not_asked"


class DeviceError(YaotaiError):
    """A device of the counter failed: ``device``."""

    message_id = "error.device"


class NotConnected(DeviceError):
    """The device is not there."""

    message_id = "error.device_not_connected"


class LibraryGone(NotConnected):
    """Reached by a vendor's ``library`` that crashed, hung or cannot be used: ``why``, an id."""

    message_id = "error.device_library"


class DeviceBusy(DeviceError):
    """Another program or act holds the device."""

    message_id = "error.device_busy"


class Cancelled(DeviceError):
    """A person cancelled at the device."""

    message_id = "error.device_cancelled"


class BadFrame(DeviceError):
    """Bytes that are no answer of this device."""

    message_id = "error.device_bad_frame"


class DeviceSilent(DeviceError):
    """The port is open, and the device gave no answer in time."""

    message_id = "error.device_silent"


class DeviceForbidden(DeviceError):
    """The user whom the till runs as may not open the device's port."""

    message_id = "error.device_forbidden"


class DeviceFailed(DeviceError):
    """The device answered that it could not: ``why``, a message id of the device's own section."""

    message_id = "error.device_failed"


class PinWrong(DeviceError):
    """The PIN that the device asks for is wrong; ``left`` more tries, then it locks."""

    message_id = "error.device_pin_wrong"


class NotOffered(DeviceError):
    """This device cannot do that at all."""

    message_id = "error.device_not_offered"


class PlatformError(YaotaiError):
    """The insurance platform: ``infno``."""

    message_id = "error.platform"


class NotSent(PlatformError):
    """The message could not leave; nothing happened at the far end."""

    message_id = "error.platform_not_sent"


class Refused(PlatformError):
    """The platform said no: ``text`` in its own words, first sentence."""

    message_id = "error.platform_refused"


class NoAnswer(PlatformError):
    """It may have left and nothing believable came back; the outcome is unknown."""

    message_id = "error.platform_no_answer"


class BadSignature(PlatformError):
    """An answer whose signature does not hold."""

    message_id = "error.platform_bad_signature"


class Maintenance(PlatformError):
    """The platform says that it is closed for a while."""

    message_id = "error.platform_maintenance"


def why_of_file(error: Exception) -> str:
    """The ``why`` of a :class:`BadFile` behind what reading raised: a message id."""
    if isinstance(error, FileNotFoundError):
        return "import.file_missing"
    return "import.file_unreadable" if isinstance(error, OSError) else "import.file_damaged"
