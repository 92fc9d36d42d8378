"""Do PyTorch, the native runtime and the router's runtime give the same labels? 500 prompts of train and calibration rows.

python3 parity.py --tuned student-0 --runtime DIR      writes <work>/parity.json
"""
import argparse
import json
from pathlib import Path

import numpy as np
import torch

from dataset import load_labelled
from export import averaged, engine_outputs
from features import load_vocabulary
from finetune import Examples, draw, model_from, outputs
from ontology import DEFAULT_DATA, DEFAULT_WORK, HEADS, MODEL_DIR

PROMPTS = 500


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--work", type=Path, default=DEFAULT_WORK)
    parser.add_argument("--tuned", nargs="+", required=True)
    parser.add_argument("--runtime", type=Path, required=True)
    args = parser.parse_args()
    rows = [r for r in load_labelled(args.data) if r["split"] in ("train", "calibration")]
    rows = sorted(rows, key=lambda r: draw("parity " + r["id"]))[:PROMPTS]
    vocabulary = load_vocabulary(args.work / "kickoff.model")
    weights, shape = averaged(args.work, args.tuned)
    model = model_from(shape, {k: torch.from_numpy(v) for k, v in weights.items()})
    texts = [r["text"] for r in rows]
    found = {
        "torch float32": outputs(model, Examples(rows, vocabulary, 0)),
        "native runtime, int8": engine_outputs(MODEL_DIR / "model.onnx", texts, vocabulary, args.work, args.runtime),
        "router's runtime, int8 ORT format": engine_outputs(MODEL_DIR / "model.ort", texts, vocabulary, args.work),
    }
    report = {"prompts": len(rows)}
    names = list(found)
    for i, left in enumerate(names):
        for right in names[i + 1:]:
            same = {h: float(np.mean(found[left][h].argmax(1) == found[right][h].argmax(1))) for h in HEADS}
            gap = max(float(np.abs(found[left][h] - found[right][h]).max()) for h in HEADS)
            report[f"{left} / {right}"] = {"same_label": {h: round(v, 4) for h, v in same.items()}, "greatest_logit_difference": round(gap, 4)}
    (args.work / "parity.json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
