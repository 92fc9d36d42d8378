"""Render models/kickoff-1/MODEL_CARD.md and its plots. Figures come from files that commands wrote; the readings of them
(card-notes.md, card-figures.json) are written by hand.

<work>/eval-test.json, eval-test-fallback.json (npm run model:eval -- --json), <work>/compare.jsonl (compare.py),
<work>/baselines-test.json (baselines_test.py), <work>/export.json (export.py), <work>/parity.json (parity.py), votes.jsonl.
"""
import json
from collections import Counter

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from agreement import agreement
from ontology import CATEGORIES_FILE, DEFAULT_WORK, HEADS, HERE, LABELS_FILE, MODEL_DIR, REPO, SUB_SCORES

WANTED = {"complexity": 66, "task_type": 76, "risk": 76}
STARTS = {"none": "from scratch", "a": "masked pre-training", "aw": "masked and weak pre-training"}
SLICES = ["all", "real_prompt", "work_item", "written", "<=16 tokens", "17-64 tokens", ">64 tokens"]


def load(name, default=None):
    """A JSON file of the work folder."""
    path = DEFAULT_WORK / name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else default


def percent(value):
    return "-" if value is None else f"{100 * value:.1f}"


def ranged(measured):
    """value [low, high] in percent."""
    interval = measured.get("interval")
    return percent(measured["value"]) + (f" [{percent(interval['low'])}, {percent(interval['high'])}]" if interval else "")


def table(head, rows):
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(c) for c in row) + " |" for row in rows])


def by_name(report):
    return {s["name"]: s for s in report["slices"]}


def score_table(report):
    """Accuracy and macro-F1 by slice."""
    found = by_name(report)
    rows = []
    for name in [n for n in SLICES if n in found] + [n for n in found if n not in SLICES]:
        a = found[name]["accuracy"]
        rows.append([name, found[name]["rows"], ranged(a["unified"]), *(ranged(a[h]) for h in HEADS), ranged(a["exact"]),
                     " / ".join(percent(a[f"{h}F1"]["value"]) for h in HEADS)])
    all_rows = found["all"]["accuracy"]
    rows.append(["majority class", "", percent(all_rows["unified"]["majority"]), *(percent(all_rows[h]["majority"]) for h in HEADS),
                 percent(all_rows["exact"]["majority"]), ""])
    return table(["test, %", "rows", "unified", *HEADS, "exact match", "macro-F1 " + " / ".join(HEADS)], rows)


def calibration_table(report):
    rows = []
    for name in ("all", "real (both)", "written"):
        part = by_name(report).get(name)
        if part is None:
            continue
        for head in HEADS:
            c = part["heads"][head]["calibration"]
            t, o = part["heads"][head]["atTenPercentError"], part["heads"][head]["atOwnThreshold"]
            interval = c["interval"]
            rows.append([name, head, f"{c['l2']:.3f} [{interval['low']:.3f}, {interval['high']:.3f}]", f"{c['l1']:.3f}",
                         f"{percent(t['share'])} ({percent(t['errorUpper'])})",
                         f"{percent(o['share'])} ({percent(o['error'])}, {percent(o['errorUpper'])})"])
    return table(["rows", "head", "calibration error, L2 debiased", "L1", "answered at <= 10 % error (95 % bound)",
                  "answered at own threshold (error, 95 % bound)"], rows)


def gate_table(report):
    rows = []
    for name in ("all", "real (both)", "real_prompt", "work_item", "written"):
        part = by_name(report).get(name)
        if part:
            h = part["highRisk"]
            recall = h["recallAtGate"]
            rows.append([name, percent(h["prevalence"]["share"]), percent(h["gated"]["share"]),
                         f"{recall['count']} of {recall['of']}: {percent(recall['share'])} [{percent(recall['low'])}, {percent(recall['high'])}]",
                         percent(h["recallByLabel"]["share"])])
    return table(["rows", "high risk, %", "gated, %", "recall at the gate", "recall of the label alone"], rows)


def sub_score_table(report):
    scores = by_name(report)["all"]["scores"]
    return table(["score", "Spearman", "mean absolute error"],
                 [[n, f"{scores[n]['spearman']:.2f}", f"{scores[n]['meanAbsoluteError']:.2f}"] for n in SUB_SCORES if n in scores])


