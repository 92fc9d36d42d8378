"""Give every labelled prompt its split and keep look-alikes of held-out prompts out of training.

By whole repository: all rows that go back to one repository (work items, real prompts, and prompts written from one of its
commits) share a split. A repository that has none yet is drawn by the SHA-256 of its name; one that has keeps it, so that a
held-out row never becomes a training row. A held-out row that only one labeller read is "unused". Rows of our own without a repository were drawn by near-duplicate cluster when
they were added. A training row too close to a held-out one becomes "unused". Run again, it changes nothing.
"""
import argparse
import hashlib
import json
from collections import Counter
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer

from dataset import load_labelled, name_of
from ontology import DEFAULT_DATA, LABELS_FILE, NOISE_FILE

# Share of new repositories: what people wrote is scarce, so more of it is held out.
SHARES = {"work_item": (0.25, 0.15), "real_prompt": (0.25, 0.15), "written": (0.07, 0.07)}
NEAR_COSINE = 0.75  # word 1-2-gram TF-IDF; by reading, pairs above are the same request


def draw(name):
    """A number in [0, 1) fixed by the name."""
    return int(hashlib.sha256(name.encode("utf-8")).hexdigest()[:8], 16) / 2**32


def assign(rows):
    """Set row["split"] of rows that have none."""
    known = {name_of(r): r["split"] for r in rows if r.get("split") and name_of(r) != "own"}
    for row in rows:
        if row.get("split"):
            continue
        test, calibration = SHARES[row["kind"]]
        name = name_of(row) if name_of(row) != "own" else row["id"]
        at = draw(name)
        row["split"] = known.get(name) or ("test" if at < test else "calibration" if at < test + calibration else "train")


def leave_out_near(rows):
    """Training rows near a held-out one become "unused"."""
    held = [r for r in rows if r["split"] in ("calibration", "test")]
    train = [r for r in rows if r["split"] == "train"]
    vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\S+").fit([r["text"] for r in rows])
    nearest = (vectors.transform([r["text"] for r in train]) @ vectors.transform([r["text"] for r in held]).T).max(axis=1)
    for row, cosine in zip(train, nearest.toarray().ravel()):
        if cosine > NEAR_COSINE:
            row["split"] = "unused"


def leave_out_single_votes(rows):
    """Held-out rows count only when two labellers read them."""
    for row in rows:
        if row["split"] in ("calibration", "test") and row["votes"] < 2:
            row["split"] = "unused"


def leave_out_stability(rows):
    """Prompts whose rewritten forms test how steady the labels are are not trained on either."""
    kept = {json.loads(line)["id"] for line in NOISE_FILE.read_text(encoding="utf-8").splitlines()}
    for row in rows:
        if row["id"] in kept and row["split"] == "train":
            row["split"] = "stability"


def main():
    """Rewrite labels.jsonl with its splits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    args = parser.parse_args()
    rows = load_labelled(args.data)
    assign(rows)
    leave_out_near(rows)
    leave_out_single_votes(rows)
    leave_out_stability(rows)
    for row in rows:
        if not row["text_in_repository"]:
            del row["text"]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    LABELS_FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(Counter(r["split"] for r in rows))


if __name__ == "__main__":
    main()
