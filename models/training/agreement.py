"""How far two labellers agree: raw share and Cohen's kappa per head, over prompts with two independent votes.

The first two votes of a prompt are independent; a third one settled them and is left out here.
"""
import json
from collections import Counter

from ontology import HEADS, LABELS_FILE
from votes import VOTE_ORDER, votes_of


def kappa(pairs):
    """Cohen's kappa of (a, b) label pairs."""
    n = len(pairs)
    left, right = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(left[k] * right[k] for k in left) / n / n
    return (sum(a == b for a, b in pairs) / n - chance) / (1 - chance)


def agreement():
    """{name: {pairs, exact, head: {raw, kappa}}} for all doubly labelled prompts, by kind, and for the test split."""
    rows = [json.loads(line) for line in LABELS_FILE.read_text(encoding="utf-8").splitlines()]
    rows = [(r, votes_of(r["id"])) for r in rows]
    rows = [(r, v[0]["labels"], v[1]["labels"]) for r, v in rows if len(v) > 1]
    groups = {"all": rows, "test split": [r for r in rows if r[0]["split"] == "test"]}
    for kind in ("real_prompt", "work_item", "written"):
        groups[kind] = [r for r in rows if r[0]["kind"] == kind]
    out = {}
    for name, part in groups.items():
        if not part:
            continue
        found = {"pairs": len(part), "exact": sum(a == b for _, a, b in part) / len(part)}
        for head in HEADS:
            pairs = [(a[VOTE_ORDER.index(head)], b[VOTE_ORDER.index(head)]) for _, a, b in part]
            found[head] = {"raw": sum(a == b for a, b in pairs) / len(pairs), "kappa": kappa(pairs)}
        out[name] = found
    return out


if __name__ == "__main__":
    for name, part in agreement().items():
        print(name, part["pairs"], f"exact {part['exact']:.3f}", *(f"{h} {part[h]['raw']:.3f} ({part[h]['kappa']:.3f})" for h in HEADS))