def share_table(title, kinds):
    rows = [[k["kind"] or "all", k["shares"]["all"]["of"], *(percent(k["shares"][h]["share"]) for h in HEADS),
             percent(k["shares"]["all"]["share"])] for k in kinds]
    return table([title, "n", *HEADS, "all three"], rows)


def compare_rows():
    path = DEFAULT_WORK / "compare.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def compare_table():
    """Systems on the whole train split, scored on calibration rows: mean and spread of the seeds."""
    groups = {}
    for row in compare_rows():
        if not row["job"]["limit"]:
            groups.setdefault((row["job"]["kind"], row["job"]["encoder"]), []).append(row)
    out = []
    for (kind, encoder), rows in groups.items():
        unified = [r["unified"] for r in rows]
        start = {"none": "", "a": ", masked pre-training", "aw": ", masked and weak pre-training"}.get(encoder, f", {encoder}")
        out.append([kind + start, len(rows), f"{percent(np.mean(unified))} ({percent(min(unified))} to {percent(max(unified))})",
                    *(percent(np.mean([r[h] for r in rows])) for h in HEADS), percent(np.mean([r["exact"] for r in rows])),
                    percent(np.mean([r["work_item"] for r in rows])), percent(np.mean([r["written"] for r in rows]))])
    return table(["calibration rows, %", "seeds", "unified (least to most)", *HEADS, "exact", "work items", "written"], out)


def plot_curve():
    """Labels against accuracy, with and without pre-training."""
    series = {}
    total = max((r["train_rows"] for r in compare_rows()), default=0)
    for r in compare_rows():
        if not (r["job"]["limit"] == 0 and r["job"]["kind"] == "keywords"):
            series.setdefault((r["job"]["kind"], r["job"]["encoder"]), {}).setdefault(r["job"]["limit"] or total, []).append(r["unified"])
    figure, axes = plt.subplots(figsize=(6, 4))
    for (kind, encoder), points in sorted(series.items()):
        if len(points) > 1:
            sizes = sorted(points)
            axes.plot(sizes, [100 * np.mean(points[s]) for s in sizes], "o-", label=f"{kind}, {STARTS.get(encoder, encoder)}")
    axes.set(xscale="log", xlabel="labelled training prompts", ylabel="unified accuracy on calibration rows, %")
    axes.legend(), axes.grid(alpha=0.3)
    figure.tight_layout(), figure.savefig(MODEL_DIR / "learning-curve.png", dpi=110), plt.close(figure)
    return [[k, e, s, percent(np.mean(v)), len(v)] for (k, e), points in sorted(series.items()) for s, v in sorted(points.items()) if len(points) > 1]


def plot_reliability(report):
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.4))
    for ax, head in zip(axes, HEADS):
        bins = by_name(report)["all"]["heads"][head]["calibration"]["bins"]
        ax.plot([0, 1], [0, 1], "k:", lw=1)
        ax.plot([b["confidence"] for b in bins], [b["accuracy"] for b in bins], "o-")
        ax.set(title=head, xlim=(0.2, 1), ylim=(0, 1), xlabel="stated confidence", ylabel="share right")
    figure.tight_layout(), figure.savefig(MODEL_DIR / "reliability.png", dpi=110), plt.close(figure)


def plot_coverage():
    """Error among the answered against the share answered, calibration rows, from export.json."""
    curves = load("coverage.json", {})
    figure, axes = plt.subplots(figsize=(6, 4))
    for head, points in curves.items():
        axes.plot([100 * p[0] for p in points], [100 * p[1] for p in points], label=head)
    axes.set(xlabel="share answered, %", ylabel="error among answered, %"), axes.legend(), axes.grid(alpha=0.3)
    figure.tight_layout(), figure.savefig(MODEL_DIR / "risk-coverage.png", dpi=110), plt.close(figure)


def data_table(rows):
    kinds = ("real_prompt", "work_item", "written")
    counts = Counter((r["kind"], r["split"]) for r in rows)
    out = [[k, *(counts[(k, s)] for s in ("train", "calibration", "test")),
            len({r.get("seed", r)["source"] for r in rows if r["kind"] == k})] for k in kinds]
    table_one = table(["prompts", "train", "calibration", "test", "repositories and projects"], out)
    shares = [[h, ", ".join(f"{n} {c}" for n, c in Counter(r["labels"][h] for r in rows).most_common())] for h in HEADS]
    return table_one + "\n\n" + table(["label", "counts over all splits"], shares)


