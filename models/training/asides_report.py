"""How often an aside that nobody trained on moves a label, with the filter of asides and without: calibration prompts only.

python3 asides_report.py --tuned student-0      prints one JSON line for the whole text and one for what is left of it
"""
import argparse
import json
import random
from pathlib import Path

import numpy as np

import features
import steer
from dataset import load_labelled
from features import load_vocabulary
from finetune import Examples, load_model, outputs
from ontology import DEFAULT_DATA, DEFAULT_WORK, HEAD_LABELS, HEADS, REPO
from plain import one_line, to_plain, without_marks

PROMPTS = 400
READERS = {"whole text": lambda prompt, _: one_line(without_marks(prompt)), "without asides": to_plain}


def held_remarks():
    """The asides that training never draws, by kind."""
    rows = [json.loads(line) for line in (REPO / "models" / "data" / "asides.jsonl").read_text(encoding="utf-8").splitlines()]
    return {kind: [r["text"] for r in rows if r["kind"] == kind and steer.kept_aside(r["text"])] for kind in ("steer", "filler")}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--work", type=Path, default=DEFAULT_WORK)
    parser.add_argument("--tuned", default="student-0")
    args = parser.parse_args()
    vocabulary = load_vocabulary(args.work / "kickoff.model")
    model = load_model(args.work / f"tuned-{args.tuned}.pt")
    rows = [r for r in load_labelled(args.data) if r["split"] == "calibration"][:PROMPTS]
    held, rng = held_remarks(), random.Random(7)
    steer.remarks = lambda: held
    moved = [{**r, "text": steer.steered(r["text"], rng)} for r in rows]
    for name, read in READERS.items():
        features.to_plain = read
        before, after = (outputs(model, Examples(part, vocabulary, 0)) for part in (rows, moved))
        flips = {h: before[h].argmax(1) != after[h].argmax(1) for h in HEADS}
        right = [before[h].argmax(1) == [HEAD_LABELS[h].index(r["labels"][h]) for r in rows] for h in HEADS]
        print(json.dumps({"read": name, "prompts": len(rows), "unified": round(float(np.mean(right)), 4),
                          **{h: round(float(f.mean()), 4) for h, f in flips.items()},
                          "any": round(float(np.any(list(flips.values()), axis=0).mean()), 4)}), flush=True)


if __name__ == "__main__":
    main()
