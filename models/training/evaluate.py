"""Score the quantised model once on the test rows, beside the baselines, and write metrics.json.

Each run that reads the test rows is counted in metrics.json ("test_looks"). --calibration scores the calibration rows
instead, prints, and neither counts nor writes.
"""
import argparse
import json
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr
from sklearn.metrics import confusion_matrix, f1_score

from bag import dequantised, forward, forward_all, softmax
from baselines import keyword_rules, majority, tfidf_logistic
from calibrate import label_indices
from dataset import load_labelled, load_open, load_single, second_votes
from features import load_vocabulary, prompt_features
from ontology import DEFAULT_DATA, DEFAULT_WORK, HEAD_LABELS, HEADS, MODEL_DIR, SUB_SCORES
from train import add_features

BOOTSTRAP, SEED = 10000, 17

# Prompts whose answer the project demands or the ontology states; in no training row. (text, task type, complexity, risk)
STATED = [
    ("fix the typo in the login button label", "bugfix", "easy", "low"),
    ("refactor JWT key rotation in prod", "refactor", "hard", "high"),
    ("why does `npm run build` take 4 minutes?", "exploration", "medium", "low"),
    ("add dark mode", "feature", "medium", "low"),
    ("make the dashboard look less cluttered", "design", "medium", "low"),
    ("bump react from 18 to 19", "migration", "medium", "medium"),
    ("drop the legacy_users table now that nobody reads it", "migration", "easy", "high"),
    ("write unit tests for the date parser", "test", "easy", "low"),
    ("users are randomly logged out after deploy, no idea why", "bugfix", "hard", "high"),
    ("implement raft snapshotting and log compaction", "feature", "hard", "high"),
    ("document the webhook retry policy in the README", "docs", "easy", "low"),
    ("add an index on orders(customer_id) without locking the table", "migration", "medium", "high"),
]


def rounded(value, digits=4):
    """float() and round() for JSON."""
    return round(float(value), digits)


def class_scores(predicted, truth):
    """Accuracy and macro-F1 per head, their mean (unified) and exact match. Macro-F1 runs over classes present."""
    out = {}
    for head in HEADS:
        present = sorted(set(truth[head].tolist()))
        out[head] = {
            "accuracy": rounded(np.mean(predicted[head] == truth[head])),
            "macro_f1": rounded(f1_score(truth[head], predicted[head], labels=present, average="macro",
                                         zero_division=0)),
        }
    out["unified_accuracy"] = rounded(np.mean([out[h]["accuracy"] for h in HEADS]))
    out["unified_macro_f1"] = rounded(np.mean([out[h]["macro_f1"] for h in HEADS]))
    out["exact_match"] = rounded(np.mean(np.all([predicted[h] == truth[h] for h in HEADS], axis=0)))
    return out


def paired_interval(ours, theirs, truth):
    """Bootstrap 95 % interval of (bag - baseline) in accuracy per head and in their mean, same rows drawn for both."""
    rng = np.random.default_rng(SEED)
    gain = {h: (ours[h] == truth[h]).astype(float) - (theirs[h] == truth[h]).astype(float) for h in HEADS}
    gain["unified"] = np.mean([gain[h] for h in HEADS], axis=0)
    draws = rng.integers(0, len(gain["unified"]), size=(BOOTSTRAP, len(gain["unified"])))
    return {name: {"difference": rounded(g.mean()), "low": rounded(np.quantile(g[draws].mean(1), 0.025)),
                   "high": rounded(np.quantile(g[draws].mean(1), 0.975))} for name, g in gain.items()}


def calibration_error(probabilities, truth, bins=10):
    """Expected calibration error of the top class over equal-width bins."""
    confidence, correct = probabilities.max(1), probabilities.argmax(1) == truth
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(confidence[index == b].mean() - correct[index == b].mean()) * np.mean(index == b)
            for b in range(bins) if np.any(index == b)]
    return rounded(sum(gaps))


def abstention_curve(confidence, correct):
    """Accuracy of the most confident share of the rows."""
    order = np.argsort(-confidence)
    return [{"kept": share, "accuracy": rounded(correct[order[: max(1, round(share * len(order)))]].mean())}
            for share in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)]


def confidence_scores(outputs, truth, config, temperatures):
    """Per head: ECE, coverage and accuracy at the shipped threshold, and the curve."""
    out = {}
    for head in HEADS:
        probabilities = softmax(outputs[head], temperatures[head])
        confidence, correct = probabilities.max(1), probabilities.argmax(1) == truth[head]
        kept = confidence >= config["abstention"][head]
        out[head] = {
            "ece": calibration_error(probabilities, truth[head]),
            "kept_at_threshold": rounded(kept.mean()),
            "accuracy_kept": rounded(correct[kept].mean()) if kept.any() else None,
            "accuracy_abstained": rounded(correct[~kept].mean()) if (~kept).any() else None,
            "curve": abstention_curve(confidence, correct),
            "confusion": confusion_matrix(truth[head], probabilities.argmax(1),
                                          labels=range(len(HEAD_LABELS[head]))).tolist(),
        }
    return out


def sub_scores(outputs, rows):
    """Spearman correlation and mean absolute error per sub-score."""
    out = {}
    for index, name in enumerate(SUB_SCORES):
        truth = np.asarray([r["scores"][name] for r in rows])
        out[name] = {"spearman": rounded(spearmanr(outputs["sub"][:, index], truth)[0]),
                     "mae": rounded(np.abs(outputs["sub"][:, index] - truth).mean())}
    return out