def agreement_table():
    rows = []
    for name, part in agreement().items():
        rows.append([name, part["pairs"], *(f"{percent(part[h]['raw'])} ({part[h]['kappa']:.2f})" for h in HEADS), percent(part["exact"])])
    return table(["votes", "prompts", *(f"{h}, % (kappa)" for h in HEADS), "all three, %"], rows)


def baseline_table(report):
    base = load("baselines-test.json", {})
    all_rows = by_name(report)["all"]["accuracy"]
    rows = [["**kickoff-1**", percent(all_rows["unified"]["value"]), *(percent(all_rows[h]["value"]) for h in HEADS), percent(all_rows["exact"]["value"])]]
    fallback = load("eval-test-fallback.json")
    if fallback:
        f = by_name(fallback)["all"]["accuracy"]
        rows.append(["fallback (bag in plain TypeScript)", percent(f["unified"]["value"]), *(percent(f[h]["value"]) for h in HEADS), percent(f["exact"]["value"])])
    for name, scores in base.items():
        rows.append([name, percent(scores["unified"]), *(percent(scores[h]) for h in HEADS), percent(scores["exact"])])
    return table(["test, %", "unified", *HEADS, "exact match"], rows)


def main():
    """Fill card-template.md."""
    report, export, parity = load("eval-test.json"), load("export.json"), load("parity.json", {})
    rows = [json.loads(line) for line in LABELS_FILE.read_text(encoding="utf-8").splitlines()]
    texts = Counter(json.loads(line)["split"] for line in CATEGORIES_FILE.read_text(encoding="utf-8").splitlines())
    curve = plot_curve()
    plot_reliability(report), plot_coverage()
    fill = {
        "ROWS": len(rows), "DATA": data_table(rows), "AGREEMENT": agreement_table(), "SCORES": score_table(report),
        "BASELINES": baseline_table(report), "COMPARE": compare_table(),
        "CURVE": table(["system", "start", "train prompts", "unified, %", "seeds"], curve),
        "CALIBRATION": calibration_table(report), "GATE": gate_table(report), "SUB_SCORES": sub_score_table(report),
        "NOISE": share_table("labels unchanged, %", report["noise"]["unchanged"]), "NOISE_PROMPTS": report["noise"]["prompts"],
        "STEERING": share_table("labels flipped, %", report["steering"]["flips"][:1]), "ATTEMPTS": report["steering"]["attempts"],
        "FREE_TEXTS": json.dumps(report["freeTexts"], indent=1) if report["freeTexts"] else "-",
        "CATEGORY": ranged_proportion(report["freeTexts"]["category"]["accuracy"]), "CATEGORY_F1": percent(report["freeTexts"]["category"]["macroF1"]),
        "SCOPE_PRECISION": ranged_proportion(report["freeTexts"]["outOfScope"]["precision"]),
        "SCOPE_RECALL": ranged_proportion(report["freeTexts"]["outOfScope"]["recall"]), "TEXTS": dict(texts),
        "MEGABYTES": f"{report['size']['servedBytes'] / 1e6:.1f}", "FOLDER": f"{report['size']['folderBytes'] / 1e6:.1f}",
        "WASM": f"{report['wasmMemoryBytes'] / 2**20:.0f}", "PROMISES": json.dumps(export["graph"]["abstention_promises"]),
        "GATE_FOUND": export["graph"]["gate_threshold"],
        "GATE_THRESHOLD": json.loads((REPO / "shared/data/default-policy.json").read_text())["gate"]["highRiskProbability"], "PARITY": json.dumps(parity), "NOTES": (HERE / "card-notes.md").read_text(encoding="utf-8"),
        **json.loads((HERE / "card-figures.json").read_text(encoding="utf-8")),
    }
    text = (HERE / "card-template.md").read_text(encoding="utf-8")
    for name, value in fill.items():
        text = text.replace("{{" + name + "}}", str(value))
    (MODEL_DIR / "MODEL_CARD.md").write_text(text, encoding="utf-8")
    print("unfilled:", [part.split("}}")[0] for part in text.split("{{")[1:]])


def ranged_proportion(p):
    return f"{percent(p['share'])} % [{percent(p['low'])}, {percent(p['high'])}] ({p['count']} of {p['of']})"


if __name__ == "__main__":
    main()
