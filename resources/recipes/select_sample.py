"""Choose the sample corpus that ships with Nasaq, and write it to resources/samples.

usage: python resources/recipes/select_sample.py [TEST_DATA]   (default: ../shared/data)

News: every document of at most 700 characters that has an exact or near duplicate of at
most 700 characters in the ANT corpus, filled up to 600 with other short documents.
Comments: 220 offensive and 580 inoffensive ones of MPOLD, 20 to 280 characters long.
Within each group the order, and so the choice, is that of the SHA-256 of the id; the
recipes that train the shipped models leave the chosen rows out.
"""

import hashlib
import json
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEWS, OFFENSIVE, INOFFENSIVE = 600, 220, 580
LONGEST_NEWS = 700


def read_jsonl(path: Path) -> list[dict]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def by_hash(rows: list[dict]) -> list[dict]:
    return sorted(rows, key=lambda row: hashlib.sha256(row["id"].encode()).hexdigest())


def choose_news(folder: Path) -> list[dict]:
    rows = [r for r in read_jsonl(folder / "ant_v1.1.jsonl") if 0 < len(r["text"]) <= LONGEST_NEWS]
    ids = {row["id"] for row in rows}
    groups = defaultdict(list)
    for row in rows:
        groups[row["text"]].append(row["id"])
    twins = {member for group in groups.values() if len(group) > 1 for member in group}
    for pair in read_jsonl(folder / "near_dup_pairs.jsonl"):
        if pair["a"] in ids and pair["b"] in ids:
            twins |= {pair["a"], pair["b"]}
    duplicated = by_hash([row for row in rows if row["id"] in twins])
    # Half of the sample at most: a duplicate is worth nothing without its twin, so whole groups only.
    kept: list[dict] = []
    partner = {member: group for group in groups.values() for member in group}
    taken: set[str] = set()
    near = {p[k] for p in read_jsonl(folder / "near_dup_pairs.jsonl") for k in ("a", "b")} & twins
    by_id = {row["id"]: row for row in rows}
    for row in [by_id[i] for i in sorted(near)] + duplicated:
        if len(taken) >= 160 and row["id"] not in near:
            break
        for member in partner[row["id"]]:
            if member not in taken:
                taken.add(member)
                kept.append(by_id[member])
    others = [row for row in by_hash(rows) if row["id"] not in twins and 200 <= len(row["text"]) <= 420]
    return by_hash(kept + others[: NEWS - len(kept)])


def choose_comments(folder: Path) -> list[dict]:
    rows = []
    for row in read_jsonl(folder / "mpold.jsonl"):
        text = row["Comment"].strip()
        if 20 <= len(text) <= 280:
            offensive = row["Majority_Label"] == "Offensive"
            rows.append({"id": f"mpold-{row['Id']}", "platform": row["Platform"], "text": text, "offensive": offensive})
    ordered = by_hash(rows)
    offensive = [row for row in ordered if row["offensive"]][:OFFENSIVE]
    inoffensive = [row for row in ordered if not row["offensive"]][:INOFFENSIVE]
    return by_hash(offensive + inoffensive)


def write(name: str, rows: list[dict]) -> None:
    path = ROOT / "resources" / "samples" / name
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {len(rows)} rows, {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
    news = [{k: r[k] for k in ("id", "category", "date", "title", "text")} for r in choose_news(data / "ant_corpus")]
    write("news.jsonl", news)
    write("comments.jsonl", choose_comments(data / "tox_mpold"))
