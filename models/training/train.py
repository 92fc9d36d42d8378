"""Train the bag: pre-train on weak commit and issue labels, fine-tune on prompts read under the ontology.

Writes <work>/weights.npz (float32, mean of the seeds) and <work>/train.json (settings and calibration scores).
The settings are those that cross-validation chose for an earlier bag of this form; the test rows are never read here.
"""
import argparse
import copy
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from bag import TOUCH_KINDS, Bag, collate, forward_all, mean_weights, to_weights
from dataset import load_labelled, load_single, load_weak
from features import load_vocabulary, prompt_features
from ontology import DEFAULT_DATA, DEFAULT_WORK, HEAD_LABELS, HEADS, SUB_SCORES
from steer import disturbed
from teacher import Teacher, unlabelled_texts

IGNORE = -100


def one_hot(rows, head, smoothing):
    """Smoothed one-hot rows of a head's labels."""
    size = len(HEAD_LABELS[head])
    index = torch.tensor([HEAD_LABELS[head].index(r["labels"][head]) for r in rows])
    return F.one_hot(index, size).float() * (1 - smoothing) + smoothing / size


def targets(rows, smoothing):
    """Class distributions, scores and weights of ontology rows as tensors."""
    out = {head: one_hot(rows, head, smoothing) for head in HEADS}
    out["sub"] = torch.tensor([[r["scores"][name] for name in SUB_SCORES] for r in rows])
    out["out_of_scope"] = torch.tensor([float(r["out_of_scope"]) for r in rows])
    out["scope_known"] = torch.ones(len(rows))
    out["weight"] = torch.tensor([float(r.get("weight", 1.0)) for r in rows])
    return out


def with_taught(rows, pool, settings):
    """(feature vectors, targets) of the labelled rows followed by the pool with the teacher's soft targets."""
    target = targets(rows, settings["smoothing"])
    features = [r["features"] for r in rows]
    if not pool:
        return features, target
    soft = Teacher(rows).soft_targets([r["text"] for r in pool])
    for name, values in soft.items():
        target[name] = torch.cat([target[name], torch.from_numpy(values)])
    for name in ("out_of_scope", "scope_known"):  # the teacher does not judge scope
        target[name] = torch.cat([target[name], torch.zeros(len(pool))])
    target["weight"] = torch.cat([target["weight"], torch.full((len(pool),), settings["pool_weight"])])
    return features + [r["features"] for r in pool], target


def batches(count, size, generator):
    """Shuffled index batches of one epoch."""
    return torch.randperm(count, generator=generator).split(size)


def make_optimisers(model, settings):
    """Sparse Adam for the embedding (few rows change per batch), AdamW for the dense layers."""
    dense = [p for n, p in model.named_parameters() if not n.startswith("embedding")]
    return [
        torch.optim.SparseAdam(list(model.embedding.parameters()), lr=settings["embedding_lr"]),
        torch.optim.AdamW(dense, lr=settings["lr"], weight_decay=settings["decay"]),
    ]


def step(optimisers, loss):
    """One update of every optimiser."""
    for optimiser in optimisers:
        optimiser.zero_grad()
    loss.backward()
    for optimiser in optimisers:
        optimiser.step()


def pretrain(model, weak, settings):
    """Commit and issue rows: task type where known, kinds of touched paths where known."""
    types = HEAD_LABELS["task_type"]
    labels = torch.tensor([types.index(r["task_type"]) if r["task_type"] else IGNORE for r in weak])
    touched = torch.tensor([[float(k in (r["touches"] or [])) for k in TOUCH_KINDS] for r in weak])
    known = torch.tensor([float(r["touches"] is not None) for r in weak])
    counts = torch.bincount(labels[labels >= 0], minlength=len(types)).float()
    class_weight = (counts.sum() / counts.clamp(min=1)).sqrt()
    class_weight = class_weight / class_weight.mean()
    optimisers = make_optimisers(model, {"embedding_lr": settings["pre_lr"], "lr": settings["pre_lr"], "decay": 0.0})
    generator = torch.Generator().manual_seed(settings["seed"])
    for epoch in range(settings["pre_epochs"]):
        model.train()
        total = 0.0
        for batch in batches(len(weak), 1024, generator):
            out = model(*collate([weak[i]["features"] for i in batch.tolist()]))
            path_loss = F.binary_cross_entropy_with_logits(out["touches"], touched[batch], reduction="none").sum(1)
            loss = F.cross_entropy(out["task_type"], labels[batch], weight=class_weight, ignore_index=IGNORE)
            loss = loss + (path_loss * known[batch]).mean()
            step(optimisers, loss)
            total += float(loss) * len(batch)
        print(f"pre-train epoch {epoch}: loss {total / len(weak):.4f}", flush=True)


def fine_tune_loss(out, target, batch):
    """Weighted mean of the three heads' cross-entropies, sub-score and scope losses."""
    weight = target["weight"][batch]
    scope = F.binary_cross_entropy_with_logits(out["out_of_scope"].squeeze(1), target["out_of_scope"][batch], reduction="none")
    loss = scope * target["scope_known"][batch]
    for head in HEADS:
        loss = loss + F.cross_entropy(out[head], target[head][batch], reduction="none")
    loss = loss + 0.5 * F.binary_cross_entropy_with_logits(out["sub"], target["sub"][batch], reduction="none").sum(1)
    return (loss * weight).sum() / weight.sum()


