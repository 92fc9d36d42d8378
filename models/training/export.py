"""Write the served files of models/kickoff-0 from <work>/weights.npz.

Run it, then to-ort.mjs, then `export.py --seal`, which records the sha256 of every file in model_config.json.
"""
import argparse
import hashlib
import json
import struct
from pathlib import Path

import numpy as np
import onnx

from bag import dequantised, forward_all, quantise
from calibrate import calibrate
from dataset import load_labelled
from features import load_vocabulary
from graph import build_graph
from ontology import DEFAULT_DATA, DEFAULT_WORK, HEAD_TOKENS, HEADS, MAX_TOKENS, MODEL_DIR, TAIL_TOKENS, TEXT_PREFIX
from train import add_features

NAME, VERSION = "kickoff-0", "0.1.0"
FILES = {"onnx": "model.onnx", "ort": "model.ort", "tokenizer": "tokenizer.json",
         "temperatures": "temperature_scaling.json", "fallback": "fallback.bin"}
LAYERS = ["hidden", *HEADS, "sub", "out_of_scope"]


def write_json(name, value, compact=False):
    """Write one JSON file of the model folder."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")) if compact else json.dumps(value, indent=2)
    (MODEL_DIR / name).write_text(text + "\n", encoding="utf-8")


def piece_kind(vocabulary, index):
    """SentencePiece type of a piece as the word used in tokenizer.json."""
    for kind, test in (("unknown", vocabulary.IsUnknown), ("control", vocabulary.IsControl),
                       ("byte", vocabulary.IsByte), ("unused", vocabulary.IsUnused)):
        if test(index):
            return kind
    return "normal"


def write_tokenizer(vocabulary):
    """Pieces with scores and kinds; index = id. Scores keep float32 precision."""
    pieces = [[vocabulary.id_to_piece(i), float(f"{vocabulary.get_score(i):.9g}"), piece_kind(vocabulary, i)]
              for i in range(vocabulary.get_piece_size())]
    write_json(FILES["tokenizer"], {
        "type": "unigram", "pieces": pieces, "add_dummy_prefix": True, "remove_extra_whitespaces": False,
        "escape_whitespaces": True, "treat_whitespace_as_suffix": False, "byte_fallback": True,
        "charsmap": None, "precompiled_charsmap": None,
    }, compact=True)


def write_fallback(weights, meta):
    """SPBAG001: magic, uint32 LE header length, JSON header, zero padding to 4, tensors (each at a multiple of 4)."""
    table, scale = quantise(weights)
    tensors, blobs, offset = [], [], 0
    arrays = [("embedding", "i8", table, float(scale))]
    for layer in LAYERS:
        arrays += [(f"{layer}.{part}", "f32", weights[f"{layer}.{part}"].astype("<f4"), 1.0) for part in ("weight", "bias")]
    for name, dtype, array, tensor_scale in arrays:
        data = array.tobytes()
        tensors.append({"name": name, "dtype": dtype, "shape": list(array.shape), "scale": tensor_scale,
                        "offset": offset, "bytes": len(data)})
        data += b"\0" * (-len(data) % 4)
        blobs.append(data)
        offset += len(data)
    header = json.dumps({"meta": meta, "tensors": tensors}, separators=(",", ":")).encode("utf-8")
    start = b"SPBAG001" + struct.pack("<I", len(header)) + header
    (MODEL_DIR / FILES["fallback"]).write_bytes(start + b"\0" * (-len(start) % 4) + b"".join(blobs))


def write_config(shape, calibration):
    """model_config.json; the digests are filled in by seal()."""
    write_json("model_config.json", {
        "name": NAME, "version": VERSION, "kind": "bag", "max_tokens": MAX_TOKENS, "head_tokens": HEAD_TOKENS,
        "tail_tokens": TAIL_TOKENS, "text_prefix": TEXT_PREFIX, "normalize": {"lowercase": "ascii"},
        "features": {"kind": "piece_ngrams", **shape}, "abstention": calibration["abstention"],
        "out_of_scope_threshold": calibration["out_of_scope_threshold"], "files": FILES, "sha256": {},
    })


def seal():
    """Record the digests of the finished files."""
    path = MODEL_DIR / "model_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["sha256"] = {kind: hashlib.sha256((MODEL_DIR / FILES[kind]).read_bytes()).hexdigest()
                        for kind in ("onnx", "ort", "tokenizer", "fallback")}
    write_json("model_config.json", config)


def main():
    """Calibrate with the quantised weights and write everything but model.ort."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--work", type=Path, default=DEFAULT_WORK)
    parser.add_argument("--seal", action="store_true", help="only record the digests")
    args = parser.parse_args()
    if args.seal:
        seal()
        return
    MODEL_DIR.mkdir(parents=True, exist_ok=True)
    weights = dict(np.load(args.work / "weights.npz"))
    shape = json.loads((args.work / "train.json").read_text(encoding="utf-8"))["shape"]
    vocabulary = load_vocabulary(args.work / "kickoff.model")
    rows = [r for r in load_labelled(args.data) if r["split"] == "calibration"]
    add_features(rows, vocabulary, shape)
    calibration = calibrate(forward_all(dequantised(weights), [r["features"] for r in rows]), rows)
    onnx.save(build_graph(weights), str(MODEL_DIR / FILES["onnx"]))
    write_tokenizer(vocabulary)
    write_fallback(weights, {"name": NAME, "version": VERSION})
    write_json(FILES["temperatures"], calibration["temperatures"])
    write_config(shape, calibration)
    print(json.dumps(calibration))


if __name__ == "__main__":
    main()
