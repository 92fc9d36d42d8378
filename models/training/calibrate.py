"""Temperatures, abstention thresholds and the out-of-scope threshold, all from the calibration split."""
import numpy as np
from scipy.optimize import minimize_scalar

from bag import softmax
from ontology import HEAD_LABELS, HEADS

ABSTAIN_SHARE = 0.10  # the least certain tenth of the calibration rows is handed back


def label_indices(rows, head):
    """Class index per row."""
    return np.asarray([HEAD_LABELS[head].index(r["labels"][head]) for r in rows])


def temperature(logits, truth):
    """The temperature in [0.3, 5] with the least negative log-likelihood."""
    def loss(log_t):
        chosen = softmax(logits, np.exp(log_t))[np.arange(len(truth)), truth]
        return -np.log(np.maximum(chosen, 1e-9)).mean()
    found = minimize_scalar(loss, bounds=(np.log(0.3), np.log(5.0)), method="bounded")
    return float(np.exp(found.x))


def scope_threshold(probabilities, truth):
    """Threshold with the best F1, half-way between the two neighbouring scores."""
    order = np.argsort(-probabilities)
    scores, hits = probabilities[order], np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + truth.sum())
    best = int(np.argmax(f1))
    return round(float((scores[best] + scores[min(best + 1, len(scores) - 1)]) / 2), 3)


def calibrate(outputs, rows):
    """dict(temperatures, abstention, out_of_scope_threshold) from the calibration rows' model outputs."""
    temperatures, abstention = {}, {}
    for head in HEADS:
        truth = label_indices(rows, head)
        temperatures[head] = round(temperature(outputs[head], truth), 6)
        confidence = softmax(outputs[head], temperatures[head]).max(1)
        abstention[head] = round(float(np.quantile(confidence, ABSTAIN_SHARE)), 4)
    scope = np.asarray([r["out_of_scope"] for r in rows])
    return {
        "temperatures": temperatures,
        "abstention": abstention,
        "out_of_scope_threshold": scope_threshold(outputs["out_of_scope"][:, 0], scope),
    }
