"""Write a random int8 graph of the reference's size and signature, with the files a spawn-router export has beside it.

`python3 make_foreign_graph.py OUT [--check]`, then `npm run import-model -- OUT IMPORTED`. What is real: the
DeBERTa-v3-small shape (128,100 x 768 table, 6 layers, 12 heads, FFN 3,072, relative positions in 512 buckets looked up
from content to position and back), dynamic int8 matrix products, seven inputs, eleven outputs. What is not: every
weight. The same seed gives the same bytes. Needs onnx, numpy, sentencepiece and spm_train; nothing here is committed.
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

PIECES, WIDTH, LAYERS, HEADS, INNER = 128_100, 768, 6, 12, 3072
HEAD_WIDTH = WIDTH // HEADS
BUCKETS, MAX_TOKENS = 512, 512  # rows of the relative position table; greatest distance that the table tells apart
ACTIONS, OUTCOMES = 16, 5  # ids of previous_action_id and previous_outcome_id
SIDE = 32  # width of an embedded structured input
LOGITS = {"task_type": 8, "complexity": 3, "risk": 3}  # a later head reads the earlier ones
SCORES = [f"complexity_sub_{n}" for n in ("reasoning_depth", "scope_breadth", "domain_knowledge", "spec_completeness")]
SCORES += [f"risk_sub_{n}" for n in ("security_surface", "data_sensitivity", "production_exposure", "reversal_cost")]


class Graph:
    """Nodes and weights in the making; every method that adds one answers with the name of its output."""

    def __init__(self, seed):
        self.rng, self.nodes, self.weights, self.count = np.random.default_rng(seed), [], [], 0

    def node(self, op, *inputs, called=None, **attributes):
        """A node; `called` names its output where the name is part of the contract."""
        self.count += 1
        output = called or f"t{self.count}"
        self.nodes.append(helper.make_node(op, list(inputs), [output], **attributes))
        return output

    def constant(self, values, dtype=np.int64):
        self.count += 1
        self.weights.append(numpy_helper.from_array(np.asarray(values, dtype), f"w{self.count}"))
        return f"w{self.count}"

    def random(self, *shape, sd=0.05):
        return self.constant(self.rng.standard_normal(shape, np.float32) * np.float32(sd), np.float32)

    def int8(self, rows, columns, sd=0.05):
        """An int8 matrix, its scale and its zero point; four standard deviations fill the range."""
        values = np.rint(self.rng.standard_normal((rows, columns), np.float32) * np.float32(127 / 4))
        table = self.constant(np.clip(values, -127, 127), np.int8)
        return table, self.constant(sd * 4 / 127, np.float32), self.constant(0, np.int8)

    def quantise(self, x):
        """The three outputs of DynamicQuantizeLinear: uint8 values, scale, zero point."""
        self.count += 1
        outputs = [f"q{self.count}_{part}" for part in ("values", "scale", "zero")]
        self.nodes.append(helper.make_node("DynamicQuantizeLinear", [x], outputs))
        return outputs

    def linear(self, quantised, columns, rows=WIDTH):
        """x W + b as onnxruntime's dynamic quantisation writes it, which its optimiser fuses to one operator."""
        values, scale, zero = quantised
        table, table_scale, table_zero = self.int8(rows, columns)
        product = self.node("Cast", self.node("MatMulInteger", values, table, zero, table_zero), to=TensorProto.FLOAT)
        scaled = self.node("Mul", product, self.node("Mul", scale, table_scale))
        return self.node("Add", scaled, self.random(columns))

    def layer_norm(self, x):
        gain = self.constant(1 + self.rng.standard_normal(WIDTH) * 0.05, np.float32)
        return self.node("LayerNormalization", x, gain, self.random(WIDTH), axis=-1, epsilon=1e-7)

    def gelu(self, x):
        halved = self.node("Mul", x, self.constant(0.5, np.float32))
        erf = self.node("Erf", self.node("Div", x, self.constant(2**0.5, np.float32)))
        return self.node("Mul", halved, self.node("Add", erf, self.constant(1, np.float32)))


def log_bucket(distance):
    """DeBERTa-v2's bucket of a distance: exact up to 128 pieces, logarithmic beyond."""
    half, near = BUCKETS // 2, BUCKETS // 4
    far = near + np.ceil(np.log(np.maximum(np.abs(distance), near) / near) / np.log((MAX_TOKENS - 1) / near) * (near - 1))
    signed = np.where(np.abs(distance) <= near, distance, np.sign(distance) * far)
    return np.clip(signed + half, 0, BUCKETS - 1).astype(np.int64)


