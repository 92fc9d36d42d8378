"""Write models/kickoff-1 from the tuned encoder(s) and the bag: graph, ORT form, calibration, fallback, digests. One command.

python3 export.py --tuned student-0 --runtime DIR      (DIR holds onnxruntime-node 1.30.0, see to-ort.mjs)
The weights of several tuned runs from one pre-trained start are averaged.
"""
import argparse
import hashlib
import json
import struct
import subprocess
from pathlib import Path

import numpy as np
import onnx
import torch

from bag import dequantised, forward_all, quantise, softmax
from calibrate import calibrate, coverage
from dataset import load_labelled
from features import load_vocabulary, token_ids
from finetune import short
from ontology import CATEGORIES_FILE, DEFAULT_DATA, DEFAULT_WORK, HEADS, HERE, MODEL_DIR, TEXT_PREFIX
from train import add_features
from transformer_graph import build_graph

NAME, VERSION = "kickoff-1", "1.1.0"
FILES = {"onnx": "model.onnx", "ort": "model.ort", "tokenizer": "tokenizer.json",
         "temperatures": "temperature_scaling.json", "fallback": None, "asides": "asides.json"}
FALLBACK_FILES = {"onnx": "none", "ort": None, "tokenizer": "../tokenizer.json",
                  "temperatures": "temperature_scaling.json", "fallback": "fallback.bin", "asides": "../asides.json"}
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
    (MODEL_DIR / "fallback" / FALLBACK_FILES["fallback"]).write_bytes(start + b"\0" * (-len(start) % 4) + b"".join(blobs))


def config_of(kind, features, calibration, cut, files, share=0):
    """model_config.json without digests. `cut`: (max_tokens, head_tokens, tail_tokens)."""
    return {
        "fallback_share": share,
        "name": NAME, "version": VERSION, "kind": kind, "max_tokens": cut[0], "head_tokens": cut[1], "tail_tokens": cut[2],
        "text_prefix": TEXT_PREFIX, "normalize": {"lowercase": "ascii", "spaces": "collapse", "marks": "strip"}, "features": features,
        "abstention": calibration["abstention"], "out_of_scope_threshold": calibration["out_of_scope_threshold"],
        "high_risk": calibration["high_risk"], "category_temperature": calibration["category_temperature"],
        "files": files, "sha256": {},
    }


def averaged(work, names):
    """Mean of the tuned runs' weights as numpy arrays, and the encoder's shape."""
    states = [torch.load(work / f"tuned-{name}.pt") for name in names]
    mean = {k: torch.stack([s["model"][k] for s in states]).mean(0) for k in states[0]["model"]}
    return {k: v.numpy() for k, v in mean.items()}, states[0]["shape"]


def engine_outputs(model, texts, vocabulary, work, runtime=None):
    """Raw outputs of the exported graph on texts, by the router's runtime (or natively), as arrays by head."""
    ids, out = work / "ids.json", work / "logits.json"
    ids.write_text(json.dumps([short(np.asarray(token_ids(vocabulary, t))).tolist() for t in texts]))
    native = ["--runtime", str(runtime)] if runtime else []
    subprocess.run(["node", str(HERE / "dump-logits.mjs"), "--model", str(model), "--ids", str(ids), "--out", str(out), *native], check=True)
    rows = json.loads(out.read_text())
    names = {**{h: f"{h}_logits" for h in HEADS}, "category": "category_logits", "out_of_scope": "out_of_scope"}
    return {name: np.asarray([r[source] for r in rows]) for name, source in names.items()}


def mixed(graph, bag, share):
    """Outputs of both engines as one, as the worker mixes them: mean of the probabilities, given as logarithms."""
    out = {h: np.log(np.maximum((1 - share) * softmax(graph[h]) + share * softmax(bag[h]), 1e-12)) for h in HEADS}
    return {**graph, **out, "out_of_scope": (1 - share) * graph["out_of_scope"] + share * bag["out_of_scope"]}


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--work", type=Path, default=DEFAULT_WORK)
    parser.add_argument("--tuned", nargs="+", required=True)
    parser.add_argument("--runtime", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.4, help="what the bag weighs beside the graph; chosen on calibration rows")
    args = parser.parse_args()
    (MODEL_DIR / "fallback").mkdir(parents=True, exist_ok=True)
    vocabulary = load_vocabulary(args.work / "kickoff.model")
    weights, shape = averaged(args.work, args.tuned)
    onnx.save(build_graph(weights, shape, NAME), str(MODEL_DIR / FILES["onnx"]))
    subprocess.run(["node", str(HERE / "to-ort.mjs"), "--runtime", str(args.runtime), "--model", str(MODEL_DIR / FILES["onnx"])], check=True)
    write_tokenizer(vocabulary)
    rows = [r for r in load_labelled(args.data) if r["split"] == "calibration"]
    texts = [json.loads(line) for line in CATEGORIES_FILE.read_text(encoding="utf-8").splitlines()]
    texts = [t for t in texts if t["split"] == "calibration"]
    graph = MODEL_DIR / FILES["ort"]
    found = [engine_outputs(graph, [r["text"] for r in part], vocabulary, args.work) for part in (rows, texts)]
    bag = dict(np.load(args.work / "weights.npz"))
    bag_shape = json.loads((args.work / "train.json").read_text(encoding="utf-8"))["shape"]
    add_features(rows, vocabulary, bag_shape)
    add_features(texts, vocabulary, bag_shape)
    plain = [forward_all(dequantised(bag), [r["features"] for r in part]) for part in (rows, texts)]
    found = [mixed(graph_part, bag_part, args.share) for graph_part, bag_part in zip(found, plain)]
    calibration = calibrate(found[0], rows, (found[1], texts))
    (args.work / "coverage.json").write_text(json.dumps({h: coverage(found[0][h], rows, h) for h in HEADS}))
    write_json(FILES["temperatures"], calibration["temperatures"])
    config = config_of("transformer", {"kind": "pieces"}, calibration, (128, 95, 31), FILES, args.share)
    config["sha256"] = {kind: sha256(MODEL_DIR / FILES[kind]) for kind in ("onnx", "ort", "tokenizer")}
    write_json("model_config.json", config)

    fallback = calibrate(plain[0], rows, (plain[1], texts))
    write_fallback(bag, {"name": NAME, "version": VERSION})
    write_json("fallback/temperature_scaling.json", fallback["temperatures"])
    config = config_of("bag", {"kind": "piece_ngrams", **bag_shape}, fallback, (256, 192, 62), FALLBACK_FILES)
    config["sha256"] = {"fallback": sha256(MODEL_DIR / "fallback" / "fallback.bin")}
    write_json("fallback/model_config.json", config)
    report = {"tuned": args.tuned, "graph": calibration, "fallback": fallback, "settings": [
        {k: v for k, v in torch.load(args.work / f"tuned-{n}.pt").items() if k not in ("model",)} for n in args.tuned]}
    (args.work / "export.json").write_text(json.dumps(report, indent=1, default=str) + "\n", encoding="utf-8")
    print(json.dumps(calibration, indent=1))


if __name__ == "__main__":
    main()
