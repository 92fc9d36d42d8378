"""Render models/kickoff-0/MODEL_CARD.md: every figure in it is read from metrics.json, labels.jsonl and model_config.json."""
import json
from collections import Counter

from ontology import HEADS, LABELS_FILE, MODEL_DIR, SUB_SCORES

SET_NAMES = {"all": "test, all", "real": "test, real prompts", "written": "test, written prompts",
             "consensus_open_60": "public consensus examples"}
SYSTEM_NAMES = {"majority": "majority class", "keyword_rules": "keyword rules", "tfidf_logistic": "TF-IDF + logistic"}


def percent(value):
    """0.1234 -> 12.3"""
    return "-" if value is None else f"{100 * value:.1f}"


def table(head, rows):
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def score_row(name, scores):
    """accuracy / macro-F1 per head, unified, exact match."""
    cells = [f"{percent(scores[h]['accuracy'])} / {percent(scores[h]['macro_f1'])}" for h in HEADS]
    unified = f"{percent(scores['unified_accuracy'])} / {percent(scores['unified_macro_f1'])}"
    return [name, *cells, unified, percent(scores["exact_match"])]


def score_tables(sets):
    """One table per evaluated set."""
    head = ["accuracy / macro-F1, %", *HEADS, "unified", "exact match"]
    parts = []
    for key, title in SET_NAMES.items():
        report = sets[key]
        rows = [score_row("**kickoff-0 (int8)**", report["model"])]
        rows += [score_row(SYSTEM_NAMES[n], s) for n, s in report["baselines"].items()]
        parts.append(f"**{title}** ({report['rows']} rows)\n\n{table(head, rows)}")
    return "\n\n".join(parts)


def difference_table(sets):
    """Bag minus baseline with its interval."""
    def cell(entry):
        return f"{100 * entry['difference']:+.1f} [{100 * entry['low']:+.1f}, {100 * entry['high']:+.1f}]"
    rows = [[SET_NAMES[key], SYSTEM_NAMES[name], *(cell(scores["bag_minus_this"][h]) for h in [*HEADS, "unified"])]
            for key in SET_NAMES for name, scores in sets[key]["baselines"].items()]
    return table(["set", "kickoff-0 minus", *HEADS, "unified"], rows)


def confidence_table(sets):
    """Calibration and abstention at the shipped thresholds."""
    rows = []
    for key, title in SET_NAMES.items():
        for head in HEADS:
            c = sets[key]["confidence"][head]
            curve = " ".join(f"{percent(p['accuracy'])}" for p in c["curve"])
            rows.append([title, head, percent(c["ece"]), percent(c["kept_at_threshold"]), percent(c["accuracy_kept"]),
                         percent(c["accuracy_abstained"]), curve])
    return table(["set", "head", "ECE", "kept", "accuracy kept", "accuracy abstained",
                  "accuracy of the surest 100/90/80/70/60/50 %"], rows)


def sub_table(sets):
    """Spearman correlation and mean absolute error."""
    head = ["score", *(f"{SET_NAMES[k]}: Spearman, MAE" for k in SET_NAMES)]
    return table(head, [[name, *(f"{sets[k]['sub_scores'][name]['spearman']:.2f}, {sets[k]['sub_scores'][name]['mae']:.2f}"
                                 for k in SET_NAMES)] for name in SUB_SCORES])


def stated_table(answers):
    """The demanded answers; wrong ones are marked."""
    def cell(answer):
        return f"{answer['label']} {answer['confidence']:.2f}" + ("" if answer["right"] else " (wrong)")
    return table(["prompt", *HEADS], [[a["text"], *(cell(a[h]) for h in HEADS)] for a in answers])


def split_table(rows):
    """Rows per kind and split."""
    count = Counter((r["kind"] + (", training only" if r.get("pinned_split") == "train" else ""), r["split"]) for r in rows)
    kinds = sorted({kind for kind, _ in count})
    return table(["rows", "train", "calibration", "test"],
                 [[k, *(count[(k, s)] for s in ("train", "calibration", "test"))] for k in kinds])


def engines_text(metrics):
    """Agreement of int8, float32, ONNX, ORT and Python."""
    quant, engines = metrics["sets"]["all"]["int8_vs_float32"], metrics["engines"]
    lines = [
        f"- int8 against float32 weights on the test rows: {quant['class_disagreements']} of "
        f"{3 * metrics['sets']['all']['rows']} classes differ, greatest logit difference {quant['logit_difference_max']:.3f}; "
        f"unified accuracy {percent(metrics['sets']['all']['model']['unified_accuracy'])} against "
        f"{percent(metrics['sets']['all']['float32']['unified_accuracy'])} %.",
        f"- model.onnx against model.ort in onnxruntime-web 1.30.0 (wasm, one thread) on {engines['prompts']} prompts: "
        f"greatest difference {engines['onnx_vs_ort_max']:g}.",
        f"- model.ort against the Python model behind the golden file (the same file that the TypeScript fallback is tested "
        f"on): greatest difference {engines['python_vs_ort_max']:.1e}, {engines['argmax_disagreements']} classes differ.",
    ]
    return "\n".join(lines)


def risk_text(confusion):
    """What happens to truly high-risk prompts."""
    low, medium, high = confusion[2]
    return f"Of {low + medium + high} high-risk test prompts {high} are called high, {medium} medium and {low} low."


def main():
    """Fill card-template.md."""
    metrics = json.loads((MODEL_DIR / "metrics.json").read_text(encoding="utf-8"))
    config = json.loads((MODEL_DIR / "model_config.json").read_text(encoding="utf-8"))
    rows = [json.loads(line) for line in LABELS_FILE.read_text(encoding="utf-8").splitlines()]
    sets, agreement, settings = metrics["sets"], metrics["label_agreement"], metrics["training"]["settings"]
    scope = sets["all"]["out_of_scope"]
    values = {
        "SCORES": score_tables(sets), "DIFFERENCES": difference_table(sets), "CONFIDENCE": confidence_table(sets),
        "SUBS": sub_table(sets), "STATED": stated_table(metrics["stated_answers"]), "SPLITS": split_table(rows),
        "ENGINES": engines_text(metrics), "RISK": risk_text(sets["all"]["confidence"]["risk"]["confusion"]),
        "LOOKS": metrics["test_looks"], "ROWS": len(rows), "DIM": settings["dim"], "HIDDEN": settings["hidden"],
        "VOCAB": config["features"]["vocab_size"], "BUCKETS": config["features"]["buckets"],
        "SEEDS": settings["seeds"], "POOL": settings["pool"], "SECONDS": metrics["training"]["seconds"],
        "PAIRS": agreement["pairs"], "AGREEMENT": ", ".join(f"{h} {percent(agreement[h])} %" for h in HEADS),
        "SCOPE": f"{scope['found']} of {scope['out_of_scope_rows']} found, {scope['false_alarms']} false alarms",
        "ABSTENTION": ", ".join(f"{h} {config['abstention'][h]:.2f}" for h in HEADS),
        "MEGABYTES": f"{(MODEL_DIR / config['files']['onnx']).stat().st_size / 1e6:.2f}",
    }
    text = (MODEL_DIR.parent / "training" / "card-template.md").read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace("{{" + key + "}}", str(value))
    (MODEL_DIR / "MODEL_CARD.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
