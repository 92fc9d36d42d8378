"""Reads the hand-labelled prompts (joining texts that are not in the repository) and the weakly labelled rows."""
import json
import random
import re
import subprocess

from ontology import HEADS, LABELS_FILE, SUB_SCORES

SUBJECT_MIGRATION = re.compile(
    r"\b(migrat\w*|upgrad\w*|bump|port (?:from|to)|switch (?:from|to)|move (?:from|to)|convert)\b", re.I)
SUBJECT_EXPLORATION = re.compile(
    r"^(investigate|explore|spike|research|evaluate|why|how|what|which|is it|can we|should)\b", re.I)
COMMIT_TYPES = {
    "fix": "bugfix", "bug": "bugfix", "feat": "feature", "enhance": "feature", "refactor": "refactor",
    "style": "refactor", "internal": "refactor", "docs": "docs", "test": "test",
}
NLBSE_TYPES = {"bug": "bugfix", "feature": "feature", "question": "exploration"}
BEADS_TYPES = {"bug": "bugfix", "feature": "feature", "design": "design", "decision": "design", "docs": "docs"}


def read_jsonl(path):
    """The objects of a JSON-lines file, zstd-compressed or plain."""
    compressed = str(path).endswith(".zst")
    raw = subprocess.check_output(["zstd", "-dc", str(path)]) if compressed else path.read_bytes()
    return [json.loads(line) for line in raw.splitlines() if line.strip()]


def clean(text):
    """A work item's text without mark-up left over from its tracker."""
    return re.sub(r"\{html\}|</?\w+[^>]*>", " ", text or "").replace("\r", "").strip()


def item_text(row, form):
    """A work item as it was read: the title, or title and the start of the body."""
    title, body = clean(row["text"]), clean(row.get("description") or row.get("body"))
    if form == "title" or not body:
        return title[:1200]
    return title + "\n\n" + re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+", " ", body))[:900]


def load_labelled(data):
    """All hand-labelled rows with their texts; those without text in the repository are joined from `data`.

    Rows whose text cannot be found (no data folder) are left out, and their number is printed.
    """
    rows = [json.loads(line) for line in LABELS_FILE.read_text(encoding="utf-8").splitlines()]
    cache, found = {}, []
    for row in rows:
        if "text" not in row:
            reference = row["text_ref"]
            path = data / reference["file"]
            if path not in cache:
                cache[path] = read_jsonl(path) if path.exists() else None
            if cache[path] is None:
                continue
            source = cache[path][reference["line"]]
            row["text"] = item_text(source, reference["form"]) if row["kind"] == "work_item" else source["text"]
        found.append(row)
    if len(found) < len(rows):
        print(f"{len(rows) - len(found)} rows left out: their texts are not under {data}")
    return found


def nested(row):
    """Bring a flat row (labels and scores at top level) into the shape of labels.jsonl."""
    return {
        "text": row["text"],
        "labels": {head: row[head] for head in HEADS},
        "scores": {name: float(row[name]) for name in SUB_SCORES},
        "out_of_scope": bool(row.get("out_of_scope", False)),
        "source": row.get("source", ""),
    }


def load_single(data):
    """Single-vote labels on issue and commit titles: training only.

    288 of its rows are second votes on our real prompts: left out whole, or they would carry held-out texts into training.
    So are the rows of repositories from which calibration or test rows come.
    """
    rows = read_jsonl(data / "labels_single.jsonl")
    held = held_out_names()
    return [nested(row) for row in rows if row["file"] != "real_prompts_unlabelled" and name_of(row) not in held]


def held_out_names():
    """Repositories and projects from which calibration or test rows come."""
    stored = [json.loads(line) for line in LABELS_FILE.read_text(encoding="utf-8").splitlines()]
    return {name_of(row) for row in stored if row["split"] in ("calibration", "test")}


def name_of(row):
    """The repository or project that a row goes back to, whatever collection it came through."""
    source = row.get("seed", row)["source"]
    return source.split(":", 1)[-1]


def commit_task_type(row):
    """Ontology task type that a conventional-commit row supports, or None. Type and touched paths must agree."""
    kind, touches, only = row.get("commit_type"), row.get("touches") or [], row.get("only") or []
    if SUBJECT_MIGRATION.search(row["text"]) and kind in (None, "none", "chore", "build", "feat", "refactor"):
        return "migration"
    if SUBJECT_EXPLORATION.search(row["text"]) and kind in (None, "none"):
        return "exploration"
    task_type = COMMIT_TYPES.get(kind)
    if task_type in ("docs", "test") and touches and task_type not in touches:
        return None
    if task_type is None and only:
        return {"docs": "docs", "test": "test", "design": "design"}.get(only[0] if isinstance(only, list) else only)
    return task_type


def load_weak(data, limits):
    """Rows for pre-training: {text, task_type or None, touches}. `limits` holds total, per_source and seed."""
    rng = random.Random(limits["seed"])
    held = held_out_names()
    commits = read_jsonl(data / "train" / "commits.jsonl.zst")
    rng.shuffle(commits)
    taken, per_source, per_type = [], {}, {}
    for row in commits:
        touches, task_type = row.get("touches") or [], commit_task_type(row)
        if name_of(row) in held:
            continue
        if per_type.get(task_type, 0) >= limits["total"] // 5:
            task_type = None  # enough of this type; the touched paths still teach
        if (task_type is None and not touches) or per_source.get(row["source"], 0) >= limits["per_source"]:
            continue
        per_source[row["source"]] = per_source.get(row["source"], 0) + 1
        if task_type is not None:
            per_type[task_type] = per_type.get(task_type, 0) + 1
        text = row["text"] + ("\n" + row["body"] if row.get("body") and rng.random() < 0.3 else "")
        taken.append({"text": text, "task_type": task_type, "touches": touches, "n_files": row.get("n_files")})
        if len(taken) == limits["total"]:
            break
    return taken + issue_rows(data, held)


def issue_rows(data, held=frozenset()):
    """Issue trackers and design documents with a usable type; title alone and title with the body's start."""
    rows = []
    for row in read_jsonl(data / "train" / "nlbse24_issues.jsonl.zst"):
        if name_of(row) in held:
            continue
        rows.append((row["text"], row.get("body"), NLBSE_TYPES[row["label"]]))
    for row in read_jsonl(data / "train" / "beads_issues.jsonl.zst"):
        if name_of(row) in held:
            continue
        rows.append((row["text"], row.get("description"), BEADS_TYPES.get(row["issue_type"])))
    for row in read_jsonl(data / "train" / "rust_rfcs_design.jsonl.zst"):
        if name_of(row) in held:
            continue
        rows.append((re.sub(r"^Design: ", "", row["text"]), row.get("description"), "design"))
    out = []
    for title, body, task_type in rows:
        if task_type is None:
            continue
        out.append({"text": title, "task_type": task_type, "touches": None})
        if body:
            out.append({"text": title + "\n" + body[:600], "task_type": task_type, "touches": None})
    return out
