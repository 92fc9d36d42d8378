"""Fit the category head anew on what the finished encoder sees: the labels of free texts are too few to share a hidden layer.

Reads <work>/tuned-<start>.pt and writes it back with a category head of its own (heads.category_hidden, heads.outputs.category).
"""
import argparse
import json
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from dataset import load_labelled
from encoder import pool
from features import load_vocabulary
from finetune import Examples, draw, load_model
from ontology import CATEGORIES, CATEGORIES_FILE, DEFAULT_DATA, DEFAULT_WORK

HIDDEN = 96


def seen(model, rows, vocabulary):
    """What the heads see of each row, [n, inputs]."""
    examples, parts = Examples(rows, vocabulary, 0), []
    with torch.no_grad():
        for start in range(0, len(rows), 64):
            ids, mask = examples.batch(range(start, min(start + 64, len(rows))))
            pooled = pool(model.encoder(ids, mask), mask)
            parts.append(pooled if model.grams is None else torch.cat([pooled, model.grams(ids, mask)], 1))
    return torch.cat(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--work", type=Path, default=DEFAULT_WORK)
    parser.add_argument("--start", default="student-0")
    args = parser.parse_args()
    torch.manual_seed(0)
    vocabulary = load_vocabulary(args.work / "kickoff.model")
    path = args.work / f"tuned-{args.start}.pt"
    model = load_model(path).eval()
    texts = [json.loads(line) for line in CATEGORIES_FILE.read_text(encoding="utf-8").splitlines()]
    texts = [{**t, "out_of_scope": False} for t in texts]
    coding = [r for r in load_labelled(args.data) if r["split"] == "train" and not r["out_of_scope"]]
    coding = sorted(coding, key=lambda r: draw("category " + r["id"]))[:150]
    train = [t for t in texts if t["split"] == "train"] + [{**r, "category": "coding"} for r in coding]
    held = [t for t in texts if t["split"] == "calibration"]
    x, held_x = seen(model, train, vocabulary), seen(model, held, vocabulary)
    y = torch.tensor([CATEGORIES.index(r["category"]) for r in train])
    held_y = np.asarray([CATEGORIES.index(r["category"]) for r in held])
    mean, sd = x.mean(0), x.std(0) + 1e-3
    hidden, out = torch.nn.Linear(x.shape[1], HIDDEN), torch.nn.Linear(HIDDEN, len(CATEGORIES))
    optimiser = torch.optim.AdamW([*hidden.parameters(), *out.parameters()], lr=2e-3, weight_decay=0.3)
    for step in range(400):
        z = F.dropout((x - mean) / sd, 0.4)
        loss = F.cross_entropy(out(F.dropout(F.relu(hidden(z)), 0.3)), y, label_smoothing=0.05)
        optimiser.zero_grad(), loss.backward(), optimiser.step()
        if (step + 1) % 100 == 0:
            with torch.no_grad():
                right = out(F.relu(hidden((held_x - mean) / sd))).argmax(1).numpy() == held_y
            print(f"step {step + 1} loss {loss.item():.3f} calibration accuracy {right.mean():.3f}")
    state = torch.load(path)
    weight = hidden.weight.data / sd  # the scaling is folded into the layer
    state["model"]["heads.category_hidden.weight"] = weight
    state["model"]["heads.category_hidden.bias"] = hidden.bias.data - weight @ mean
    state["model"]["heads.outputs.category.weight"], state["model"]["heads.outputs.category.bias"] = out.weight.data, out.bias.data
    torch.save(state, path)


if __name__ == "__main__":
    main()