def scope_scores(outputs, rows, threshold):
    """Counts for the out-of-scope flag."""
    truth = np.asarray([r["out_of_scope"] for r in rows])
    flagged = outputs["out_of_scope"][:, 0] >= threshold
    return {"out_of_scope_rows": int(truth.sum()), "found": int((truth & flagged).sum()),
            "false_alarms": int((~truth & flagged).sum())}


def argmaxes(outputs):
    """Predicted class index per head."""
    return {head: outputs[head].argmax(1) for head in HEADS}


def evaluate_rows(rows, models, context):
    """Everything about one set of rows. `models` = (int8 weights, float weights); baselines come from context."""
    outputs, floats = (forward_all(w, [r["features"] for r in rows]) for w in models)
    truth = {head: label_indices(rows, head) for head in HEADS}
    ours = argmaxes(outputs)
    report = {"rows": len(rows), "model": class_scores(ours, truth), "float32": class_scores(argmaxes(floats), truth),
              "int8_vs_float32": {
                  "class_disagreements": int(sum(np.sum(ours[h] != argmaxes(floats)[h]) for h in HEADS)),
                  "logit_difference_max": rounded(max(np.abs(outputs[h] - floats[h]).max() for h in HEADS), 5)},
              "confidence": confidence_scores(outputs, truth, context["config"], context["temperatures"]),
              "sub_scores": sub_scores(outputs, rows),
              "out_of_scope": scope_scores(outputs, rows, context["config"]["out_of_scope_threshold"]),
              "baselines": {}}
    for name, predict in context["baselines"].items():
        theirs = predict(rows)
        report["baselines"][name] = {**class_scores(theirs, truth), "bag_minus_this": paired_interval(ours, theirs, truth)}
    return report


def stated_answers(weights, vocabulary, shape, temperatures):
    """The model's calibrated answer beside each stated one."""
    out = []
    for text, task_type, complexity, risk in STATED:
        wanted = {"task_type": task_type, "complexity": complexity, "risk": risk}
        raw = forward(weights, prompt_features(vocabulary, text, shape))
        answer = {}
        for head in HEADS:
            probabilities = softmax(raw[head], temperatures[head])
            label = HEAD_LABELS[head][int(probabilities.argmax())]
            answer[head] = {"label": label, "confidence": rounded(probabilities.max(), 3), "right": label == wanted[head]}
        out.append({"text": text, **answer})
    return out


def label_agreement(data, labelled):
    """Share of real prompts on which an independent second vote gives the same class."""
    votes = second_votes(data)
    pairs = [(r, votes[r["text"].strip()]) for r in labelled if r["text"].strip() in votes]
    same = {h: rounded(np.mean([a["labels"][h] == b["labels"][h] for a, b in pairs])) for h in HEADS}
    return {"pairs": len(pairs), **same}


def read_json(path, default=None):
    """JSON file, or `default` where there is none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else default


def build_context(args, labelled, training_report):
    """Config, temperatures and the fitted baselines."""
    hand = [r for r in labelled if r["split"] == "train"]
    weight = training_report["settings"]["single_weight"]
    train = hand + [{**r, "weight": weight} for r in load_single(args.data)]
    calibration = [r for r in labelled if r["split"] == "calibration"]
    return {
        "config": read_json(MODEL_DIR / "model_config.json"),
        "temperatures": read_json(MODEL_DIR / "temperature_scaling.json"),
        "baselines": {
            "majority": lambda rows: majority(hand, rows),
            "keyword_rules": keyword_rules,
            "tfidf_logistic": lambda rows: tfidf_logistic(train, calibration, rows),
        },
    }


def summarise(report):
    """One line per set and system."""
    for name, part in report.items():
        for system, scores in {"bag": part["model"], **part["baselines"]}.items():
            print(f"{name:28s} {system:15s}", *(f"{h} {scores[h]['accuracy']:.3f}/{scores[h]['macro_f1']:.3f}" for h in HEADS),
                  f"unified {scores['unified_accuracy']:.3f} exact {scores['exact_match']:.3f}")


def main():
    """Evaluate, print a summary, write metrics.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--work", type=Path, default=DEFAULT_WORK)
    parser.add_argument("--calibration", action="store_true")
    args = parser.parse_args()
    training_report = read_json(args.work / "train.json")
    weights = dict(np.load(args.work / "weights.npz"))
    labelled = load_labelled(args.data)
    context = build_context(args, labelled, training_report)
    chosen = [r for r in labelled if r["split"] == ("calibration" if args.calibration else "test")]
    sets = {"all": chosen, **{kind: [r for r in chosen if r["kind"] == kind] for kind in ("real", "written")}}
    if not args.calibration:
        sets["consensus_open_60"] = load_open(args.data)
    vocabulary = load_vocabulary(args.work / "kickoff.model")
    for rows in sets.values():
        add_features(rows, vocabulary, training_report["shape"])
    report = {name: evaluate_rows(rows, (dequantised(weights), weights), context) for name, rows in sets.items()}
    summarise(report)
    if args.calibration:
        return
    previous = read_json(MODEL_DIR / "metrics.json", {"test_looks": 0})
    metrics = {"model": context["config"]["name"], "version": context["config"]["version"],
               "test_looks": previous["test_looks"] + 1, "training": training_report,
               "engines": read_json(args.work / "engines.json"),
               "label_agreement": label_agreement(args.data, labelled),
               "stated_answers": stated_answers(dequantised(weights), vocabulary, training_report["shape"],
                                                context["temperatures"]),
               "sets": report}
    (MODEL_DIR / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
