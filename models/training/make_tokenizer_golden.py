"""Make tests/golden/tokenizer: lines, small SentencePiece vocabularies, and the ids that SentencePiece gives.

Needs the `sentencepiece` package and the spm_train command; takes some seconds. Run from the repository root.
"""
import argparse
import json
import subprocess
import tempfile
from itertools import islice
from pathlib import Path

import sentencepiece as spm
from sentencepiece import sentencepiece_model_pb2 as pb

from tokenizer_lines import make_lines, make_training_text

COMMON = ["--model_type=unigram", "--num_threads=1", "--hard_vocab_limit=false", "--minloglevel=2"]
CONTRACT_IDS = ["--pad_id=0", "--bos_id=1", "--eos_id=2", "--unk_id=3", "--bos_piece=[CLS]", "--eos_piece=[SEP]"]
# identity: our own kind. nmt_nfkc: the kind of a foreign folder. symbols: user-defined symbols, merged unknowns.
VARIANTS = {
    "identity": ["--vocab_size=2000", "--normalization_rule_name=identity", "--remove_extra_whitespaces=false",
                 "--byte_fallback=true"],
    "nmt_nfkc": ["--vocab_size=1500", "--normalization_rule_name=nmt_nfkc", "--character_coverage=0.995"],
    "symbols": ["--vocab_size=800", "--normalization_rule_name=identity", "--character_coverage=0.98",
                "--user_defined_symbols=<user>,</user>,\u2705,  ,await"],
}
KINDS = {v.number: v.name.lower() for v in pb.ModelProto.SentencePiece.Type.DESCRIPTOR.values}


def train(name, flags, text_path, folder):
    """Train one vocabulary and return its serialised model."""
    prefix = folder / name
    command = ["spm_train", f"--input={text_path}", f"--model_prefix={prefix}", *COMMON, *CONTRACT_IDS, *flags]
    subprocess.run(command, check=True)
    return Path(f"{prefix}.model").read_bytes()


def strip_paths(model):
    """Drop what the product does not need and what depends on the machine: input paths and the trainer's sample."""
    proto = pb.ModelProto.FromString(model)
    del proto.trainer_spec.input[:]
    proto.trainer_spec.model_prefix = ""
    return proto.SerializeToString()


def to_tokenizer_json(model):
    """The product's tokenizer.json, written here independently of the TypeScript converter."""
    proto = pb.ModelProto.FromString(model)
    pieces = [[p.piece, float(f"{p.score:.9g}")] + ([] if p.type == 1 else [KINDS[p.type]]) for p in proto.pieces]
    spec, trainer = proto.normalizer_spec, proto.trainer_spec
    return {
        "type": "unigram", "add_dummy_prefix": spec.add_dummy_prefix,
        "remove_extra_whitespaces": spec.remove_extra_whitespaces, "escape_whitespaces": spec.escape_whitespaces,
        "treat_whitespace_as_suffix": trainer.treat_whitespace_as_suffix, "byte_fallback": trainer.byte_fallback,
        "charsmap": None, "pieces": pieces,
    }


def write_json(path, value):
    """Compact ASCII JSON, so that odd characters survive any editor."""
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n", encoding="ascii")


def main():
    """Write lines.json and, per variant, <name>.spm.model and <name>.ids.json; identity also as tokenizer.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, help="optional folder with commit_messages.txt.zst to train on as well")
    parser.add_argument("--out", type=Path, default=Path("tests/golden/tokenizer"))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    lines = make_lines()
    write_json(args.out / "lines.json", lines)
    with tempfile.TemporaryDirectory() as folder:
        text_path = Path(folder) / "text.txt"
        text = list(make_training_text(seed=5, count=6000))
        if args.corpus:
            command = ["zstd", "-dc", str(args.corpus / "commit_messages.txt.zst")]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as unpacked:
                lines_read = islice(unpacked.stdout, 20000)
                rows = [line.decode("utf-8", "replace").rstrip("\n") for line in lines_read]
                unpacked.kill()
            text += [row for row in rows if 0 < len(row) < 400]
        text_path.write_text("\n".join(text) + "\n", encoding="utf-8")
        for name, flags in VARIANTS.items():
            model = strip_paths(train(name, flags, text_path, Path(folder)))
            (args.out / f"{name}.spm.model").write_bytes(model)
            write_json(args.out / f"{name}.ids.json", spm.SentencePieceProcessor(model_proto=model).encode(lines))
            if name == "identity":
                write_json(args.out / "identity.tokenizer.json", to_tokenizer_json(model))


if __name__ == "__main__":
    main()
