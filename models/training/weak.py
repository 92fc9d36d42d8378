"""A second stage of pre-training: commit types, touched paths and size of the change, from the commit's words.

Starts from <work>/encoder-<encoder>.pt and writes <work>/encoder-<name>.pt. Repositories with held-out prompts are left out.
"""
import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from bag import TOUCH_KINDS
from dataset import load_weak
from encoder import Encoder, pool
from features import load_vocabulary, token_ids
from ontology import DEFAULT_DATA, DEFAULT_WORK, HEAD_LABELS, PAD

LENGTH = 48


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--work", type=Path, default=DEFAULT_WORK)
    parser.add_argument("--encoder", default="a")
    parser.add_argument("--name", default="aw")
    parser.add_argument("--rows", type=int, default=50000)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    vocabulary = load_vocabulary(args.work / "kickoff.model")
    rows = load_weak(args.data, {"total": args.rows, "per_source": 3000, "seed": args.seed})
    ids = [np.asarray(token_ids(vocabulary, r["text"]))[:LENGTH] for r in rows]
    types = HEAD_LABELS["task_type"]
    kind = torch.tensor([types.index(r["task_type"]) if r["task_type"] else -100 for r in rows])
    touched = torch.tensor([[float(k in (r["touches"] or [])) for k in TOUCH_KINDS] for r in rows])
    known = torch.tensor([[float(r["touches"] is not None)] for r in rows])
    size = torch.tensor([[math.log1p(r["n_files"]) if r.get("n_files") else 0.0] for r in rows])
    sized = torch.tensor([[float(bool(r.get("n_files")))] for r in rows])
    state = torch.load(args.work / f"encoder-{args.encoder}.pt")
    model = Encoder(**state["shape"], dropout=0.1)
    model.load_state_dict(state["model"])
    head = torch.nn.Linear(2 * state["shape"]["width"], len(types) + len(TOUCH_KINDS) + 1)
    optimiser = torch.optim.AdamW([*model.parameters(), *head.parameters()], lr=args.rate, weight_decay=0.01, foreach=True)
    rng = np.random.default_rng(args.seed)
    order = rng.permutation(len(rows))
    lengths = np.asarray([len(i) for i in ids])
    blocks = [b[np.argsort(lengths[b])] for b in np.array_split(order, len(order) // (args.batch * 16))]
    batches = [b[k:k + args.batch] for b in blocks for k in range(0, len(b), args.batch)]
    began, losses = time.time(), []
    for step, k in enumerate(rng.permutation(len(batches))):
        for group in optimiser.param_groups:
            group["lr"] = args.rate * min(1, (step + 1) / 50) * (1 - step / len(batches))
        index = batches[k]
        length = lengths[index].max()
        block = np.full((len(index), length), PAD)
        for row, i in enumerate(index):
            block[row, :len(ids[i])] = ids[i]
        block = torch.from_numpy(block)
        mask = (block != PAD).float()
        at = torch.from_numpy(index)
        out = head(pool(model(block, mask), mask))
        logits, paths, files = out.split([len(types), len(TOUCH_KINDS), 1], 1)
        loss = F.cross_entropy(logits, kind[at], ignore_index=-100)
        loss = loss + (F.binary_cross_entropy_with_logits(paths, touched[at], reduction="none") * known[at]).sum(1).mean()
        loss = loss + 0.3 * ((files - size[at]) ** 2 * sized[at]).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.item())
        if (step + 1) % 100 == 0:
            print(f"step {step + 1} of {len(batches)} loss {np.mean(losses[-100:]):.3f} {time.time() - began:.0f} s", flush=True)
    torch.save({"shape": model.shape, "model": model.state_dict(), "weak_rows": len(rows)}, args.work / f"encoder-{args.name}.pt")


if __name__ == "__main__":
    main()
