"""The command line: every door a person comes in by (design 3). Imports no Qt until a window."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from app.errors import YaotaiError
from ui.commands.platform import FAULTS_HELP
from ui.commands.prescribe import ORDER_HELP, URL_HELP
from ui.crash import tell
from ui.crash_hooks import folder_here
from ui.entry import complain
from ui.homes import home_at, works_on_practice
from ui.words import say_error

app = typer.Typer(
    name="yaotai",
    help="Yaotai 药台: the till of a designated pharmacy. Without a command it opens the till.",
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
catalogue = typer.Typer(help="The shop's drugs: import and search.", no_args_is_help=True)
app.add_typer(catalogue, name="catalogue")
platform_commands = typer.Typer(help="The practice insurance platform, and issuing to it.")
app.add_typer(platform_commands, name="platform")
lists = typer.Typer(
    help="Lists of others: circulation list, issuers, prescribers, service switches.",
    no_args_is_help=True,
)
app.add_typer(lists, name="lists")
read_card = typer.Typer(help="Read one card through the real driver.", no_args_is_help=True)
app.add_typer(read_card, name="read-card")
face = typer.Typer(help="Compare two faces; measure an engine on pairs.", no_args_is_help=True)
app.add_typer(face, name="face")
backup = typer.Typer(help="Backups: make, list, prove, put back.", no_args_is_help=True)
app.add_typer(backup, name="backup")
acceptance = typer.Typer(help="Acceptance tests at a test platform; nothing touches the books.",
                         no_args_is_help=True)  # fmt: skip
app.add_typer(acceptance, name="acceptance")
log = typer.Typer(help="The log of acts: verify, anchors, show. Nothing edits it.",
                  no_args_is_help=True)  # fmt: skip
app.add_typer(log, name="log")
keys = typer.Typer(
    help="Keys of what is sealed: how old they are, change them.", no_args_is_help=True
)
app.add_typer(keys, name="keys")
devices = typer.Typer(help="Ports, logs and practice stand-ins of devices.", no_args_is_help=True)
app.add_typer(devices, name="devices")

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Folder of this till; default YAOTAI_HOME.")
]
PracticeOption = Annotated[bool, typer.Option("--practice", help="Work on the practice shop.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]

RECORD_HELP = "Keep the conversation, masked, in this file for 'yaotai devices replay'."
SSCARD_READER_HELP = (
    "Name of a PC/SC reader or its beginning, file of a region's driver, or practice[:CARD]."
)
PERSON_HELP = "Only one person's: asks unseen for staff number, PIN and document number."
UNMASKED_HELP = "Names, numbers and evidence: asks unseen for two people's numbers and PINs."
CODE_HELP = "By the recovery code, typed unseen or as the first line of stdin."
IDCARD_PORT_HELP = "Serial port (COM3, /dev/ttyUSB0), or practice[:CARD] for an emulated reader."


class KeyPlace(StrEnum):
    """Where a master key may lie."""

    FILE = "file"
    SYSTEM = "system"


def _leave(code: int) -> None:
    raise typer.Exit(code)


@app.callback(invoke_without_command=True)
def main(context: typer.Context, home: HomeOption = None, practice: PracticeOption = False) -> None:
    """Open the till; a machine that is not set up yet starts in practice mode."""
    if home is not None:
        os.environ["YAOTAI_HOME"] = str(home)
    if practice:
        os.environ["YAOTAI_PRACTICE"] = "1"
    if context.invoked_subcommand is None:
        from ui.commands.window import run

        place = home_at(home)
        _leave(run(place, practice=works_on_practice(place, practice)))


@app.command(name="practice")
def practice_command(
    region: Annotated[str, typer.Option(help="Pooling area, e.g. CN-999900.")] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="Start the practice shop afresh.")] = False,
    story: Annotated[str, typer.Option(help="Play a named scene and end.")] = "",
    pictures: Annotated[Path | None, typer.Option(help="One PNG a step into this folder.")] = None,
    virtual_screen: Annotated[
        bool, typer.Option("--virtual-screen", help="Qt's offscreen platform.")
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Practice mode: a ready shop with an invented insurer; a story plays a scene."""
    place = home_at(home)
    if story:
        from ui.commands.story import run as play

        _leave(play(place, story, region, pictures, virtual_screen, json))
    from ui.commands.window import run

    _leave(
        run(place, practice=True, region=region, fresh=fresh, virtual_screen=virtual_screen,
            pictures=pictures)
    )  # fmt: skip


