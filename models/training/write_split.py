"""Write one split as JSON lines with all texts joined, for `npm run model:eval -- --data FILE`, and its free texts beside it.

Writes <work>/<split>.jsonl and <work>/<split>-categories.jsonl; both stay out of the repository, for some texts may not be
passed on.
"""
import argparse
import json
from pathlib import Path

from dataset import load_labelled
from ontology import CATEGORIES_FILE, DEFAULT_DATA, DEFAULT_WORK


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--work", type=Path, default=DEFAULT_WORK)
    parser.add_argument("--split", required=True, choices=("train", "calibration", "test"))
    args = parser.parse_args()
    rows = [r for r in load_labelled(args.data) if r["split"] == args.split]
    texts = [t for t in map(json.loads, CATEGORIES_FILE.read_text(encoding="utf-8").splitlines()) if t["split"] == args.split]
    for name, part in ((args.split, rows), (f"{args.split}-categories", texts)):
        path = args.work / f"{name}.jsonl"
        path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in part), encoding="utf-8")
        print(path, len(part))


if __name__ == "__main__":
    main()