def position_ids(g):
    """For each pair of places the row of the relative position table, [1, heads, n, n], one way and the other."""
    length = g.node("Squeeze", g.node("Shape", "input_ids", start=1, end=2), g.constant([0]))
    places = g.node("Range", g.constant(0), length, g.constant(1))
    rows, columns = g.node("Unsqueeze", places, g.constant([1])), g.node("Unsqueeze", places, g.constant([0]))
    size = g.node("Unsqueeze", length, g.constant([0]))
    shape = g.node("Concat", g.constant([1, HEADS]), size, size, axis=0)
    buckets = g.constant(log_bucket(np.arange(-MAX_TOKENS, MAX_TOKENS + 1)))

    def lookup(distance):
        near = g.node("Clip", distance, g.constant(-MAX_TOKENS), g.constant(MAX_TOKENS))
        return g.node("Expand", g.node("Gather", buckets, g.node("Add", near, g.constant(MAX_TOKENS))), shape)

    return lookup(g.node("Sub", rows, columns)), lookup(g.node("Sub", columns, rows))


def split_heads(g, x, order):
    return g.node("Transpose", g.node("Reshape", x, g.constant([0, 0, HEADS, HEAD_WIDTH])), perm=order)


def attention(g, x, mask, positions):
    """Disentangled attention; the position projections do not depend on the text, so they are tables already."""
    quantised = g.quantise(x)
    query = split_heads(g, g.linear(quantised, WIDTH), [0, 2, 1, 3])
    key = split_heads(g, g.linear(quantised, WIDTH), [0, 2, 3, 1])
    value = split_heads(g, g.linear(quantised, WIDTH), [0, 2, 1, 3])
    content = g.node("MatMul", query, key)
    to_position = g.node("MatMul", query, g.random(1, HEADS, HEAD_WIDTH, BUCKETS, sd=1))
    to_position = g.node("GatherElements", to_position, positions[0], axis=3)
    key_rows = g.node("Transpose", key, perm=[0, 1, 3, 2])
    from_position = g.node("MatMul", key_rows, g.random(1, HEADS, HEAD_WIDTH, BUCKETS, sd=1))
    from_position = g.node("GatherElements", from_position, positions[1], axis=3)
    from_position = g.node("Transpose", from_position, perm=[0, 1, 3, 2])
    total = g.node("Add", g.node("Add", content, to_position), from_position)
    scores = g.node("Div", total, g.constant((3 * HEAD_WIDTH) ** 0.5, np.float32))
    weights = g.node("Softmax", g.node("Add", scores, mask), axis=-1)
    mixed = g.node("Transpose", g.node("MatMul", weights, value), perm=[0, 2, 1, 3])
    return g.linear(g.quantise(g.node("Reshape", mixed, g.constant([0, 0, WIDTH]))), WIDTH)


def encode(g, mask, hidden_mask):
    """Token ids to states [1, n, width]."""
    table, scale, zero = g.int8(PIECES, WIDTH)
    rows = g.node("DequantizeLinear", g.node("Gather", table, "input_ids"), scale, zero)
    x = g.node("Mul", g.layer_norm(rows), mask)
    positions = position_ids(g)
    for _ in range(LAYERS):
        x = g.layer_norm(g.node("Add", attention(g, x, hidden_mask, positions), x))
        inner = g.gelu(g.linear(g.quantise(x), INNER))
        x = g.layer_norm(g.node("Add", g.linear(g.quantise(inner), WIDTH, rows=INNER), x))
    return x


def structured(g):
    """The five inputs beside the text as one row."""
    parts = []
    for name, rows in (("previous_action_id", ACTIONS), ("previous_outcome_id", OUTCOMES)):
        parts.append(g.node("Gather", g.random(rows, SIDE, sd=1), name))
    for name in ("has_interaction", "has_recency", "log_recency_seconds"):
        parts.append(g.node("Unsqueeze", g.node("Cast", name, to=TensorProto.FLOAT), g.constant([1])))
    return parts


def heads(g, features, width):
    """Three logit heads, each reading the probabilities of those before it, and eight scores."""
    parts = [features]
    for name, size in LOGITS.items():
        x = g.node("Concat", *parts, axis=1) if len(parts) > 1 else features
        logits = g.node("Gemm", x, g.random(width, size), g.random(size), called=f"{name}_logits")
        parts.append(g.node("Softmax", logits, axis=1))
        width += size
    for name in SCORES:
        score = g.node("Sigmoid", g.node("Gemm", features, g.random(WIDTH, 1), g.random(1)))
        g.node("Squeeze", score, g.constant([1]), called=name)


