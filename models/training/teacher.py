"""A TF-IDF teacher whose soft answers on unlabelled texts are extra fine-tuning targets for the bag.

Fitted on the same training rows only. Character n-grams generalise better from a few hundred prompts than a bag can;
imitating them on many texts carries part of that over into the embedding table.
"""
import random

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge

from baselines import make_vectoriser
from dataset import held_out_names, issue_rows, name_of, read_jsonl
from ontology import HEAD_LABELS, HEADS, SUB_SCORES


def unlabelled_texts(data, count, seed):
    """Issue titles, backlog items and commit subjects, drawn with a fixed seed."""
    held = held_out_names()
    texts = [row["text"] for row in issue_rows(data, held)]
    for name in ("storypoints", "taskmaster_backlog", "commits"):
        rows = read_jsonl(data / "train" / f"{name}.jsonl.zst")[: 40000]
        texts += [row["text"] for row in rows if name_of(row) not in held]
    unique = sorted({text.strip() for text in texts if 12 <= len(text.strip()) <= 600})
    return random.Random(seed).sample(unique, count)


class Teacher:
    """One logistic regression per head (class-balanced) and one ridge for the eight scores."""

    def __init__(self, rows):
        self.vectoriser = make_vectoriser()
        features = self.vectoriser.fit_transform([r["text"] for r in rows])
        weights = np.asarray([r.get("weight", 1.0) for r in rows])
        self.heads = {}
        for head in HEADS:
            truth = [HEAD_LABELS[head].index(r["labels"][head]) for r in rows]
            model = LogisticRegression(C=8.0, class_weight="balanced", max_iter=200)
            self.heads[head] = model.fit(features, truth, sample_weight=weights)
        scores = np.asarray([[r["scores"][name] for name in SUB_SCORES] for r in rows])
        self.sub = Ridge(alpha=1.0).fit(features, scores, sample_weight=weights)

    def soft_targets(self, texts):
        """Probabilities per head [n, classes] and scores [n, 8] in [0, 1]."""
        features = self.vectoriser.transform(texts)
        out = {head: model.predict_proba(features).astype(np.float32) for head, model in self.heads.items()}
        out["sub"] = np.clip(self.sub.predict(features), 0, 1).astype(np.float32)
        return out
