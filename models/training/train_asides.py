"""Train the filter of asides: remarks about rating, urgency or courtesy that say nothing of the work. Writes ../kickoff-1/asides.json.

Positive words come from ../data/asides.jsonl put into prompts of the train split, negative ones from those prompts and from
../data/not-asides.jsonl; a fifth of both lists (by hash) and the calibration prompts are held back for the printed figures.
"""
import argparse
import base64
import json
import random
import re
from pathlib import Path

import numpy as np
import torch
from scipy.sparse import csr_matrix
from sklearn.cluster import KMeans
from sklearn.linear_model import SGDClassifier

from dataset import load_labelled
from features import load_vocabulary
from ontology import DEFAULT_DATA, DEFAULT_WORK, MODEL_DIR, REPO
from plain import BUCKETS_LOG2, Words, best_path, features_of, one_line, sums_of, without_asides, without_marks
from steer import kept_aside as held

GLUES = [" ", "\n", "\n\n", ". ", ", ", " - ", ": ", "! ", "; ", " \u2014 "]


def read(name):
    return [json.loads(line) for line in (REPO / "models" / "data" / name).read_text(encoding="utf-8").splitlines()]


def insert(parts, extra, rng, flag):
    """Parts [(text, is_aside)] with one more at a random place."""
    place = rng.random()
    wrapped = rng.choice(("{}", "{}", "{}", "{}", "({})", "[{}]", "{}.", "{}!", "**{}**", "> {}", "NOTE: {}", "PS {}", "/* {} */", "// {}", "# {}", "- {}")).format(extra) if flag else extra
    if rng.random() < 0.15:
        wrapped = wrapped.lower() if rng.random() < 0.6 else wrapped.upper()
    glue = rng.choice(GLUES)
    if place < 0.35:
        return [(wrapped + (glue if rng.random() < 0.8 else ": "), flag), *parts]
    if place < 0.75:
        return [*parts, (glue, None), (wrapped, flag)]
    at = rng.randrange(len(parts))
    text, aside = parts[at]
    if aside:
        return [*parts, (glue, None), (wrapped, flag)]
    cuts = [m.end() for m in re.finditer(r"[.!?:,] |\n" if rng.random() < 0.7 else r" ", text)]
    if not cuts:
        return [*parts, (glue, None), (wrapped, flag)]
    cut = rng.choice(cuts)
    return [*parts[:at], (text[:cut], aside), (wrapped + rng.choice((" ", "\n", ". ")), flag), (text[cut:], aside), *parts[at + 1:]]


def compose(text, rng, pools):
    """A prompt with asides and honest look-alikes, as (text, flags per character)."""
    parts = [(without_marks(text), False)]
    for _ in range(rng.choices((0, 1, 2, 3), (0.2, 0.5, 0.22, 0.08))[0]):
        parts = insert(parts, rng.choice(pools["steer" if rng.random() < 0.7 else "filler"]), rng, True)
    if rng.random() < 0.35:
        parts = insert(parts, rng.choice(pools["not"]), rng, False)
    whole = "".join(p for p, _ in parts)
    marks = np.concatenate([np.full(len(p), bool(flag)) for p, flag in parts]) if whole else np.zeros(0, bool)
    return whole, marks


def word_clusters(work, count):
    """Whole words of the vocabulary by what their pre-trained embeddings have in common: lists of words."""
    vocabulary = load_vocabulary(work / "kickoff.model")
    table = torch.load(work / "encoder-a.pt")["model"]["tokens.weight"].numpy()
    words = {i: vocabulary.id_to_piece(i)[1:] for i in range(len(table)) if re.fullmatch("\u2581[a-z]+", vocabulary.id_to_piece(i))}
    rows = table[list(words)]
    found = KMeans(count, random_state=0, n_init=2).fit(rows / np.linalg.norm(rows, axis=1, keepdims=True))
    return [[w for w, c in zip(words.values(), found.labels_) if c == k] for k in range(count)]


def rows_of(text, marks, clusters):
    """Feature matrix rows and targets of one text; line marks that compose() wrote are read as the router reads them."""
    parsed = Words(text)
    targets = [bool(marks[a:b].mean() > 0.5) for a, b in zip(parsed.starts, parsed.ends)]
    return features_of(parsed, clusters), targets


def matrix_of(samples, clusters):
    indices, values, starts, targets = [], [], [0], []
    for text, marks in samples:
        features, found = rows_of(text, marks, clusters)
        for own, common in features:
            indices += own + [r for r, _ in common]
            values += [1.0] * len(own) + [w / 64 for _, w in common]
            starts.append(len(indices))
        targets += found
    return csr_matrix((values, indices, starts), shape=(len(starts) - 1, 1 << BUCKETS_LOG2), dtype=np.float32), np.asarray(targets)


