"""Train one student on the labels and on the soft answers of an ensemble to unlabelled texts; writes <work>/tuned-<name>-<seed>.pt.

The teachers are tuned encoders (compare.py) and TF-IDF with logistic regression, fitted on the training rows alone. The texts
are issues, backlog items and commit subjects of repositories without held-out prompts.
"""
import argparse
import random
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch

from bag import softmax
from compare import SETTINGS, SINGLE_WEIGHT, make_model
from dataset import held_out_names, item_text, load_labelled, name_of, read_jsonl
from features import load_vocabulary
from finetune import Examples, load_model, outputs, training_rows, tune
from ontology import DEFAULT_DATA, DEFAULT_WORK, HEADS, SUB_SCORES
from teacher import Teacher

FILES = {"storypoints": 6000, "beads_issues": 2500, "nlbse24_issues": 600, "taskmaster_backlog": 500, "commits": 9000}


def pool_texts(data, seed):
    """Unlabelled texts, half of the items with their bodies, drawn with a fixed seed."""
    rng, held, texts = random.Random(seed), held_out_names(), []
    for name, count in FILES.items():
        rows = read_jsonl(data / "train" / f"{name}.jsonl.zst")
        rng.shuffle(rows)
        found = []
        for row in rows:
            if name_of(row) in held or len(found) >= count:
                continue
            text = row["text"] if name == "commits" else item_text(row, rng.choice(("title", "title+body")))
            if 12 <= len(text.strip()) <= 1000:
                found.append(text)
        texts += found
    return sorted(set(texts))


def taught_rows(texts, teachers, linear, vocabulary):
    """Rows with the mean answer of all teachers; the linear one weighs .35, the encoders together .65."""
    rows = [{"text": t, "out_of_scope": False, "labels": {}} for t in texts]
    empty = [{"text": t, "out_of_scope": False} for t in texts]
    found = [outputs(model, Examples(empty, vocabulary, 0)) for model in teachers]
    soft = linear.soft_targets(texts)
    scores = np.mean([1 / (1 + np.exp(-f["scores"])) for f in found], axis=0)
    for i, row in enumerate(rows):
        row["soft"] = {h: 0.65 * np.mean([softmax(f[h][i:i + 1])[0] for f in found], axis=0) + 0.35 * soft[h][i] for h in HEADS}
        row["scores"] = dict(zip(SUB_SCORES, scores[i].tolist()))
        row["out_of_scope"] = float(np.mean([1 / (1 + np.exp(-f["scope"][i, 0])) for f in found]))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--work", type=Path, default=DEFAULT_WORK)
    parser.add_argument("--teachers", nargs="+", required=True)
    parser.add_argument("--encoder", default="aw")
    parser.add_argument("--name", default="student")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--pool-weight", type=float, default=0.5)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    vocabulary = load_vocabulary(args.work / "kickoff.model")
    train = [r for r in load_labelled(args.data) if r["split"] == "train"]
    labelled = training_rows(args.data, train, SINGLE_WEIGHT)
    teachers = [load_model(args.work / f"tuned-{name}.pt") for name in args.teachers]
    pool = taught_rows(pool_texts(args.data, 5), teachers, Teacher([r for r in labelled if "labels" in r]), vocabulary)
    print(f"{len(labelled)} labelled rows and {len(pool)} taught ones", flush=True)
    model, settings = make_model("wide", args.encoder, args.work)
    rows = labelled + [{**r, "weight": args.pool_weight} for r in pool]
    settings = {**SETTINGS, **settings, "epochs": args.epochs}
    examples = Examples(rows, vocabulary, 0.03, random.Random(args.seed))
    for epoch, loss in tune(model, examples, SimpleNamespace(**settings), args.seed):
        print(epoch, f"loss {loss:.3f}", flush=True)
    state = {"shape": model.encoder.shape, "model": model.state_dict(), "rows": len(rows),
             "settings": {**settings, "teachers": args.teachers, "pool": len(pool)}}
    torch.save(state, args.work / f"tuned-{args.name}-{args.seed}.pt")


if __name__ == "__main__":
    main()
