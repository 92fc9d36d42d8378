"""The unlabelled corpus as one stream of token ids; texts of held-out prompts are left out."""
import subprocess

import numpy as np

from dataset import load_labelled
from features import load_vocabulary, lower_ascii
from ontology import DEFAULT_DATA, DEFAULT_WORK

# Passes over each file in the stream; issue-like text is nearest to prompts.
FILES = {"issue_like_text.txt.zst": 3, "commit_messages.txt.zst": 1, "markdown_docs.txt.zst": 1}

def build(data, work, held_out):
    """Writes <work>/corpus-<n>.npy (uint16) per file. `held_out`: texts whose paragraphs must not occur."""
    vocabulary = load_vocabulary(work / "kickoff.model")
    held = {lower_ascii(line).strip() for text in held_out for line in text.split("\n") if len(line.strip()) >= 20}
    for name in FILES:
        target = work / f"corpus-{name.split('.')[0]}.npy"
        if target.exists():
            continue
        raw = subprocess.run(["zstd", "-dc", str(data / "corpus" / name)], check=True, capture_output=True).stdout
        lines = raw.decode("utf-8", "replace").split("\n")
        ids, left_out = [], 0
        for start in range(0, len(lines), 50_000):
            kept = []
            for line in lines[start:start + 50_000]:
                lowered = lower_ascii(line).strip()
                if lowered in held:
                    left_out += 1
                elif lowered:
                    kept.append(lowered[:2000])
            ids.append(np.concatenate([np.asarray(row, dtype=np.uint16) for row in vocabulary.encode(kept)]))
        stream = np.concatenate(ids)
        np.save(target, stream)
        print(f"{name}: {len(stream) / 1e6:.1f}M tokens, {left_out} lines of held-out texts left out", flush=True)

def streams(work):
    """The token streams, with their passes as weights."""
    return [(np.load(work / f"corpus-{name.split('.')[0]}.npy", mmap_mode="r"), n) for name, n in FILES.items()]

def main():
    """Build the streams without the texts of calibration, test and stability rows."""
    held = [r["text"] for r in load_labelled(DEFAULT_DATA) if r["split"] != "train"]
    build(DEFAULT_DATA, DEFAULT_WORK, held)

if __name__ == "__main__":
    main()
