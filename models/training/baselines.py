"""What the bag is compared with: the majority class, keyword rules, and TF-IDF with logistic regression."""
import re

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

from ontology import HEAD_LABELS, HEADS

# First match wins. Written once from the ontology and never adjusted to a score, by somebody who had read the prompts.
TYPE_RULES = [
    ("docs", r"\b(docs?|document(ation)?|readme|changelog|docstrings?|guide|adr|jsdoc|javadoc|runbook|tutorial)\b"),
    ("test", r"\b(tests?|coverage|flaky|e2e|fixtures?|benchmarks?|fuzz)\b"),
    ("migration", r"\b(migrat\w+|upgrade|bump|port|switch|convert|move to)\b"),
    ("bugfix", r"\b(fix|bugs?|crash\w*|error|broken|fails?|failing|wrong|leak|exception|traceback|regression)\b"),
    ("refactor", r"\b(refactor|clean ?up|rename|dedupe|duplicat\w+|extract|split|simplify|tidy|dead code)\b"),
    ("design", r"\b(design|layout|propose|proposal|mockups?|wireframes?|look|colou?rs?|architecture|schema)\b"),
    ("exploration", r"^(why|how|what|which|where|is|are|can|could|should|does|explain|investigate|review|compare|find out)\b|\?\s*$"),
]
HIGH_RISK = r"\b(prod(uction)?|live|auth\w*|passwords?|secrets?|tokens?|keys?|jwt|payments?|billing|payouts?|refund\w*|drop|delete|purge|truncate|security|injection|gdpr|patients?|encrypt\w*|permissions?|certs?|iam)\b"
MEDIUM_RISK = r"\b(users?|customers?|api|database|db|deploy\w*|release|checkout|cache|server|kafka|queue|schema)\b"
HARD = r"\b(concurren\w+|distributed|race|deadlock|compiler|protocol|from scratch|engine|architecture|all services|multi-region|optimi[sz]er|lock-free|raft|crdt|randomly|sometimes)\b"
EASY = r"\b(typo|rename|label|bump|readme|changelog|button|colou?r|text|flag|lint|comment|badge)\b"


def keyword_prediction(text):
    """Class index per head from the rules; the default is feature, medium, low."""
    low = text.lower()
    task_type = next((name for name, rule in TYPE_RULES if re.search(rule, low)), "feature")
    high, medium = re.search(HIGH_RISK, low), re.search(MEDIUM_RISK, low)
    risk = "low" if task_type in ("docs", "exploration", "test") else "high" if high else "medium" if medium else "low"
    words = len(low.split())
    complexity = "hard" if re.search(HARD, low) or words > 120 else "easy" if re.search(EASY, low) or words < 8 else "medium"
    chosen = {"complexity": complexity, "task_type": task_type, "risk": risk}
    return {head: HEAD_LABELS[head].index(chosen[head]) for head in HEADS}


def keyword_rules(rows):
    """Predictions of the rules for `rows`: head -> [n] indices."""
    found = [keyword_prediction(r["text"]) for r in rows]
    return {head: np.asarray([f[head] for f in found]) for head in HEADS}


def majority(train, rows):
    """The most frequent class of the hand-labelled training rows, for every row."""
    out = {}
    for head in HEADS:
        counts = [sum(r["labels"][head] == label for r in train) for label in HEAD_LABELS[head]]
        out[head] = np.full(len(rows), int(np.argmax(counts)))
    return out


def make_vectoriser():
    """Word 1-2-grams and character 2-5-grams."""
    return FeatureUnion([
        ("word", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, token_pattern=r"(?u)\b\w+\b|[?!]")),
        ("char", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2, max_features=60000)),
    ])


def tfidf_logistic(train, calibration, rows):
    """One logistic regression per head; C and class weighting by calibration accuracy.

    `train` holds the same rows and weights as the bag's fine-tuning.
    """
    vectoriser = make_vectoriser()
    fitted = vectoriser.fit_transform([r["text"] for r in train])
    held, wanted = (vectoriser.transform([r["text"] for r in part]) for part in (calibration, rows))
    weights = np.asarray([r.get("weight", 1.0) for r in train])
    out = {}
    for head in HEADS:
        truth = np.asarray([HEAD_LABELS[head].index(r["labels"][head]) for r in train])
        goal = np.asarray([HEAD_LABELS[head].index(r["labels"][head]) for r in calibration])
        models = [LogisticRegression(C=c, class_weight=balance, max_iter=400).fit(fitted, truth, sample_weight=weights)
                  for c in (1.0, 4.0, 16.0) for balance in (None, "balanced")]
        best = max(models, key=lambda m: float(np.mean(m.predict(held) == goal)))
        out[head] = best.predict(wanted)
    return out
