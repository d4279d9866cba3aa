"""The log against what is kept outside the database: on both databases, cut, changed, put back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.domain.anchor import AnchorKind, Head, printed, read_anchors, typed
from app.domain.clock import from_micros, micros
from app.errors import BadValue
from app.ports import LogEntry
from app.ports_log import Broken, LogQuery, Mark
from app.storage.act_log import FIRST, entry_hash
from app.storage.anchor_file import AnchorFile
from app.storage.log_walk import LogBook
from app.use_cases.anchors import (
    BackupHeads,
    Witnesses,
    heads_of_text,
    verify_log,
    without_lost_hours,
)
from tests.contract.test_books_shop import WITHOUT_TRIGGERS, write
from tests.fakes.builders import STORE
from tests.fakes.clock import START

FIRST_CHAIN = f"{STORE}/01"


@pytest.fixture
def keeper(tmp_path):
    return AnchorFile(tmp_path / "anchors.log")


def anchored(keeper, books, day="2026-11-22", at=START):
    with books() as uow:
        keeper.keep(at, day, AnchorKind.CLOSE, uow.log.heads())


def verdict(engine, keeper, *backups, paper=None):
    with engine.connect() as connection:
        return verify_log(LogBook(connection), Witnesses(keeper.read(), backups, paper))


def tampered(engine, *statements):
    with engine.begin() as connection:
        for statement in (*WITHOUT_TRIGGERS[connection.dialect.name], *statements):
            connection.execute(text(statement.replace("TRIGGER act", "TRIGGER IF EXISTS act")))


def rewritten(engine, first, last, act="forged"):
    """Entries exchanged from ``first`` on by ones that hold in themselves."""
    tampered(engine, f"DELETE FROM act_log WHERE chain_id = '{FIRST_CHAIN}' AND seq >= {first}")
    with engine.begin() as connection:
        before = "SELECT hash FROM act_log WHERE chain_id = :c ORDER BY seq DESC LIMIT 1"
        prev = connection.execute(text(before), {"c": FIRST_CHAIN}).scalar() or FIRST
        for seq in range(first, last + 1):
            digest = entry_hash(FIRST_CHAIN, seq, seq, "staff-1", act, "{}", prev)
            connection.execute(
                text("INSERT INTO act_log VALUES (:c, :s, :s, 'staff-1', :a, '{}', :p, :h)"),
                {"c": FIRST_CHAIN, "s": seq, "a": act, "p": prev, "h": digest},
            )
            prev = digest


@pytest.mark.rule("LN-2.4a")
def test_a_log_that_nobody_touched_agrees_with_its_anchors(books, till, engine, keeper) -> None:
    write(books, "one", "two")
    write(till("02"), "elsewhere")
    anchored(keeper, books)
    write(books, "three")
    anchored(keeper, books, "2026-11-23")
    found = verdict(engine, keeper)
    assert found.good and found.walked.agree == 4
    assert found.walked.chains == ((FIRST_CHAIN, 3), (f"{STORE}/02", 1))


@pytest.mark.rule("LN-2.4a", "S-34")
def test_a_tail_that_was_cut_is_found(books, engine, keeper) -> None:
    write(books, "one", "two", "three")
    anchored(keeper, books)
    tampered(engine, "DELETE FROM act_log WHERE seq = 3")
    with books() as uow:
        assert uow.log.verify() == (2, ""), "the chain by itself cannot know"
    assert verdict(engine, keeper).walked.broken == Broken(
        FIRST_CHAIN, 3, "cut", "file", "2026-11-22"
    )


@pytest.mark.rule("LN-2.4a")
def test_a_chain_that_is_gone_whole_is_found(books, till, engine, keeper) -> None:
    write(books, "one")
    write(till("02"), "elsewhere")
    anchored(keeper, books)
    tampered(engine, f"DELETE FROM act_log WHERE chain_id = '{STORE}/02'")
    broken = verdict(engine, keeper).walked.broken
    assert broken == Broken(f"{STORE}/02", 1, "cut", "file", "2026-11-22")


@pytest.mark.rule("LN-2.4a", "S-34")
def test_history_written_anew_is_found_by_file_backup_and_paper(books, engine, keeper) -> None:
    write(books, "one", "two", "three")
    with books() as uow:
        (head,) = uow.log.heads()
    anchored(keeper, books)
    rewritten(engine, 2, 6)
    with books() as uow:
        assert uow.log.verify() == (6, "")
    unlike = Broken(FIRST_CHAIN, 3, "unlike", "file", "2026-11-22")
    assert verdict(engine, keeper).walked.broken == unlike
    empty = AnchorFile(keeper._path.with_name("other.log"))
    backup = BackupHeads("b", START, (head,))
    assert verdict(engine, empty, backup).walked.broken == Broken(
        FIRST_CHAIN, 3, "unlike", "backup", "2026-11-20"
    )
    paper = typed(printed(head.short).upper())
    assert verdict(engine, empty, paper=paper).walked.broken == Broken("", 3, "unlike", "paper")
    assert verdict(engine, empty).good, "without a witness nobody can know"


def test_a_paper_of_what_stands_agrees_and_one_from_beyond_is_a_cut(books, engine, keeper) -> None:
    write(books, "one", "two")
    with books() as uow:
        (head,) = uow.log.heads()
    found = verdict(engine, keeper, paper=typed(head.short))
    assert found.good and found.walked.agree == 1
    beyond = typed(f"9-{'0' * 16}")
    assert verdict(engine, keeper, paper=beyond).walked.broken == Broken("", 9, "cut", "paper")


@pytest.mark.parametrize("text", ["", "7", "7-", "0-" + "a" * 16, "7-" + "g" * 16, "7-abc", "七-x"])
def test_what_is_no_anchor_is_refused(text) -> None:
    with pytest.raises(BadValue):
        typed(text)


@pytest.mark.rule("LN-2.4a")
def test_a_backup_that_was_put_back_is_no_attack_and_a_claim_of_one_is(
    books, engine, keeper
) -> None:
    write(books, "one", "two")
    with books() as uow:
        base = uow.log.heads()
    write(books, "three", "four")
    anchored(keeper, books)
    later = BackupHeads("lost", START + timedelta(minutes=1), tuple(keeper.read().anchors[0].heads))
    # The books of the backup: two entries, then the one that tells of it.
    tampered(engine, "DELETE FROM act_log WHERE seq > 2")
    write(books, "backup.restored")
    with books() as uow:
        heads = uow.log.heads()
    keeper.keep(START + timedelta(hours=1), "2026-11-22", AnchorKind.RESTORED, heads, base)
    found = verdict(engine, keeper, later)
    assert found.good and found.superseded == 2 and len(found.restored) == 1
    gone = keeper.read().anchors[0].heads[0]
    assert verdict(engine, keeper, paper=typed(gone.short)).typed_superseded
    # The same line where the log tells of no backup.
    rewritten(engine, 3, 3, act="sale.done")
    broken = verdict(engine, keeper).walked.broken
    assert broken == Broken(FIRST_CHAIN, 3, "unlike", "file", "2026-11-22")


def test_a_close_stands_for_the_chains_of_the_other_tills(books, till, engine, keeper) -> None:
    write(till("02"), "elsewhere", "again")
    with books() as uow:
        heads = [[one.chain, one.seq, one.hash] for one in uow.log.heads()]
        uow.log.append("day.closed", "staff-1", START, {"heads": heads})
        uow.commit()
    assert verdict(engine, keeper).walked.agree == 1
    tampered(engine, f"DELETE FROM act_log WHERE chain_id = '{STORE}/02' AND seq = 2")
    broken = verdict(engine, keeper).walked.broken
    assert broken == Broken(f"{STORE}/02", 2, "cut", "log", "2026-11-20")


def test_pages_follow_one_another_and_narrow(books, till, engine) -> None:
    write(books, "sale.done", "sale.void", "price.set")
    write(till("02"), "sale.done")
    with engine.connect() as connection:
        log = LogBook(connection)
        every, after = [], None
        for _ in range(9):
            page = log.page(LogQuery(limit=2, after=after))
            if not page:
                break
            every += [(one.chain_id, one.seq) for one in page]
            after = (micros(page[-1].at), page[-1].chain_id, page[-1].seq)
        assert len(every) == len(set(every)) == 4
        assert len(log.page(LogQuery(act="sale."))) == 3
        assert len(log.page(LogQuery(act="sale.done", chain=FIRST_CHAIN))) == 1
        assert not log.page(LogQuery(staff="nobody")) and not log.page(LogQuery(ends=START))
        assert len(log.page(LogQuery(begins=START, ends=START + timedelta(seconds=1)))) == 4


# --- the file -------------------------------------------------------------------------------------


def test_the_file_only_grows_and_is_private(tmp_path) -> None:
    keeper = AnchorFile(tmp_path / "anchors.log")
    head = Head("S/01", 1, "a" * 64)
    for day in ("2026-11-20", "2026-11-21"):
        keeper.keep(START, day, AnchorKind.MORNING, [head])
    path = tmp_path / "anchors.log"
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open("ab") as file:
        file.write(b'{"at":1,"base"')  # the power went
    keeper.keep(START, "2026-11-22", AnchorKind.CLOSE, [head])
    read = keeper.read()
    assert [one.day for one in read.anchors] == ["2026-11-20", "2026-11-21", "2026-11-22"]
    assert (read.torn, read.broken) == (1, 0)


@pytest.mark.parametrize("line", range(3))
def test_a_line_that_was_changed_or_taken_out_is_found(tmp_path, line) -> None:
    keeper = AnchorFile(tmp_path / "anchors.log")
    for day in range(20, 24):
        keeper.keep(START, f"2026-11-{day}", AnchorKind.CLOSE, [Head("S/01", day, "a" * 64)])
    lines = (tmp_path / "anchors.log").read_text("utf-8").splitlines()
    changed = [*lines[:line], lines[line].replace("aaaa", "aaab"), *lines[line + 1 :]]
    assert read_anchors(changed).broken == line + 1
    assert read_anchors([*lines[:line], *lines[line + 1 :]]).broken == line + 1
    assert read_anchors(lines).broken == 0


def test_garbage_is_no_anchor() -> None:
    for line in ("[]", "{}", "null", "[" * 9999, '{"at":"x"}', "x\x00", "9" * 100_000):
        read = read_anchors([line])
        assert read.anchors == () and read.broken == 1
    assert read_anchors(['{"at":17', "\0\0"]).torn == 2
    assert heads_of_text("a:1:b no :2: c:x:d e:3:f") == (Head("a", 1, "b"), Head("e", 3, "f"))


def test_two_marks_of_one_place_are_both_held(books, engine) -> None:
    write(books, "one")
    with engine.connect() as connection:
        log = LogBook(connection)
        (head,) = log.heads()
        good = Mark(head.chain, 1, head.hash[:16], "paper", "")
        assert log.walk([good, good]).agree == 2
        bad = Mark(head.chain, 1, "0" * 16, "backup", "")
        assert log.walk([good, bad]).broken == Broken(head.chain, 1, "unlike", "backup", "")


def test_the_end_of_each_chain_and_every_old_mark_are_looked_at(
    books, till, engine, monkeypatch
) -> None:
    monkeypatch.setattr("app.storage.log_walk.LATELY", 2)
    write(books, "one", "two", "three", "four", "five")
    write(till("02"), "elsewhere")
    with books() as uow:
        heads = uow.log.heads()
        first = uow.log.tail(9)[-1]
        old = Mark(FIRST_CHAIN, 1, first.hash, "file", "2026-11-20")
        good = [Mark(one.chain, one.seq, one.hash, "file", "") for one in heads]
        found = uow.log.lately([old, *good])
        assert found.broken is None and found.agree == 3
        assert dict(found.chains) == {FIRST_CHAIN: 2, f"{STORE}/02": 1}
    tampered(engine, "UPDATE act_log SET actor = 'x' WHERE seq = 5")
    with books() as uow:
        assert uow.log.lately([]).broken == Broken(FIRST_CHAIN, 5, "changed")
    rewritten(engine, 1, 5)
    with books() as uow:
        assert uow.log.lately([]).broken is None
        assert uow.log.lately([old]).broken == Broken(
            FIRST_CHAIN, 1, "unlike", "file", "2026-11-20"
        )


def test_what_was_kept_in_hours_that_a_backup_took_away_is_left_out(keeper) -> None:
    """Told by the log; a till may be behind or ahead of the one that put it back by minutes."""
    head, made_at, at = Head("S/01", 9, "a" * 64), START, START + timedelta(days=2)
    for kept in (made_at - timedelta(days=1), made_at + timedelta(days=1),
                 at + timedelta(minutes=5), at + timedelta(days=1)):  # fmt: skip
        keeper.keep(kept, f"{kept:%Y-%m-%d}", AnchorKind.MORNING, [head])
    told = json.dumps({"name": "b", "made_at": made_at.isoformat()})
    entries = [LogEntry("S/02", 1, at, "restore", "backup.restored", text, "", "")
               for text in (told, "{", "[]")]  # fmt: skip
    backups = tuple(
        BackupHeads(f"{days}", made_at + timedelta(days=days), (head,)) for days in (-1, 1, 3)
    )
    left = without_lost_hours(Witnesses(keeper.read(), backups), entries)
    assert [from_micros(one.at) - START for one in left.read.anchors] == [
        timedelta(days=-1), timedelta(days=3),
    ]  # fmt: skip
    assert [one.name for one in left.backups] == ["-1", "3"]