def feature_dropout(features, keep, rng):
    """Drop each id with probability 1 - keep, so that no single n-gram decides."""
    kept = features[rng.random(len(features)) < keep]
    return kept if len(kept) else features


def fine_tune(start, examples, settings, seed):
    """One fine-tuning run from the pre-trained module `start` on (features, targets); returns arrays."""
    features, target = examples
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    generator = torch.Generator().manual_seed(seed)
    model = copy.deepcopy(start)
    optimisers = make_optimisers(model, settings)
    steps = settings["epochs"] * (len(features) // settings["batch"] + 1)
    schedules = [torch.optim.lr_scheduler.LambdaLR(o, lambda s: max(0.02, 1 - s / steps)) for o in optimisers]
    for _ in range(settings["epochs"]):
        model.train()
        for batch in batches(len(features), settings["batch"], generator):
            chosen = [feature_dropout(features[i], settings["keep"], rng) for i in batch.tolist()]
            step(optimisers, fine_tune_loss(model(*collate(chosen)), target, batch))
            for schedule in schedules:
                schedule.step()
    model.eval()
    return to_weights(model)


def accuracy(weights, rows):
    """Accuracy per head on `rows`."""
    out = forward_all(weights, [r["features"] for r in rows])
    return {h: float(np.mean(out[h].argmax(1) == [HEAD_LABELS[h].index(r["labels"][h]) for r in rows])) for h in HEADS}


def add_features(rows, vocabulary, shape):
    """Compute row["features"] once."""
    for row in rows:
        row["features"] = prompt_features(vocabulary, row["text"], shape)
    return rows


def parse_args():
    """Command line; defaults are the settings of the shipped model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--work", type=Path, default=DEFAULT_WORK)
    parser.add_argument("--max-n", type=int, default=2)
    parser.add_argument("--buckets", type=int, default=32768)
    parser.add_argument("--dim", type=int, default=64)
    parser.add_argument("--hidden", type=int, default=96)
    parser.add_argument("--weak", type=int, default=120000)
    parser.add_argument("--pre-epochs", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--lr", type=float, default=4e-3)
    parser.add_argument("--embedding-lr", type=float, default=6e-3)
    parser.add_argument("--keep", type=float, default=0.7)
    parser.add_argument("--single-weight", type=float, default=0.3)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--pool", type=int, default=30000, help="unlabelled texts for the teacher; 0 = no teacher")
    parser.add_argument("--pool-weight", type=float, default=0.5)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--reuse", action="store_true", help="reuse <work>/pretrained.pt")
    return parser.parse_args()


def main():
    """Pre-train, fine-tune the seeds, write their mean."""
    args = parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    started = time.time()
    vocabulary = load_vocabulary(args.work / "kickoff.model")
    shape = {"max_n": args.max_n, "buckets": args.buckets, "vocab_size": vocabulary.get_piece_size()}
    settings = {"seed": 1, "pre_lr": 3e-3, "pre_epochs": args.pre_epochs, "epochs": args.epochs, "lr": args.lr,
                "embedding_lr": args.embedding_lr, "keep": args.keep, "decay": 0.02, "smoothing": 0.05,
                "batch": args.batch, "pool_weight": args.pool_weight}
    start = Bag(shape["vocab_size"] + shape["buckets"], args.dim, args.hidden, dropout=0.2)
    cache = args.work / "pretrained.pt"
    if args.reuse and cache.exists():
        start.load_state_dict(torch.load(cache))
    else:
        weak = add_features(load_weak(args.data, {"total": args.weak, "per_source": 6000, "seed": 3}), vocabulary, shape)
        print(f"{len(weak)} weak rows, {time.time() - started:.0f} s", flush=True)
        pretrain(start, weak, settings)
        torch.save(start.state_dict(), cache)
    labelled = [r for r in load_labelled(args.data) if r["split"] in ("train", "calibration")]
    add_features(labelled, vocabulary, shape)
    single = add_features([{**r, "weight": args.single_weight} for r in load_single(args.data)], vocabulary, shape)
    report = {"shape": shape, "settings": {k: v for k, v in vars(args).items() if k not in ("data", "work")} | settings, "seconds": None}
    pool = [{"text": text} for text in unlabelled_texts(args.data, args.pool, seed=5)] if args.pool else []
    extra = {"single": single, "pool": add_features(pool, vocabulary, shape)}
    taught = [r for r in labelled if r["split"] == "train"] + single
    # Each row twice more in a disturbed form, so that asides and slips do not move the labels.
    rng = random.Random(0)
    rough = add_features([{**r, "text": disturbed(r["text"], rng)} for r in taught + taught], vocabulary, shape)
    examples = with_taught(taught + rough, extra["pool"], settings)
    weights = mean_weights([fine_tune(start, examples, settings, seed) for seed in range(args.seeds)])
    report["calibration_accuracy"] = accuracy(weights, [r for r in labelled if r["split"] == "calibration"])
    report["seconds"] = round(time.time() - started)
    print(report["calibration_accuracy"], report["seconds"], "s", flush=True)
    np.savez(args.work / "weights.npz", **weights)
    (args.work / "train.json").write_text(json.dumps(report, indent=2, default=str) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
