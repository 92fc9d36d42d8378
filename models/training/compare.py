"""Compare models on the same rows: every system is trained on the train split and scored on the calibration split.

Appends to <work>/compare.jsonl, so it can be stopped and run again: finished settings are not repeated. The test split is
never read here. A limit trains on the first N train rows in hash order (learning curve). Transformers trained on all rows are
kept as <work>/tuned-<encoder>-<seed>.pt, which are the teachers of distil.py.
"""
import argparse
import json
import random
import time
from types import SimpleNamespace

import numpy as np
import torch

from baselines import keyword_rules, majority, make_vectoriser
from dataset import load_labelled
from encoder import Heads
from features import load_vocabulary
from finetune import Examples, Model, draw, outputs, training_rows, tune
from ontology import DEFAULT_DATA, DEFAULT_WORK, HEAD_LABELS, HEADS
from sklearn.linear_model import LogisticRegression

SINGLE_WEIGHT = 0.4
SETTINGS = dict(batch=32, head_rate=1e-3, decay=0.05, drop=0.1)
KINDS = ("real_prompt", "work_item", "written")


class Convolution(torch.nn.Module):
    """Token embeddings, windows of 2 to 4 tokens, maximum over the text: no attention, no pre-training."""

    def __init__(self, vocab=8192, width=128, filters=128, dropout=0.2):
        super().__init__()
        self.encoder = torch.nn.ModuleDict({
            "tokens": torch.nn.Embedding(vocab, width),
            **{f"conv{n}": torch.nn.Conv1d(width, filters, n, padding=n - 1) for n in (2, 3, 4)},
        })
        torch.nn.init.normal_(self.encoder["tokens"].weight, std=0.1)
        self.drop = torch.nn.Dropout(dropout)
        self.heads = Heads(3 * filters, 256, dropout)

    def forward(self, ids, mask):
        x = (self.drop(self.encoder["tokens"](ids)) * mask.unsqueeze(-1)).transpose(1, 2)
        parts = [torch.relu(self.encoder[f"conv{n}"](x)).max(2).values for n in (2, 3, 4)]
        return self.heads(torch.cat(parts, 1))


class MeanBag(torch.nn.Module):
    """Mean and maximum of token embeddings: the encoder without its layers. `state`: pre-trained embeddings, if any."""

    def __init__(self, state=None, vocab=8192, width=256, dropout=0.2):
        super().__init__()
        self.encoder = torch.nn.Embedding(vocab, width)
        torch.nn.init.normal_(self.encoder.weight, std=0.05)
        if state is not None:
            self.encoder.weight.data.copy_(state["model"]["tokens.weight"])
        self.drop, self.heads = torch.nn.Dropout(dropout), Heads(2 * width, 256, dropout)

    def forward(self, ids, mask):
        weight = mask.unsqueeze(-1)
        x = self.drop(self.encoder(ids))
        return self.heads(torch.cat([(x * weight).sum(1) / weight.sum(1), (x - (1 - weight) * 1e4).max(1).values], 1))


def make_model(kind, encoder, work):
    """A fresh model of a kind; `encoder` names a pre-trained encoder or "none"."""
    state = None if encoder == "none" else torch.load(work / f"encoder-{encoder}.pt")
    if kind == "convolution":
        return Convolution(), dict(rate=2e-3, epochs=6)
    if kind == "bag":
        return MeanBag(state), dict(rate=2e-3, epochs=6)
    shape = state["shape"] if state else {"vocab": 8192, "width": 256, "layers": 2, "heads": 4, "inner": 1024}
    model = Model(shape, 0.15, grams=kind == "wide")
    if state:
        model.encoder.load_state_dict(state["model"])
    return model, dict(rate=4e-4, epochs=4)


def tfidf(train, rows):
    """One logistic regression per head on word 1-2-grams and character 2-5-grams."""
    vectoriser = make_vectoriser()
    fitted, wanted = vectoriser.fit_transform([r["text"] for r in train]), vectoriser.transform([r["text"] for r in rows])
    out = {}
    for head in HEADS:
        model = LogisticRegression(C=4.0, max_iter=300).fit(fitted, [HEAD_LABELS[head].index(r["labels"][head]) for r in train],
                                                            sample_weight=[r.get("weight", 1.0) for r in train])
        out[head] = model.predict(wanted)
    return out


def score(predicted, rows):
    """Accuracy per head, unified, exact match and unified by kind of prompt."""
    hit = {h: np.asarray(predicted[h]) == [HEAD_LABELS[h].index(r["labels"][h]) for r in rows] for h in HEADS}
    each = np.mean([hit[h] for h in HEADS], axis=0)
    by = {k: round(float(each[[r["kind"] == k for r in rows]].mean()), 4) for k in KINDS}
    return {**{h: round(float(hit[h].mean()), 4) for h in HEADS}, "unified": round(float(each.mean()), 4),
            "exact": round(float(np.all([hit[h] for h in HEADS], axis=0).mean()), 4), **by}


def run(job, train, rows, context):
    """Predictions of one job on `rows`."""
    kind, encoder, seed = job["kind"], job["encoder"], job["seed"]
    single_weight = 0.0 if job["limit"] else SINGLE_WEIGHT  # the learning curve counts its own labels alone
    if kind == "majority":
        return majority(train, rows)
    if kind == "keywords":
        return keyword_rules(rows)
    if kind == "tfidf":
        return tfidf([r for r in training_rows(DEFAULT_DATA, train, single_weight) if "labels" in r], rows)
    torch.manual_seed(seed)
    model, settings = make_model(kind, encoder, context["work"])
    examples = Examples(training_rows(DEFAULT_DATA, train, single_weight), context["vocabulary"], 0.03, random.Random(seed))
    for _ in tune(model, examples, SimpleNamespace(**SETTINGS, **settings), seed):
        pass
    if kind in ("transformer", "wide") and not job["limit"]:
        state = {"shape": model.encoder.shape, "model": model.state_dict(), "settings": {**SETTINGS, **settings}, "rows": len(train)}
        torch.save(state, context["work"] / f"tuned-{'w-' if kind == 'wide' else ''}{encoder}-{seed}.pt")
    out = outputs(model, Examples(rows, context["vocabulary"], 0))
    return {h: out[h].argmax(1) for h in HEADS}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("jobs", nargs="+", help="kind:encoder:seed:limit, as transformer:a:0:0")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    log = DEFAULT_WORK / "compare.jsonl"
    done = {json.dumps(json.loads(line)["job"]) for line in log.read_text().splitlines()} if log.exists() else set()
    rows = load_labelled(DEFAULT_DATA)
    train = sorted((r for r in rows if r["split"] == "train"), key=lambda r: draw("limit " + r["id"]))
    held = [r for r in rows if r["split"] == "calibration"]
    context = {"work": DEFAULT_WORK, "vocabulary": load_vocabulary(DEFAULT_WORK / "kickoff.model")}
    for text in args.jobs:
        kind, encoder, seed, limit = text.split(":")
        job = {"kind": kind, "encoder": encoder, "seed": int(seed), "limit": int(limit)}
        if json.dumps(job) in done:
            continue
        used = train[:job["limit"]] if job["limit"] else train
        began = time.process_time()
        result = {"job": job, "train_rows": len(used), **score(run(job, used, held, context), held),
                  "cpu_s": round(time.process_time() - began)}
        with log.open("a") as file:
            file.write(json.dumps(result) + "\n")
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
