"""Temperatures, abstention thresholds, P(high risk) and the out-of-scope threshold, all from the calibration split."""
import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.stats import beta

from bag import softmax
from ontology import CATEGORIES, HEAD_LABELS, HEADS

# Least share of the calibration rows that a head must answer. Risk abstentions are gated, so there are few.
MIN_ANSWERED = {"complexity": 0.75, "task_type": 0.75, "risk": 0.97}
GATE_OVER_PREVALENCE = 0.09  # the wanted limit is 0.10 over the share of high-risk rows
CONFIDENCE = 0.95


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


def error_bound(errors, answered):
    """Upper Clopper-Pearson bound on the error rate among the answered."""
    return 1.0 if errors >= answered else float(beta.ppf(CONFIDENCE, errors + 1, answered - errors))


def abstention(confidence, correct, least):
    """Threshold with the lowest bounded error among those that answer at least `least`; (threshold, what it promises)."""
    best = None
    for threshold in np.quantile(confidence, np.arange(0, 1 - least + 1e-9, 0.01)):
        kept = confidence >= threshold
        bound = error_bound(int((~correct[kept]).sum()), int(kept.sum()))
        if best is None or bound < best[1]["error_bound"]:
            best = (round(float(threshold), 4), {"answered": round(float(kept.mean()), 4), "rows": int(kept.sum()),
                                                 "error": round(float(1 - correct[kept].mean()), 4), "error_bound": round(bound, 4)})
    return best


def coverage(logits, rows, head):
    """[share answered, error among them] from the surest rows to all, in steps of 2 %."""
    confidence, wrong = softmax(logits).max(1), logits.argmax(1) != label_indices(rows, head)
    order = np.argsort(-confidence)
    counts = [max(1, round(share * len(order))) for share in np.arange(0.1, 1.001, 0.02)]
    return [[round(n / len(order), 4), round(float(wrong[order[:n]].mean()), 4)] for n in counts]


def high_margin(logits):
    """The high logit's margin over the other two together."""
    return logits[:, 2] - np.logaddexp(logits[:, 0], logits[:, 1])


def high_risk_line(logits, truth):
    """Platt's line (scale, bias) for P(high)."""
    margin, high = high_margin(logits), (truth == 2).astype(float)

    def loss(line):
        p = 1 / (1 + np.exp(-(line[0] * margin + line[1])))
        return -(high * np.log(p + 1e-9) + (1 - high) * np.log(1 - p + 1e-9)).mean() + 1e-3 * (line[0] - 1) ** 2
    scale, bias = minimize(loss, [1.0, 0.0], method="Nelder-Mead").x
    return round(float(scale), 4), round(float(bias), 4)


def gate_threshold(p_high, labelled_high, truth):
    """Lowest threshold that gates at most prevalence + GATE_OVER_PREVALENCE of the rows (labelled high ones included)."""
    budget = (truth == 2).mean() + GATE_OVER_PREVALENCE
    for threshold in np.unique(np.round(p_high, 4)):
        gated = labelled_high | (p_high >= threshold)
        if gated.mean() <= budget:
            return round(float(threshold), 4), {"gated": round(float(gated.mean()), 4),
                                                "prevalence": round(float((truth == 2).mean()), 4),
                                                "recall": round(float(gated[truth == 2].mean()), 4)}
    return 1.0, {}


def scope_threshold(probabilities, truth):
    """Threshold with the best F1, half-way between the two neighbouring scores."""
    order = np.argsort(-probabilities)
    scores, hits = probabilities[order], np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + truth.sum())
    best = int(np.argmax(f1))
    return round(float((scores[best] + scores[min(best + 1, len(scores) - 1)]) / 2), 3)


def calibrate(outputs, rows, texts=None):
    """Everything that is fitted on calibration rows. `outputs`: logits by head and `out_of_scope` [n, 1].

    `texts`: (outputs, rows) of free texts with a category; they tell most about scope.
    """
    temperatures, thresholds, promises = {}, {}, {}
    for head in HEADS:
        truth = label_indices(rows, head)
        temperatures[head] = round(temperature(outputs[head], truth), 6)
        probabilities = softmax(outputs[head], temperatures[head])
        thresholds[head], promises[head] = abstention(probabilities.max(1), probabilities.argmax(1) == truth, MIN_ANSWERED[head])
    truth = label_indices(rows, "risk")
    scale, bias = high_risk_line(outputs["risk"], truth)
    p_high = 1 / (1 + np.exp(-(scale * high_margin(outputs["risk"]) + bias)))
    by_others = np.asarray([r["kind"] != "written" for r in rows])
    gate, gate_report = gate_threshold(p_high[by_others], outputs["risk"][by_others].argmax(1) == 2, truth[by_others])
    scope, wanted = outputs["out_of_scope"][:, 0], np.asarray([r["out_of_scope"] for r in rows])
    category_temperature = 1.0
    if texts is not None:
        text_outputs, text_rows = texts
        scope = np.concatenate([scope, text_outputs["out_of_scope"][:, 0]])
        wanted = np.concatenate([wanted, [r["category"] != "coding" for r in text_rows]])
        if "category" in text_outputs:
            at = np.asarray([CATEGORIES.index(r["category"]) for r in text_rows])
            category_temperature = round(temperature(text_outputs["category"], at), 6)
    return {
        "temperatures": temperatures, "abstention": thresholds, "abstention_promises": promises,
        "out_of_scope_threshold": scope_threshold(scope, wanted),
        "high_risk": {"scale": scale, "bias": bias}, "gate_threshold": gate, "gate": gate_report,
        "category_temperature": category_temperature,
    }
