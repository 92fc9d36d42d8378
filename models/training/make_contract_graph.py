"""Make tests/fixtures/contract-graph: a tiny random graph with the spawn-router signature and the files beside it.

Seven inputs, eleven outputs, symbolic sequence length, opset 13. Every input changes the outputs, so a wrong sentinel
shows. Needs onnx, numpy and spm_train; run from the repository root.
"""
import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sentencepiece import sentencepiece_model_pb2 as pb

from tokenizer_lines import make_training_text

ROWS, WIDTH = 64, 8  # ids are folded onto 64 rows, so that any vocabulary fits
HEADS = {"complexity_logits": 3, "task_type_logits": 8, "risk_logits": 3}
SCORES = [f"complexity_sub_{n}" for n in ("reasoning_depth", "scope_breadth", "domain_knowledge", "spec_completeness")]
SCORES += [f"risk_sub_{n}" for n in ("security_surface", "data_sensitivity", "production_exposure", "reversal_cost")]
IDS = ("previous_action_id", "previous_outcome_id", "has_interaction", "has_recency")


def build_graph(seed):
    """The ONNX model: masked mean of embeddings plus one vector per structured input, tanh, linear heads."""
    rng = np.random.default_rng(seed)
    weights, nodes = [], []

    def weight(name, shape, scale=1.0):
        weights.append(numpy_helper.from_array((rng.standard_normal(shape) * scale).astype(np.float32), name))
        return name

    def constant(name, values):
        weights.append(numpy_helper.from_array(values, name))
        return name

    def node(op, inputs, output, **attributes):
        nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    row = node("Mod", ["input_ids", constant("rows", np.array([ROWS], np.int64))], "row")
    embedded = node("Gather", [weight("embedding", (ROWS, WIDTH), 2.0), row], "embedded")
    flat_mask = node("Cast", ["attention_mask"], "flat_mask", to=TensorProto.FLOAT)
    mask = node("Unsqueeze", [flat_mask, constant("last", np.array([2], np.int64))], "mask")
    masked = node("Mul", [embedded, mask], "masked")
    total = node("ReduceSum", [masked, constant("axis", np.array([1], np.int64))], "total", keepdims=0)
    count = node("ReduceSum", [mask, "axis"], "count", keepdims=0)
    state = node("Div", [total, count], "mean")
    for name in IDS:  # row 0 is not zero, so leaving one out changes the answer too
        vector = node("Gather", [weight(f"{name}_rows", (5, WIDTH), 0.5), name], f"{name}_vector")
        state = node("Add", [state, vector], f"with_{name}")
    recency = node("Mul", ["log_recency_seconds", weight("recency_row", (1, WIDTH), 0.5)], "recency_vector")
    hidden = node("Tanh", [node("Add", [state, recency], "with_recency")], "hidden")
    for name, size in HEADS.items():
        node("Gemm", [hidden, weight(f"{name}_w", (WIDTH, size)), weight(f"{name}_b", (size,))], name)
    for name in SCORES:
        logit = node("Gemm", [hidden, weight(f"{name}_w", (WIDTH, 1)), weight(f"{name}_b", (1,))], f"{name}_logit")
        node("Sigmoid", [node("Squeeze", [logit, "axis"], f"{name}_flat")], name)

    value = helper.make_tensor_value_info
    inputs = [value(n, TensorProto.INT64, [1, "sequence"]) for n in ("input_ids", "attention_mask")]
    inputs += [value(n, TensorProto.INT64, [1]) for n in IDS] + [value("log_recency_seconds", TensorProto.FLOAT, [1])]
    outputs = [value(n, TensorProto.FLOAT, [1, size]) for n, size in HEADS.items()]
    outputs += [value(n, TensorProto.FLOAT, [1]) for n in SCORES]
    graph = helper.make_graph(nodes, "contract", inputs, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="make_contract_graph")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model


def train_vocabulary():
    """A 300-piece SentencePiece model with the reference's ids of [PAD], [CLS], [SEP], [UNK]."""
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "text.txt"
        text.write_text("\n".join(make_training_text(seed=9, count=2000)) + "\n", encoding="utf-8")
        subprocess.run([
            "spm_train", f"--input={text}", f"--model_prefix={folder}/spm", "--vocab_size=300",
            "--character_coverage=0.99", "--normalization_rule_name=identity", "--hard_vocab_limit=false",
            "--num_threads=1", "--minloglevel=2", "--pad_id=0", "--bos_id=1", "--eos_id=2", "--unk_id=3",
            "--pad_piece=[PAD]", "--bos_piece=[CLS]", "--eos_piece=[SEP]", "--unk_piece=[UNK]",
        ], check=True)
        proto = pb.ModelProto.FromString((Path(folder) / "spm.model").read_bytes())
    del proto.trainer_spec.input[:]
    proto.trainer_spec.model_prefix = ""
    return proto.SerializeToString()


def main():
    """Write the folder; model_config.json is of a foreign trainer on purpose: it has none of our fields."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("tests/fixtures/contract-graph"))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "spawn_router.int8.onnx").write_bytes(build_graph(seed=3).SerializeToString())
    (args.out / "spm.model").write_bytes(train_vocabulary())
    config = {"name": "contract-graph", "backbone": "none", "max_length": 256, "feature_mode": "current_text_only"}
    (args.out / "model_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="ascii")
    temperatures = {"complexity": 0.9, "task_type": 0.7, "risk": 1.1}
    (args.out / "temperature_scaling.json").write_text(json.dumps(temperatures, indent=2) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
