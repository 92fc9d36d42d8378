"""Train the unigram vocabulary on a lower-cased sample of the corpus and the training split's prompts."""
import argparse
import random
import subprocess
from pathlib import Path

from dataset import load_labelled
from features import lower_ascii
from ontology import DEFAULT_DATA, DEFAULT_WORK

# Share of lines kept per corpus file: about 300k lines of 6 M, issue-like text (nearest to prompts) nearly whole.
SHARES = {"commit_messages.txt.zst": 0.03, "issue_like_text.txt.zst": 0.6, "markdown_docs.txt.zst": 0.06}


def sample_lines(data, seed):
    """Lower-cased corpus lines of 1-600 characters, drawn with a fixed seed."""
    rng = random.Random(seed)
    for name, share in SHARES.items():
        raw = subprocess.run(["zstd", "-dc", str(data / "corpus" / name)], check=True, capture_output=True).stdout
        for line in raw.decode("utf-8", "replace").split("\n"):
            if 0 < len(line) <= 600 and rng.random() < share:
                yield lower_ascii(line)


def main():
    """Write <work>/kickoff.model and .vocab."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--work", type=Path, default=DEFAULT_WORK)
    parser.add_argument("--vocab-size", type=int, default=8192)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    lines = list(sample_lines(args.data, seed=7))
    for row in load_labelled(args.data):
        # The labelled rows of other splits stay out; the issue text above is not filtered.
        if row["split"] == "train":
            lines += [lower_ascii(line) for line in ("Current: " + row["text"]).split("\n") if line]
    (args.work / "vocabulary.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    subprocess.run([
        "spm_train", f"--input={args.work / 'vocabulary.txt'}", f"--model_prefix={args.work / 'kickoff'}",
        "--model_type=unigram", f"--vocab_size={args.vocab_size}", "--normalization_rule_name=identity",
        "--remove_extra_whitespaces=false", "--byte_fallback=true", "--character_coverage=0.9995",
        "--pad_id=0", "--bos_id=1", "--eos_id=2", "--unk_id=3", "--bos_piece=[CLS]", "--eos_piece=[SEP]",
        "--num_threads=2", "--max_sentence_length=8192",
    ], check=True)


if __name__ == "__main__":
    main()