@app.command()
def stories(json: JsonOption = False) -> None:
    """List the stories, a line each."""
    from ui.commands.story import list_stories

    _leave(list_stories(json))


@app.command()
def setup(
    source: Annotated[
        Path | None, typer.Option("--from", help="A TOML file with the shop's facts.")
    ] = None,
    keys: Annotated[
        KeyPlace | None, typer.Option(help="Move the master key of a shop that is set up.")
    ] = None,
    join: Annotated[
        bool, typer.Option("--join", help="The screen for a till more of a shop on a server.")
    ] = False,
    database: Annotated[
        bool, typer.Option("--database", help="Ask for another address or password of its books.")
    ] = False,
    password_key: Annotated[
        Path | None,
        typer.Option("--password-key", help="The platform's key for patients' passwords: a file."),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Make a real shop: institution, region, platform, credentials, first administrator."""
    from ui.commands.setup import run, run_keys

    if keys is not None:
        _leave(run_keys(home_at(home), keys.value, json))
    if database:
        from ui.commands.join import run_database

        _leave(run_database(home_at(home), json))
    if password_key is not None:
        from ui.commands.password_key import run_password_key

        _leave(run_password_key(home_at(home), password_key, json))
    _leave(run(home_at(home), source, json, join))


@platform_commands.callback(invoke_without_command=True)
def platform(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(help="Port on loopback; 0 picks one.")] = None,
    state: Annotated[Path | None, typer.Option(help="Folder of the platform's own books.")] = None,
    region: Annotated[str, typer.Option(help="Pooling area.")] = "CN-999900",
    faults: Annotated[Path | None, typer.Option(help=FAULTS_HELP)] = None,
) -> None:
    """Run the practice insurance platform; the first line printed is its URL.

    The state folder keeps its books over a restart; a running platform tells all it knows under
    /practice/ (health, books, persons, prescriptions, faults) on the same port.
    """
    if context.invoked_subcommand is not None:
        return
    if port is None or state is None:
        missing = "'--port'" if port is None else "'--state'"
        raise typer.BadParameter(f"Missing option {missing}.", ctx=context)
    from ui.commands.platform import run

    _leave(run(port, state, region, faults))


@platform_commands.command(name="prescribe")
def platform_prescribe(
    file: Annotated[str, typer.Argument(metavar="FILE.json", help=ORDER_HELP)],
    url: Annotated[str, typer.Option("--url", help=URL_HELP)] = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Issue a prescription from outside: checked, signed and uploaded by the practice hospital."""
    from ui.commands.prescribe import run

    _leave(run(file, url, home_at(home).root, json))


@app.command()
def call(
    infno: str,
    input_json: Annotated[str, typer.Argument(metavar="INPUT.json", help="- reads stdin.")],
    url: Annotated[str, typer.Option("--url", help="The platform's address.")],
    region: Annotated[str, typer.Option(help="Default: the shop's, else CN-999900.")] = "",
    home: HomeOption = None,
    practice: PracticeOption = False,
    json: JsonOption = False,
) -> None:
    """Send one transaction through the real client and print what came (a support tool)."""
    from ui.commands.call import run

    place = home_at(home)
    _leave(run(infno, input_json, url, region, json, place, works_on_practice(place, practice)))


@app.command()
def quote(
    case: Annotated[str, typer.Argument(metavar="CASE.json")], json: JsonOption = False
) -> None:
    """The local estimate of a case; needs no shop."""
    from ui.commands.quote import run

    _leave(run(case, json))


@app.command()
def scan(text: str, json: JsonOption = False) -> None:
    """What a scanned string is."""
    from ui.commands.scan import run

    _leave(run(text, json))


@face.command(name="compare")
def face_compare(
    one: Annotated[Path, typer.Argument(metavar="A", help="A picture with one face.")],
    other: Annotated[Path, typer.Argument(metavar="B", help="Another.")],
    engine: Annotated[str, typer.Option(help="onnx, dlib, or the folder of a pack.")] = "",
    json: JsonOption = False,
) -> None:
    """Whether two pictures show the same person."""
    from ui.commands.face import run_compare

    _leave(run_compare(one, other, engine, json))


@face.command(name="pairs")
def face_pairs(
    pairs: Annotated[Path, typer.Argument(help="CSV: image_a,image_b,same,group.")],
    engine: Annotated[str, typer.Option(help="onnx, dlib, or the folder of a pack.")] = "",
    json: JsonOption = False,
) -> None:
    """False accepts and false rejects of an engine, by group."""
    from ui.commands.face import run_pairs

    _leave(run_pairs(pairs, engine, json))


@read_card.command(name="idcard")
def read_card_idcard(
    port: Annotated[str, typer.Option("--port", help=IDCARD_PORT_HELP)],
    wait: Annotated[float, typer.Option(min=0, max=600, help="Seconds to wait for a card.")] = 10,
    record: Annotated[Path | None, typer.Option("--record", help=RECORD_HELP)] = None,
    json: JsonOption = False,
) -> None:
    """Read a resident identity card; needs no shop and, unless asked to record, writes nothing."""
    from ui.commands.read_card import run_idcard

    _leave(run_idcard(port, wait, json, record=record))


@read_card.command(name="sscard")
def read_card_sscard(
    reader: Annotated[str, typer.Option("--reader", help=SSCARD_READER_HELP)],
    wait: Annotated[float, typer.Option(min=0, max=600, help="Seconds to wait for a card.")] = 10,
    record: Annotated[Path | None, typer.Option("--record", help=RECORD_HELP)] = None,
    json: JsonOption = False,
) -> None:
    """Read a social security card; needs no shop and never asks for a PIN."""
    from ui.commands.read_sscard import run_sscard

    _leave(run_sscard(reader, wait, json, record=record))


@devices.command(name="pcsc")
def devices_pcsc(json: JsonOption = False) -> None:
    """Install what card readers by PC/SC need (./yaotai does it), then list the readers."""
    from ui.commands.read_sscard import run_pcsc

    _leave(run_pcsc(json))


@devices.command(name="list")
def devices_list(
    home: HomeOption = None, practice: PracticeOption = False, json: JsonOption = False
) -> None:
    """List the serial ports of this machine and the logs that this till keeps of its devices."""
    from ui.commands.devices import run_list

    place = home_at(home)
    _leave(run_list(place.practice if works_on_practice(place, practice) else place.store, json))


@devices.command(name="replay")
def devices_replay(
    file: Annotated[Path, typer.Argument(metavar="FILE.log")], json: JsonOption = False
) -> None:
    """Play a recorded conversation back through the driver of its device."""
    from ui.commands.devices import run_replay

    _leave(run_replay(file, json))


@devices.command(name="emulate")
def devices_emulate(
    card: Annotated[str, typer.Option("--card", help="Which practice card lies on it.")] = "",
    link: Annotated[Path | None, typer.Option("--link", help="A stable name of the port.")] = None,
) -> None:
    """An emulated identity card reader on a port of its own, until the input ends (not Windows)."""
    from ui.commands.devices import run_emulate

    _leave(run_emulate(card, link))


@keys.command(name="status")
def keys_status(
    home: HomeOption = None, practice: PracticeOption = False, json: JsonOption = False
) -> None:
    """Keys a purpose, and the rows that still lie under an older one; with the till closed."""
    from ui.commands.keys import run_status

    place = home_at(home)
    _leave(run_status(place, works_on_practice(place, practice), json))


@keys.command(name="rotate")
def keys_rotate(
    purpose: Annotated[list[str] | None, typer.Option(help="Only this; may be repeated.")] = None,
    master: Annotated[bool, typer.Option("--master", help="The master key too.")] = False,
    code: Annotated[
        bool, typer.Option("--code", help="A new recovery code too, printed once.")
    ] = False,
    home: HomeOption = None,
    practice: PracticeOption = False,
    json: JsonOption = False,
) -> None:
    """Fresh data keys; rows are sealed anew, and go on being so after a power cut."""
    from app.use_cases.change_keys import KeyWish
    from ui.commands.keys import run_rotate

    place, wish = home_at(home), KeyWish(tuple(purpose or ()), master, code)
    _leave(run_rotate(place, works_on_practice(place, practice), wish, json))


@backup.command(name="create")
def backup_create(
    to: Annotated[Path | None, typer.Option("--to", help="Another folder, this once.")] = None,
    home: HomeOption = None,
    practice: PracticeOption = False,
    json: JsonOption = False,
) -> None:
    """Make a backup now and prove it by putting it back for a trial; the till must be closed."""
    from ui.commands.backup import run_create

    place = home_at(home)
    _leave(run_create(place, works_on_practice(place, practice), to, json))


@backup.command(name="list")
def backup_list(
    home: HomeOption = None, practice: PracticeOption = False, json: JsonOption = False
) -> None:
    """List the backups of this till, newest first."""
    from ui.commands.backup import run_list

    place = home_at(home)
    _leave(run_list(place, works_on_practice(place, practice), json))


@backup.command(name="verify")
def backup_verify(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    by_code: Annotated[bool, typer.Option("--code-from-stdin", help=CODE_HELP)] = False,
    home: HomeOption = None,
    practice: PracticeOption = False,
    json: JsonOption = False,
) -> None:
    """Prove that a backup can be put back; changes nothing."""
    from ui.commands.backup import run_verify

    place = home_at(home)
    _leave(run_verify(file, place, works_on_practice(place, practice), by_code, json))


@backup.command(name="restore")
def backup_restore(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    by_code: Annotated[bool, typer.Option("--code-from-stdin", help=CODE_HELP)] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Put a backup back; books that are there already go aside and are never deleted."""
    from ui.commands.backup import run_restore

    _leave(run_restore(file, home_at(home), by_code, json))


@acceptance.command(name="run")
def acceptance_run(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the report goes.")],
    home: HomeOption = None,
    practice: PracticeOption = False,
    json: JsonOption = False,
) -> None:
    """Stock management, prescription purchase, stock upload: a signed report; exit 1 if not all."""
    from ui.commands.acceptance import run

    place = home_at(home)
    _leave(run(out, place, works_on_practice(place, practice), json))


@acceptance.command(name="verify")
def acceptance_verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The report's JSON; PDF beside it.")],
    key: Annotated[str, typer.Option("--key", help="The shop's public key, told by it.")] = "",
    json: JsonOption = False,
) -> None:
    """Whether a report is as the shop signed it."""
    from ui.commands.acceptance import run_verify

    _leave(run_verify(file, key, json))


@log.command(name="verify")
def log_verify(
    anchor: Annotated[
        str, typer.Option("--anchor", help="SEQ-HASH typed from the slip of a day.")
    ] = "",
    home: HomeOption = None,
    practice: PracticeOption = False,
    json: JsonOption = False,
) -> None:
    """Every entry, and every head kept outside the database; exit 1 at the first broken link."""
    from ui.commands.log import run_verify

    place = home_at(home)
    _leave(run_verify(place, works_on_practice(place, practice), anchor, json))


@log.command(name="anchors")
def log_anchors(
    home: HomeOption = None, practice: PracticeOption = False, json: JsonOption = False
) -> None:
    """The heads of the log that were kept outside the database, a line a day."""
    from ui.commands.log import run_anchors

    place = home_at(home)
    _leave(run_anchors(place, works_on_practice(place, practice), json))


@log.command(name="show")
def log_show(
    begins: Annotated[str, typer.Option("--from", help="2026-11-21, or with a time.")] = "",
    ends: Annotated[str, typer.Option("--to", help="The same; a day is meant whole.")] = "",
    act: Annotated[str, typer.Option("--act", help="sale.done, or all that begin: sale.")] = "",
    staff: Annotated[str, typer.Option("--staff", help="Number or id of who acted.")] = "",
    limit: Annotated[int, typer.Option("--limit", help="Entries of a page.")] = 50,
    after: Annotated[str, typer.Option("--after", help="The place that a page ends with.")] = "",
    form: Annotated[str, typer.Option("--format", help="text, json or csv.")] = "text",
    home: HomeOption = None,
    practice: PracticeOption = False,
    json: JsonOption = False,
) -> None:
    """Entries of the log, newest first; read only."""
    from ui.commands.log import Wanted, run_show

    place = home_at(home)
    wanted = Wanted(begins, ends, act, staff, limit, after)
    where = works_on_practice(place, practice)
    _leave(run_show(place, where, wanted, "json" if json else form))


@app.command()
def doctor(
    full: Annotated[
        bool, typer.Option("--full", help="The whole log, and every piece of evidence opened.")
    ] = False,
    home: HomeOption = None,
    practice: PracticeOption = False,
    json: JsonOption = False,
) -> None:
    """One page on the health of everything, also while the till is open; exit 1 where it is bad."""
    from ui.commands.doctor import run

    place = home_at(home)
    _leave(run(place, works_on_practice(place, practice), json, full))


@app.command()
def rules(json: JsonOption = False) -> None:
    """Each requirement with the code, tests and stories that carry it."""
    from ui.commands.rules import run

    _leave(run(json))


@catalogue.command(name="import")
def catalogue_import(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv")],
    mapping: Annotated[Path | None, typer.Option(help="Which column fills which field.")] = None,
    home: HomeOption = None,
    practice: PracticeOption = False,
    json: JsonOption = False,
) -> None:
    """Import drugs; each row is added, changed, unchanged or refused with a reason."""
    from ui.commands.catalogue import run_import

    place = home_at(home)
    _leave(run_import(file, mapping, place, works_on_practice(place, practice), json))


@catalogue.command(name="search")
def catalogue_search(
    text: str,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    home: HomeOption = None,
    practice: PracticeOption = False,
    json: JsonOption = False,
) -> None:
    """Search by initials, pinyin, characters, spec and maker, best first."""
    from ui.commands.catalogue import run_search

    place = home_at(home)
    _leave(run_search(text, limit, place, works_on_practice(place, practice), json))


@app.command()
def outbox(
    act: Annotated[
        str, typer.Argument(help="list (what waits or stands aside), drain, ages.")
    ] = "list",
    part: Annotated[str, typer.Option("--part", help="list: aside, waiting, done.")] = "",
    limit: Annotated[int, typer.Option("--limit", help="list: rows of each list.")] = 50,
    after: Annotated[int, typer.Option("--after", help="list: the page after this number.")] = 0,
    warn: Annotated[int, typer.Option("--warn", help="ages: minutes until amber.")] = 0,
    late: Annotated[int, typer.Option("--late", help="ages: minutes until red.")] = 0,
    home: HomeOption = None,
    practice: PracticeOption = False,
    json: JsonOption = False,
) -> None:
    """What waits for the platform; drain sends it now; ages tells or sets when the bar warns."""
    from ui.commands.outbox import Page, run

    place = home_at(home)
    ages = (warn, late) if warn or late else None
    page = Page(part, limit, after)
    _leave(run(act, place, works_on_practice(place, practice), json, page, ages))


@app.command()
def simulate(
    sales: Annotated[int, typer.Option("--sales", help="Baskets brought to payment.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed goes the same way.")] = 1,
    faults: Annotated[
        str,
        typer.Option("--faults", help="all, none, or of: wire,platform,commit,line,clock,restore."),
    ] = "none",
    defect: Annotated[
        str, typer.Option("--defect", help="Plant a defect that must be found; 'list' names them.")
    ] = "",
    cores: Annotated[int, typer.Option("--cores", min=0, help="0: all of the machine's.")] = 0,
    progress: Annotated[
        Path | None, typer.Option("--progress", help="A file; the same words go on there.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Simulate whole stores, with faults; exit 1 when money, goods or records go wrong."""
    from ui.commands.simulate import run

    _leave(run(sales, seed, faults, defect, cores, json, progress))


@app.command()
def retention(
    act: Annotated[str, typer.Argument(metavar="plan|run|proofs|holds")] = "plan",
    home: HomeOption = None,
    practice: PracticeOption = False,
    json: JsonOption = False,
) -> None:
    """What is over its time: a dry run, the run itself, proofs of deletion, holds."""
    from ui.commands.retention import run

    place = home_at(home)
    _leave(run(act, place, works_on_practice(place, practice), json))


@app.command()
def reconcile(
    day: Annotated[str, typer.Option(help="The day to compare, 2026-11-21; else yesterday.")] = "",
    home: HomeOption = None,
    practice: PracticeOption = False,
    json: JsonOption = False,
) -> None:
    """The day's books against the platform's; exit 1 where differences stand."""
    from ui.commands.reconcile import run

    place = home_at(home)
    _leave(run(day, place, works_on_practice(place, practice), json))


@app.command()
def inspect(
    first: Annotated[str, typer.Option("--from", metavar="D", help="First day, 2026-10-01.")],
    last: Annotated[str, typer.Option("--to", metavar="D", help="Last day, it included.")],
    purpose: Annotated[str, typer.Option(help="For whom and what for; stands in the pack.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="New folder; never written over.")],
    drug: Annotated[str, typer.Option(metavar="CODE", help="Only sales of this drug.")] = "",
    sale: Annotated[str, typer.Option(metavar="NO", help="Only this receipt number.")] = "",
    person: Annotated[bool, typer.Option("--person", help=PERSON_HELP)] = False,
    unmasked: Annotated[bool, typer.Option("--unmasked", help=UNMASKED_HELP)] = False,
    home: HomeOption = None,
    practice: PracticeOption = False,
    json: JsonOption = False,
) -> None:
    """Evidence for an inspector: a sheet a sale, digests, the log's links, and a verifier."""
    from ui.commands.inspect import Asked, run

    place = home_at(home)
    asked = Asked(first, last, purpose, out, drug, sale, person, unmasked)
    _leave(run(asked, place, works_on_practice(place, practice), json))


@lists.command(name="import")
def lists_import(
    kind: Annotated[
        str, typer.Argument(help="circulation, issuer, prescriber, service or roster.")
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV; a roster also as xlsx.")],
    version: Annotated[str, typer.Option("--version", help="As its publisher names it.")],
    effective: Annotated[str, typer.Option("--effective", help="YYYY-MM-DD.")],
    home: HomeOption = None,
    practice: PracticeOption = False,
    json: JsonOption = False,
) -> None:
    """Put a file in the place of a list, whole or not at all."""
    from ui.commands.lists import run_import

    place = home_at(home)
    where = works_on_practice(place, practice)
    _leave(run_import(kind, file, version, effective, place, where, json))


@lists.command(name="rosters")
def lists_rosters(
    find: Annotated[bool, typer.Option(help="Ask for a document number and look it up.")] = False,
    home: HomeOption = None,
    practice: PracticeOption = False,
    json: JsonOption = False,
) -> None:
    """Batches of the rosters with age and counts; or what they say of one person, masked."""
    from ui.commands.lists import run_rosters

    place = home_at(home)
    # Typed unseen, not an argument: numbers of people stay out of the shell's history.
    number = typer.prompt("ID", hide_input=True) if find else ""
    _leave(run_rosters(number, place, works_on_practice(place, practice), json))


@lists.command(name="fetch")
def lists_fetch(
    version: Annotated[str, typer.Option("--version", help="The shop's name for it.")],
    effective: Annotated[str, typer.Option("--effective", help="YYYY-MM-DD.")],
    home: HomeOption = None,
    practice: PracticeOption = False,
    json: JsonOption = False,
) -> None:
    """Fetch the circulation list from the centre (7211)."""
    from ui.commands.lists import run_fetch

    place = home_at(home)
    _leave(run_fetch(version, effective, place, works_on_practice(place, practice), json))


@app.command()
def test(
    context: typer.Context,
    part: Annotated[str, typer.Argument(help="format, lint, types, imports, tests ...")] = "",
) -> None:
    """Run all checks, or one part of them."""
    from ui.commands.checks import main as run

    _leave(run([part] if part else []))


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="One benchmark; default all.")] = "",
    json: JsonOption = False,
) -> None:
    """Benchmarks: each with its limit and peers in the same run."""
    from ui.commands.bench import run

    _leave(run(name or None, json))


@app.command()
def package() -> None:
    """Build the .deb of this version into dist/."""
    from ui.commands.package import run

    _leave(run())


def run_cli() -> NoReturn:
    """Entry point: one clear line on stderr for every error of ours and of usage, no traceback."""
    lang = os.environ.get("YAOTAI_LANG", "zh_CN")
    try:
        sys.exit(app(prog_name="yaotai", standalone_mode=False) or 0)
    except YaotaiError as error:
        complain(say_error(error, lang), 1)
    except typer.Abort:
        complain("", 1)
    except Exception as error:
        # Typer carries its own click, whose usage errors have no public name.
        message, code = getattr(error, "format_message", None), getattr(error, "exit_code", None)
        if message is None or code is None:
            tell(error, folder_here())
            sys.exit(1)
        complain(f"yaotai: {message()} (yaotai --help)", code)
