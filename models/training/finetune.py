"""Fine-tune the encoder on the labelled prompts. Writes <work>/tuned-<name>-<seed>.pt.

Train rows only. A seventh of the train sources (by hash) is held back for choosing settings unless --all is given;
calibration and test rows are never read here.
"""
import argparse
import hashlib
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from dataset import load_labelled, load_single
from encoder import GRAM_WIDTH, Encoder, Grams, Heads, pool
from features import load_vocabulary, token_ids
from ontology import CATEGORIES, CATEGORIES_FILE, DEFAULT_DATA, DEFAULT_WORK, HEAD_LABELS, HEADS, MASK, PAD, SUB_SCORES
from steer import disturbed
from votes import soft_labels


DISTURBED_SHARE = 0.35  # of the rows, drawn anew each epoch
TRAIN_TOKENS, TAIL = 128, 32  # long prompts are cut in the middle: half the time, and every position was pre-trained


def short(ids):
    """At most TRAIN_TOKENS ids, the last TAIL of them from the end."""
    return ids if len(ids) <= TRAIN_TOKENS else np.concatenate([ids[:TRAIN_TOKENS - TAIL], ids[-TAIL:]])


def draw(name):
    """A number in [0, 1) fixed by the name."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 2**32


def group_of(row):
    """What must not be split: the repository a row comes from, or the written row itself."""
    return row.get("seed", row)["source"] if row.get("source") != "own" or "seed" in row else row["id"]


REAL_WEIGHT = 2.0  # prompts that people typed to an agent are scarce and nearest to what is served


def training_rows(data, train, single_weight):
    """Everything a fine-tuning run reads, weighted: labelled prompts, free texts with a category, single-vote titles."""
    labelled = [{**r, "weight": REAL_WEIGHT} if r["kind"] == "real_prompt" else r for r in train]
    texts = [json.loads(line) for line in CATEGORIES_FILE.read_text(encoding="utf-8").splitlines()]
    texts = [{**t, "out_of_scope": t["category"] != "coding", "weight": 0.5} for t in texts if t["split"] == "train"]
    single = [{**r, "weight": single_weight} for r in load_single(data)] if single_weight else []
    return labelled + texts + single


def category_of(row):
    """Category of a free text; a labelled kickoff prompt asks for coding unless it is out of scope (then unknown)."""
    return row.get("category") or (None if row["out_of_scope"] or "soft" in row else "coding")


class Examples:
    """Token ids and targets of rows; targets follow the votes."""

    def __init__(self, rows, vocabulary, smoothing, noise=None):
        self.rows, self.vocabulary, self.noise = rows, vocabulary, noise
        self.ids = [short(np.asarray(token_ids(vocabulary, r["text"]))) for r in rows]
        self.noisy = self.ids
        self.target = {h: torch.tensor(np.stack([soft_labels(r, h) for r in rows]), dtype=torch.float32) for h in HEADS}
        for head in HEADS:
            self.target[head] = self.target[head] * (1 - smoothing) + smoothing / len(HEAD_LABELS[head])
        known = [float("labels" in r) for r in rows]
        self.target["known"] = torch.tensor(known)
        category = [CATEGORIES.index(category_of(r)) if category_of(r) else -100 for r in rows]
        self.target["category"] = torch.tensor(category)
        self.target["scores"] = torch.tensor([[r.get("scores", {}).get(s, 0.0) for s in SUB_SCORES] for r in rows])
        self.target["scope"] = torch.tensor([[float(r["out_of_scope"])] for r in rows])
        self.weight = torch.tensor([float(r.get("weight", 1.0)) for r in rows])

    def renew(self):
        """Draws which texts are read in a disturbed form next, and the forms."""
        if self.noise is not None:
            self.noisy = [short(np.asarray(token_ids(self.vocabulary, disturbed(r["text"], self.noise))))
                          if self.noise.random() < DISTURBED_SHARE else ids for r, ids in zip(self.rows, self.ids)]

    def batch(self, index, drop=0.0, rng=None):
        """Padded ids and mask; in training `drop` of the ids are masked out and some texts are read in a disturbed form."""
        chosen = [self.noisy[i] if drop else self.ids[i] for i in index]
        length = max(len(c) for c in chosen)
        ids = np.full((len(chosen), length), PAD)
        for k, row in enumerate(chosen):
            ids[k, :len(row)] = row
            if drop:
                hit = rng.random(len(row)) < drop
                hit[0] = False
                ids[k, :len(row)][hit] = MASK
        ids = torch.from_numpy(ids)
        return ids, (ids != PAD).float()


class Model(torch.nn.Module):
    """Encoder, pooling and heads in one; with `grams` the heads see hashed pairs and triples of ids too."""

    def __init__(self, shape, dropout=0.1, hidden=256, grams=False, category_hidden=0):
        super().__init__()
        self.encoder = Encoder(**shape, dropout=dropout)
        self.grams = Grams() if grams else None
        self.heads = Heads(2 * shape["width"] + (GRAM_WIDTH if grams else 0), hidden, dropout * 2, category_hidden)

    def forward(self, ids, mask):
        pooled = pool(self.encoder(ids, mask), mask)
        return self.heads(pooled if self.grams is None else torch.cat([pooled, self.grams(ids, mask)], 1))


def model_from(shape, weights):
    """A model with these weights; which parts it has shows in their names."""
    own = weights.get("heads.category_hidden.bias")
    model = Model(shape, grams="grams.table.weight" in weights, category_hidden=0 if own is None else len(own))
    model.load_state_dict(weights)
    return model


def load_model(path):
    """A tuned model from its file."""
    state = torch.load(path)
    return model_from(state["shape"], state["model"])


def loss_of(out, target, weight, index):
    """Mean over the batch of cross-entropies, half the score losses and the scope loss."""
    total = 0
    for head in HEADS:
        total = total - (target[head][index] * F.log_softmax(out[head], 1)).sum(1)
    total = total + 0.5 * F.binary_cross_entropy_with_logits(out["scores"], target["scores"][index], reduction="none").sum(1)
    total = total * target["known"][index]
    total = total + 0.5 * F.cross_entropy(out["category"], target["category"][index], reduction="none", ignore_index=-100)
    total = total + F.binary_cross_entropy_with_logits(out["scope"], target["scope"][index], reduction="none").sum(1)
    return (total * weight[index]).sum() / weight[index].sum()


def outputs(model, examples, size=64):
    """Logits of all rows as numpy, rows in order."""
    model.eval()
    order = np.argsort([len(i) for i in examples.ids])
    parts, names = [], None
    with torch.no_grad():
        for start in range(0, len(order), size):
            out = model(*examples.batch(order[start:start + size]))
            names = list(out)
            parts.append([out[n].numpy() for n in names])
    back = np.argsort(order)
    return {n: np.concatenate([p[k] for p in parts])[back] for k, n in enumerate(names)}


def accuracies(out, rows):
    """Accuracy per head and their mean."""
    found = {h: float(np.mean(out[h].argmax(1) == [HEAD_LABELS[h].index(r["labels"][h]) for r in rows])) for h in HEADS}
    return {**found, "unified": float(np.mean(list(found.values())))}


def tune(model, examples, args, seed):
    """One run over the examples; rate falls linearly, the encoder learns more slowly than the heads."""
    rng = np.random.default_rng(seed)
    groups = [{"params": model.encoder.parameters(), "lr": args.rate}, {"params": model.heads.parameters(), "lr": args.head_rate}]
    if getattr(model, "grams", None) is not None:
        groups.append({"params": model.grams.parameters(), "lr": 2 * args.head_rate})
    optimiser = torch.optim.AdamW(groups, weight_decay=args.decay, foreach=True)
    steps = args.epochs * (len(examples.rows) // args.batch + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: min(1, (s + 1) / (0.1 * steps)) * max(0.02, 1 - s / steps))
    lengths = np.asarray([len(i) for i in examples.ids])
    for epoch in range(args.epochs):
        model.train()
        examples.renew()
        order = rng.permutation(len(lengths))
        # Rows of like length share a batch, so little is spent on padding; the order of the batches is drawn.
        blocks = [b[np.argsort(lengths[b])] for b in np.array_split(order, max(1, len(order) // (args.batch * 16)))]
        batches = [b[k:k + args.batch] for b in blocks for k in range(0, len(b), args.batch)]
        total = 0.0
        for k in rng.permutation(len(batches)):
            index = batches[k]
            loss = loss_of(model(*examples.batch(index, args.drop, rng)), examples.target, examples.weight, torch.from_numpy(index))
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item() * len(index)
        yield epoch, total / len(lengths)


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--work", type=Path, default=DEFAULT_WORK)
    parser.add_argument("--name", default="a")
    parser.add_argument("--encoder", default="a", help="name of the pre-trained encoder; none = from scratch")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--head-rate", type=float, default=1e-3)
    parser.add_argument("--decay", type=float, default=0.05)
    parser.add_argument("--drop", type=float, default=0.1)
    parser.add_argument("--dropout", type=float, default=0.15)
    parser.add_argument("--smoothing", type=float, default=0.03)
    parser.add_argument("--single-weight", type=float, default=0.4)
    parser.add_argument("--limit", type=int, default=0, help="train rows used; 0 = all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--all", action="store_true", help="train on the held-back part too")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def main():
    args = parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    vocabulary = load_vocabulary(args.work / "kickoff.model")
    rows = [r for r in load_labelled(args.data) if r["split"] == "train"]
    held = [] if args.all else [r for r in rows if draw("dev " + group_of(r)) < 0.15]
    ids = {id(r) for r in held}
    train = [r for r in rows if id(r) not in ids]
    if args.limit:
        train = sorted(train, key=lambda r: draw("limit " + r["id"]))[:args.limit]
    train = training_rows(args.data, train, args.single_weight)
    model = Model({"vocab": 8192, "width": 256, "layers": 2, "heads": 4, "inner": 1024}, args.dropout)
    if args.encoder != "none":
        state = torch.load(args.work / f"encoder-{args.encoder}.pt")
        model = Model(state["shape"], args.dropout)
        model.encoder.load_state_dict(state["model"])
    examples = Examples(train, vocabulary, args.smoothing, random.Random(args.seed))
    dev = Examples(held, vocabulary, 0) if held else None
    began = time.time()
    for epoch, loss in tune(model, examples, args, args.seed):
        found = accuracies(outputs(model, dev), held) if dev else {}
        print(epoch, f"loss {loss:.3f}", {k: round(v, 3) for k, v in found.items()}, f"{time.time() - began:.0f} s", flush=True)
    settings = {k: v for k, v in vars(args).items() if k not in ("data", "work")}
    torch.save({"shape": model.encoder.shape, "model": model.state_dict(), "settings": settings, "rows": len(train)},
               args.work / f"tuned-{args.name}-{args.seed}.pt")


if __name__ == "__main__":
    main()