def build_graph(seed):
    g = Graph(seed)
    flat = g.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    mask = g.node("Unsqueeze", flat, g.constant([2]))
    away = g.node("Mul", g.node("Sub", flat, g.constant(1, np.float32)), g.constant(1e9, np.float32))
    x = encode(g, mask, g.node("Unsqueeze", away, g.constant([1, 2])))
    pooling = g.node("MatMul", x, g.random(WIDTH, 1))
    share = g.node("Softmax", g.node("Add", pooling, g.node("Unsqueeze", away, g.constant([2]))), axis=1)
    pooled = g.node("ReduceSum", g.node("Mul", x, share), g.constant([1]), keepdims=0)
    together = g.node("Concat", pooled, *structured(g), axis=1)
    hidden = g.gelu(g.node("Gemm", together, g.random(WIDTH + 2 * SIDE + 3, WIDTH), g.random(WIDTH)))
    heads(g, hidden, WIDTH)

    value = helper.make_tensor_value_info
    ids = ("previous_action_id", "previous_outcome_id", "has_interaction", "has_recency")
    inputs = [value(n, TensorProto.INT64, [1, "sequence"]) for n in ("input_ids", "attention_mask")]
    inputs += [value(n, TensorProto.INT64, [1]) for n in ids] + [value("log_recency_seconds", TensorProto.FLOAT, [1])]
    outputs = [value(f"{n}_logits", TensorProto.FLOAT, [1, LOGITS[n]]) for n in ("complexity", "task_type", "risk")]
    outputs += [value(n, TensorProto.FLOAT, [1]) for n in SCORES]
    graph = helper.make_graph(g.nodes, "foreign", inputs, outputs, g.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="make_foreign_graph")
    model.ir_version = 8
    return model


def make_vocabulary(seed):
    """A small trained SentencePiece model, filled up to PIECES with random pieces that score below the trained ones."""
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "text.txt"
        text.write_text("\n".join(make_training_text(seed=9, count=6000)) + "\n", encoding="utf-8")
        subprocess.run([
            "spm_train", f"--input={text}", f"--model_prefix={folder}/spm", "--vocab_size=1500",
            "--character_coverage=0.995", "--normalization_rule_name=nmt_nfkc", "--hard_vocab_limit=false",
            "--num_threads=1", "--minloglevel=2", "--pad_id=0", "--bos_id=1", "--eos_id=2", "--unk_id=3",
            "--pad_piece=[PAD]", "--bos_piece=[CLS]", "--eos_piece=[SEP]", "--unk_piece=[UNK]",
        ], check=True)
        proto = pb.ModelProto.FromString((Path(folder) / "spm.model").read_bytes())
    del proto.trainer_spec.input[:]
    proto.trainer_spec.model_prefix = ""
    proto.trainer_spec.vocab_size = PIECES
    rng = np.random.default_rng(seed)
    taken = {p.piece for p in proto.pieces}
    least = min(p.score for p in proto.pieces)
    while len(proto.pieces) < PIECES:
        letters = "".join(map(chr, rng.integers(ord("a"), ord("z") + 1, rng.integers(3, 10))))
        piece = ("\u2581" if rng.random() < 0.5 else "") + letters
        if piece not in taken:
            taken.add(piece)
            proto.pieces.add(piece=piece, score=least - len(taken) / PIECES)
    return proto.SerializeToString()


def main():
    """Write the folder; model_config.json is of a foreign trainer on purpose: it has none of our fields."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--check", action="store_true", help="run onnx.checker with shape inference; takes seconds")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    model = build_graph(seed=11)
    if args.check:
        onnx.checker.check_model(model, full_check=True)
    (args.out / "spawn_router.int8.onnx").write_bytes(model.SerializeToString())
    (args.out / "spm.model").write_bytes(make_vocabulary(seed=12))
    config = {"name": "foreign-shape", "backbone": "random", "max_length": 256, "feature_mode": "current_text_only"}
    (args.out / "model_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="ascii")
    temperatures = {"complexity": 0.9, "task_type": 0.7, "risk": 1.1}
    (args.out / "temperature_scaling.json").write_text(json.dumps(temperatures, indent=2) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
