"""Write the golden files: 1,000 lines with their SentencePiece ids, and 40 prompts with the outputs of graph and bag.

Every text is our own or generated here; nothing comes from the corpus or from the labelled prompts.
"""
import argparse
import json
import random
import subprocess
from pathlib import Path

import numpy as np

from bag import dequantised, forward
from features import asides, load_vocabulary, prompt_features, token_ids
from finetune import short
from ontology import COMPLEXITY_SUB, DEFAULT_WORK, GOLDEN_DIR, HEADS, HERE, MODEL_DIR, RISK_SUB
from plain import to_plain
from steer import steered

WORDS = ("cache retry invoice Token deploy READ_ONLY getUserById snake_case kebab-case http2 utf8 résumé naïve Straße "
         "función données 変更 テスト 部署 回滚 데이터 اختبار пример δοκιμή עברית ไทย emoji nullable ledger shard rollback").split()
ODD = ["\u2581", "\u2581\u2581", "\t", "  ", "   ", "\n", "\r\n", "\u00a0", "\u200b", "\u200d", "\ufeff", "\u0000", "\u0001",
       "\u001b[31m", "\u007f", "\u0301", "e\u0301", "\u202e", "\U0001f600", "\U0001f468\u200d\U0001f4bb", "\U0001f1e9\U0001f1ea", "☕",
       "½", "ﬁ", "Ⅷ", "①", "\ufffd", "\U0001d49c", "\U00020000", "ａｂｃ", "ﾃｽﾄ", "—", "…", "“quoted”", "<unk>", "[CLS]", "[SEP]", "<0x41>", "<s>"]
CODE = ["for (let i = 0; i < {n}; i++) {{ total += rows[i].amount; }}", "def {w}(self, *args, **kwargs) -> dict[str, int]:",
        "SELECT {w}, COUNT(*) FROM t_{n} WHERE id >= {n} GROUP BY 1;", "  at {w}.{w}({w}.java:{n})", "\t\tif err != nil {{ return {n}, err }}",
        "#include <{w}.h>", "git rebase -i HEAD~{n} && npm run {w}", "{{\"{w}\": [{n}, null, \"{w}\"]}}", "E{n}: expected `{w}`, got '{w}'",
        "https://example.test/{w}/{n}?q={w}#frag", "fn {w}<T: Clone>(x: &mut [T]) -> Option<&T> {{ x.get({n}) }}", "0x{n:08x} {n:+e} 1_000_{n}",
        "<div class=\"{w}\">{{{{ {w} }}}}</div>", "- [ ] {w} ({n}%)", "CREATE TABLE {w} (id BIGINT PRIMARY KEY, at TIMESTAMPTZ);"]
PROMPTS = [
    "make the tooltip disappear when the pointer leaves the chart", "add pagination to GET /v1/shipments", "why is the worker idle on Sundays?",
    "rename the Basket class to Cart", "write tests for the roman numeral parser", "replace yarn with pnpm in the tools folder",
    "sketch three layouts for the account overview", "document the feature toggles", "the mailer sends every receipt twice since Monday",
    "rotate the signing keys of the artefact store, it is live", "remove the unused colour variables", "hi there",
    "Implement a lock-free queue with hazard pointers in C++ and prove its memory ordering.",
    "Our nightly export to the accounting system drops rows with negative amounts. Find out why and fix it.",
    "purge inactive customer records from the live database", "give the audit role read access to payroll",
    "Traceback (most recent call last):\n  File \"app/jobs.py\", line 12, in run\n    total = sum(x.price for x in items)\nTypeError: unsupported operand",
    "bump eslint", "Füge bitte einen Knopf zum Herunterladen der Rechnung hinzu", "検索フォームにプレースホルダーを追加して", "🚀 speed up the landing page 🚀",
    "compare Kafka with NATS for our telemetry and recommend one", "set up alerts for disk usage on the staging hosts", "fix lint",
    "the login form lets you in with any password when LDAP is down", "Write an ADR on choosing SQLite for the desktop client.",
    "cleanup", "convert callbacks to async/await in lib/", "Change the primary key of payments from int to uuid, with no downtime.",
    "Add a --json flag to the status command\nFiles: src/cli/status.ts, src/cli/print.ts\nStack: TypeScript, Node", "", " ", "a", "???",
    "refund everybody who was charged on 3 March", "tighten the rate limit of the sign-up endpoint", "explain what this regex does: ^(?:[a-z]+_)*\\d{2,4}$",
    "make the chat widget match the new brand colours", "implement password reset by e-mail link", "long: " + "check the importer and the exporter, then the importer again; " * 40,
]


