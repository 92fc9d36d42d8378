"""Assign train, calibration and test to the hand-labelled rows: by hash, clusters and repositories kept whole.

Rows with "pinned_split" keep it (near-paraphrases of the public consensus examples go to test; prompts written
later to mend a behaviour go to train).
"""
import argparse
import hashlib
import json
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer

from dataset import load_labelled
from ontology import DEFAULT_DATA, LABELS_FILE

SHARES = {"train": 0.60, "calibration": 0.15, "test": 0.25}
NEAR_DUPLICATE_COSINE = 0.5  # word 1-2-gram TF-IDF; by reading, pairs below are different tasks


def digest(text):
    """SHA-256 of a string, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def near_duplicate_clusters(texts):
    """Cluster index per text: connected components of pairs above the cosine limit."""
    matrix = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\S+").fit_transform(texts)
    similar = (matrix @ matrix.T).tocoo()
    parent = list(range(len(texts)))

    def root(index):
        while parent[index] != index:
            index = parent[index]
        return index

    for left, right, value in zip(similar.row, similar.col, similar.data):
        if left < right and value > NEAR_DUPLICATE_COSINE:
            parent[root(right)] = root(left)
    return [root(index) for index in range(len(texts))]


def split_by_size(groups):
    """Groups in hash order, each to the split furthest below its share. `groups`: name -> size."""
    filled = {name: 0 for name in SHARES}
    assigned = {}
    for group in sorted(groups, key=digest):
        target = max(SHARES, key=lambda name: SHARES[name] * sum(groups.values()) - filled[name])
        assigned[group] = target
        filled[target] += groups[group]
    return assigned


def assign(rows):
    """Set row["split"]: real prompts by whole repository, written ones by near-duplicate cluster."""
    repositories = {}
    for row in rows:
        if row["kind"] == "real":
            repositories[row["source"]] = repositories.get(row["source"], 0) + 1
    by_repository = split_by_size(repositories)
    clusters = near_duplicate_clusters([row["text"] for row in rows])
    for row, cluster in zip(rows, clusters):
        draw = int(digest(rows[cluster]["id"])[:8], 16) / 2**32
        drawn = "test" if draw < SHARES["test"] else "calibration" if draw < 0.40 else "train"
        row["split"] = row.get("pinned_split") or (by_repository[row["source"]] if row["kind"] == "real" else drawn)


def main():
    """Rewrite labels.jsonl with fresh splits; the result depends only on ids, sources and texts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    args = parser.parse_args()
    rows = load_labelled(args.data)
    assign(rows)
    for row in rows:
        if not row["text_in_repository"]:
            del row["text"]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    LABELS_FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