def report(model, samples, clean):
    """Word precision and recall of dropped words, and how much of clean prompts is dropped."""
    hit = wrong = missed = whole = 0
    for text, marks in samples:
        parsed = Words(text)
        targets = [bool(marks[a:b].mean() > 0.5) for a, b in zip(parsed.starts, parsed.ends)]
        breaks = [i == 0 or parsed.clause[i] != parsed.clause[i - 1] for i in range(len(parsed.words))]
        path = best_path(sums_of(parsed, model), breaks, (model["inside"], model["between"]))
        hit += sum(a and b for a, b in zip(path, targets))
        wrong += sum(a and not b for a, b in zip(path, targets))
        missed += sum(b and not a for a, b in zip(path, targets))
        whole += path == targets
    touched = [without_asides(t, model) != t for t in clean]
    lost = [1 - len(one_line(without_asides(t, model)).split(" ")) / max(1, len(one_line(t).split(" "))) for t in clean]
    return {"precision": round(hit / max(1, hit + wrong), 3), "recall": round(hit / max(1, hit + missed), 3),
            "restored": round(whole / len(samples), 3), "clean_touched": round(float(np.mean(touched)), 3),
            "clean_words_lost": round(float(np.mean(lost)), 4)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--work", type=Path, default=DEFAULT_WORK)
    parser.add_argument("--samples", type=int, default=7000)
    parser.add_argument("--clusters", type=int, default=255)
    parser.add_argument("--alpha", type=float, default=2e-5)
    args = parser.parse_args()
    rng = random.Random(4)
    labelled = load_labelled(args.data)
    asides, honest = read("asides.jsonl"), read("not-asides.jsonl")
    pool = lambda keep: {"steer": [a["text"] for a in asides if a["kind"] == "steer" and keep(a["text"])],
                         "filler": [a["text"] for a in asides if a["kind"] == "filler" and keep(a["text"])],
                         "not": [a["text"] for a in honest if keep(a["text"])]}
    train_pool, held_pool = pool(lambda t: not held(t)), pool(held)
    texts = [r["text"] for r in labelled if r["split"] == "train" and r.get("aim") != "steer" and len(r["text"]) < 1500]
    clean = [without_marks(r["text"]) for r in labelled if r["split"] == "calibration" and r.get("aim") != "steer"]
    samples = [compose(rng.choice(texts), rng, train_pool) for _ in range(args.samples)]
    natural = {r["id"]: r["text"] for r in labelled if r["split"] == "train"}
    for row in read("aside-spans.jsonl"):
        text = without_marks(natural.get(row["id"], ""))
        marks = np.zeros(len(text), bool)
        for span in row["asides"]:
            at = text.find(without_marks(span))
            if at >= 0:
                marks[at:at + len(without_marks(span))] = True
        samples += [(text, marks)] * 6
    lists = word_clusters(args.work, args.clusters)
    clusters = {word: number for number, words in enumerate(lists, 1) for word in words}
    matrix, targets = matrix_of(samples, clusters)
    print(matrix.shape, f"asides {targets.mean():.3f}", flush=True)
    model = SGDClassifier(loss="log_loss", alpha=args.alpha, max_iter=12, tol=None, random_state=0, average=True)
    model.fit(matrix, targets)
    weights = model.coef_[0]
    scale = np.quantile(np.abs(weights[weights != 0]), 0.9995) / 127
    table = np.clip(np.round(weights / scale), -127, 127).astype(np.int8)
    trial = [compose(rng.choice(clean), rng, held_pool) for _ in range(500)]
    best = None
    for bias_shift in (0.0, 0.7, 1.4):
        for inside, between in ((3.0, 1.0), (6.0, 2.0), (10.0, 3.0), (16.0, 4.0)):
            found = {"bias": int(round((model.intercept_[0] - bias_shift) / scale)), "table": table, "clusters": clusters,
                     "inside": int(round(64 * inside / scale)), "between": int(round(64 * between / scale))}
            figures = report(found, trial[:250], clean[:350])
            value = figures["recall"] + figures["precision"] - 15 * figures["clean_words_lost"]
            print(bias_shift, inside, between, figures, flush=True)
            if best is None or value > best[0]:
                best = (value, found)
    print("kept", report(best[1], trial[250:], clean[350:]))
    model = {**best[1], "clusters": lists, "table": base64.b64encode(table.tobytes()).decode()}
    (MODEL_DIR / "asides.json").write_text(json.dumps({"kind": "hashed_words", "buckets_log2": BUCKETS_LOG2, **model}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