def golden_lines(count, seed):
    """Varied lines: words, code, odd code points and random mixtures of the three."""
    rng = random.Random(seed)
    lines = ["", " ", "  ", "\u2581", "\n", "\t", *ODD, *PROMPTS]
    seen = set(lines)
    while len(seen) < count:
        kind = rng.random()
        if kind < 0.35:
            text = rng.choice(CODE).format(n=rng.randrange(10**rng.randrange(1, 7)), w=rng.choice(WORDS))
        elif kind < 0.65:
            text = " ".join(rng.choice(WORDS) for _ in range(rng.randrange(1, 14)))
        elif kind < 0.95:
            text = "".join(rng.choice([rng.choice(WORDS), rng.choice(ODD), " ", rng.choice(CODE).format(n=7, w="x")]) for _ in range(rng.randrange(2, 9)))
        else:
            text = "".join(chr(rng.choice([rng.randrange(0x20, 0x7F), rng.randrange(0xA0, 0xD7FF), rng.randrange(0x1F300, 0x1FAFF)])) for _ in range(rng.randrange(1, 25)))
        if text not in seen:
            seen.add(text)
            lines.append(text)
    return list(dict.fromkeys(lines))[:count]


def rounded(values):
    """float32 precision in as few digits as it takes."""
    return [float(f"{float(x):.7g}") for x in np.ravel(values)]


def as_raw(out, scores):
    """Outputs in the shape of the worker's RawOutputs."""
    return {**{head: rounded(out[head]) for head in HEADS}, "complexity_sub": dict(zip(COMPLEXITY_SUB, scores[:4])),
            "risk_sub": dict(zip(RISK_SUB, scores[4:])), "out_of_scope": rounded(out["out_of_scope"])[0]}


def graph_rows(vocabulary, work, runtime):
    """Each prompt with its ids and what the native runtime makes of them: another engine than the worker's."""
    ids = [short(np.asarray(token_ids(vocabulary, t))).tolist() for t in PROMPTS]
    (work / "ids.json").write_text(json.dumps(ids))
    subprocess.run(["node", str(HERE / "dump-logits.mjs"), "--model", str(MODEL_DIR / "model.onnx"), "--ids", str(work / "ids.json"),
                    "--out", str(work / "logits.json"), "--runtime", str(runtime)], check=True)
    rows = []
    for text, row, out in zip(PROMPTS, ids, json.loads((work / "logits.json").read_text())):
        scores = [rounded(out[f"complexity_sub_{n}"])[0] for n in COMPLEXITY_SUB] + [rounded(out[f"risk_sub_{n}"])[0] for n in RISK_SUB]
        named = {**{h: out[f"{h}_logits"] for h in HEADS}, "out_of_scope": out["out_of_scope"]}
        rows.append({"text": text, "features": row, **as_raw(named, scores), "category": rounded(out["category_logits"])})
    return rows


def plain_rows():
    """Lines and prompts, dressed and with asides, and what is read of them."""
    rng = random.Random(21)
    texts = golden_lines(300, seed=22) + [steered(rng.choice(PROMPTS), rng) for _ in range(500)]
    texts += ["# Title\n\n- one\n- [x] two\n> > three\n\n```ts\nconst a = 1;\n```\n---\n**bold** `code`", "\u201cquoted\u201d", "<!-- a -->b<!-- c", "x" * 7000]
    return [{"text": t, "plain": to_plain(t, asides())} for t in texts]


def fallback_row(text, vocabulary, shape, weights):
    """One prompt with its feature ids and every output of the quantised bag in Python."""
    features = prompt_features(vocabulary, text, shape)
    out = forward(weights, features)
    return {"text": text, "features": features.tolist(), **as_raw(out, rounded(out["sub"])), "category": None}


def main():
    """Write tokens.json, logits.json and fallback.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=DEFAULT_WORK)
    parser.add_argument("--runtime", type=Path, required=True, help="folder with onnxruntime-node")
    args = parser.parse_args()
    vocabulary = load_vocabulary(args.work / "kickoff.model")
    shape = json.loads((args.work / "train.json").read_text(encoding="utf-8"))["shape"]
    weights = dequantised(dict(np.load(args.work / "weights.npz")))
    GOLDEN_DIR.mkdir(parents=True, exist_ok=True)
    lines = [{"text": t, "ids": vocabulary.encode(t)} for t in golden_lines(1000, seed=20)]
    files = {"tokens.json": lines, "logits.json": graph_rows(vocabulary, args.work, args.runtime),
             "plain.json": plain_rows(), "fallback.json": [fallback_row(t, vocabulary, shape, weights) for t in PROMPTS]}
    for name, value in files.items():
        text = "[\n" + ",\n".join(json.dumps(v, ensure_ascii=True, separators=(",", ":")) for v in value) + "\n]\n"
        (GOLDEN_DIR / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
