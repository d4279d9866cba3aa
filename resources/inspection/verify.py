"""核对检查包 checks digests, log and sums of an inspection pack: python3 verify.py [FOLDER]."""
# ruff: noqa: T201

import hashlib
import json
import sys
from collections import Counter
from pathlib import Path

BAD = []
PARTS = ("total_fen", "fund_fen", "institution_fen", "account_fen", "cash_fen")


def _bad(where: str, told: str) -> None:
    BAD.append(where)
    print(f"[不符 BAD] {where}: {told}")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check_files(folder: Path, manifest: dict) -> None:
    """Every file is there and as it was; no other one is."""
    lines = (folder / "sha256sums.txt").read_text("utf-8").splitlines()
    sums = {name: told for told, _, name in (line.partition("  ") for line in lines)}
    listed = {**manifest.get("files", {}), "manifest.json": sums.get("manifest.json")}
    there = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}
    for name in sorted({*sums, *listed}):
        if sums.get(name) != listed.get(name):
            _bad("sha256sums.txt", f"与清单不一致 differs from the manifest: {name}")
        if name not in there:
            _bad(name, "文件不见了 the file is missing")
        elif _digest(folder / name) != listed.get(name):
            _bad(name, "内容被改过 was changed, its SHA-256 differs")
    for name in sorted(there - {*listed, "sha256sums.txt"}):
        _bad(name, "清单里没有 is not in the manifest")
    print(f"文件 files: {len(listed)}; manifest.json: {_digest(folder / 'manifest.json')}")


def check_log(folder: Path, manifest: dict) -> None:
    """Each hash fits its entry, each entry follows the one before, no run has a hole."""
    heads = {(one["chain"], one["seq"]): one["hash"] for one in manifest["heads"]}
    hashes, names = {}, ("chain", "seq", "at", "actor", "act", "entry", "prev")
    with (folder / "log.jsonl").open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            at = row["chain"], row["seq"]
            where = f"log.jsonl {at[0]} #{at[1]}"
            told = [row[name] for name in names]
            text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
            if hashlib.sha256(text.encode()).hexdigest() != row["hash"]:
                _bad(where, "这一条被改过 the entry was changed")
            if hashes.get((at[0], at[1] - 1), row["prev"]) != row["prev"]:
                _bad(where, "接不上前一条 does not follow the entry before")
            if heads.get(at, row["hash"]) != row["hash"]:
                _bad(where, "与链头不符 is not the head that the manifest names")
            hashes[at] = row["hash"]
    for one in manifest["runs"]:
        for seq in range(one["first"], one["last"] + 1):
            if (one["chain"], seq) not in hashes:
                _bad(f"log.jsonl {one['chain']} #{seq}", "缺这一条 the entry is missing")
    print(f"日志 log entries: {len(hashes)}; 缺口 gaps: {len(manifest.get('log_gaps', []))}")


def check_sale(sale: dict, got: dict) -> None:
    """One sale adds up in itself; its figures go onto the totals."""
    where, tenders = f"pack.json {sale['no']} {sale['receipt_no']}", sale["tenders"]
    lines, paid = sale["lines"], [one for one in tenders if one["amount_fen"] > 0]
    for rows, told in ((lines, "各行 the lines"), (paid, "收款 what was paid")):
        if sum(one["amount_fen"] for one in rows) != sale["total_fen"]:
            _bad(where, f"{told}: 加起来不等于合计 not the total")
    for one in (one for one in sale["settlements"] if one["stands"]):
        if one["total_fen"] != sum(one[part] for part in PARTS[1:]):
            _bad(where, "结算分项不等于总额 the parts of a settlement do not add up")
        got["settled"].update({"count": 1, **{part: one[part] for part in PARTS}})
    got[""].update(sheets=1, lines=len(lines), gaps=len(sale["gaps"]), total_fen=sale["total_fen"])
    got[""].update(returned=any(one["state"] == "done" for one in sale["returns"]))
    got["gap_counts"].update(gap["code"] for gap in sale["gaps"])
    for kind, fen in ((one["kind"], one["amount_fen"]) for one in tenders):
        got["paid_fen" if fen >= 0 else "paid_back_fen"][kind] += fen


def check_totals(folder: Path, manifest: dict) -> None:
    """Sum everything again, and hold it against what the pack says."""
    got = {name: Counter() for name in ("", "gap_counts", "paid_fen", "paid_back_fen", "settled")}
    told = {}
    with (folder / "pack.json").open(encoding="utf-8") as file:
        for line in file:  # a sale is a line of its own: a quarter fits into any memory
            if line.startswith('{"no":'):
                check_sale(json.loads(line.rstrip().rstrip(",")), got)
            elif line.startswith('"totals":'):
                told = json.loads(line[9:])
    for where, said in (("pack.json", told), ("manifest.json", manifest["totals"])):
        for name, sums in got.items():
            there = said.get(name, {}) if name else {key: said.get(key) for key in sums}
            for key in (key for key in {*there, *sums} if there.get(key) != sums[key]):
                _bad(where, f"总计不符 {name} {key}: {there.get(key)}, 重算 summed {sums[key]}")
    print(f"销售 sales: {got['']['sheets']}, {got['']['total_fen'] / 100:.2f}")


def main() -> int:
    """All checks, each to its end whatever another found."""
    sys.stdout.reconfigure(errors="replace")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    checks = {"sha256sums.txt": check_files, "log.jsonl": check_log, "pack.json": check_totals}
    for name, check in checks.items():
        where = "manifest.json"
        try:
            manifest = dict(json.loads((folder / where).read_text("utf-8")))
            where = name
            check(folder, manifest)
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            _bad(where, f"读不了 cannot be read: {error!r}")
    print(f"不符 {len(BAD)} 处 found" if BAD else "全部相符 everything holds")
    return 1 if BAD else 0


if __name__ == "__main__":
    sys.exit(main())
