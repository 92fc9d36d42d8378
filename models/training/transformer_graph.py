"""Build the int8 ONNX graph of a tuned encoder with onnx.helper.

Weights of the large products are int8 per output column; activations are quantised as they come
(DynamicQuantizeLinear + MatMulInteger, which ONNX Runtime fuses). Scores of attention stay in float.
"""
import math

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

from bag import coarse_int8
from encoder import GRAM_BUCKETS, GRAM_PRIMES
from ontology import CATEGORIES, COMPLEXITY_SUB, HEAD_LABELS, HEADS, MAX_TOKENS, RISK_SUB

OPSET = 17
SUB_OUTPUTS = [f"complexity_sub_{name}" for name in COMPLEXITY_SUB] + [f"risk_sub_{name}" for name in RISK_SUB]


def int8_columns(weight):
    """Symmetric int8 per column of [inputs, outputs]: (table, scales)."""
    scales = np.maximum(np.abs(weight).max(0), 1e-8).astype(np.float32) / np.float32(127)
    return np.clip(np.rint(weight / scales), -127, 127).astype(np.int8), scales


def int8_tensor(table):
    """Symmetric int8 of a whole table: (table, scale)."""
    scale = np.float32(np.abs(table).max() / 127)
    return np.clip(np.rint(table / scale), -127, 127).astype(np.int8), scale


class Builder:
    """Collects nodes and initialisers; every method returns the name of its result."""

    def __init__(self, weights):
        self.weights, self.nodes, self.arrays = weights, [], {}

    def constant(self, name, value):
        self.arrays[name] = value
        return name

    def op(self, kind, inputs, name, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def norm(self, x, source):
        scale = self.constant(f"{source}.scale", self.weights[f"{source}.weight"])
        bias = self.constant(f"{source}.bias", self.weights[f"{source}.bias"])
        return self.op("LayerNormalization", [x, scale, bias], f"{source}.out", axis=-1, epsilon=1e-5)

    def linear(self, x, source, quantised):
        """x [..., inputs] @ weight + bias. `quantised`: (u8, scale, zero) names of x, shared by products of one x."""
        table, scales = int8_columns(self.weights[f"{source}.weight"].T)
        w, s = self.constant(f"{source}.w8", table), self.constant(f"{source}.ws", scales)
        zero = self.constant("zero8", np.asarray(0, dtype=np.int8))
        values, scale, offset = quantised
        product = self.op("MatMulInteger", [values, w, offset, zero], f"{source}.i32")
        as_float = self.op("Cast", [product], f"{source}.f32", to=TensorProto.FLOAT)
        both = self.op("Mul", [scale, s], f"{source}.scales")
        scaled = self.op("Mul", [as_float, both], f"{source}.scaled")
        return self.op("Add", [scaled, self.constant(f"{source}.b", self.weights[f"{source}.bias"])], f"{source}.out")

    def quantise(self, x):
        names = [f"{x}.u8", f"{x}.scale", f"{x}.zero"]
        self.nodes.append(helper.make_node("DynamicQuantizeLinear", [x], names))
        return names

    def heads_view(self, x, name, perm):
        shape = self.constant("heads.shape", np.asarray([0, 0, self.heads, -1], dtype=np.int64))
        return self.op("Transpose", [self.op("Reshape", [x, shape], f"{name}.split")], name, perm=perm)

    def layer(self, x, n, width):
        at = f"encoder.layers.{n}"
        normed = self.norm(x, f"{at}.norm_a")
        qkv = self.linear(normed, f"{at}.qkv", self.quantise(normed))
        parts = [f"{at}.q", f"{at}.k", f"{at}.v"]
        self.nodes.append(helper.make_node("Split", [qkv], parts, axis=-1))
        q = self.heads_view(parts[0], f"{at}.q4", [0, 2, 1, 3])
        k = self.heads_view(parts[1], f"{at}.k4", [0, 2, 3, 1])
        v = self.heads_view(parts[2], f"{at}.v4", [0, 2, 1, 3])
        root = self.constant("root", np.asarray(1 / math.sqrt(width // self.heads), dtype=np.float32))
        scores = self.op("Mul", [self.op("MatMul", [q, k], f"{at}.qk"), root], f"{at}.scores")
        share = self.op("Softmax", [self.op("Add", [scores, "bias"], f"{at}.biased")], f"{at}.share", axis=-1)
        mixed = self.op("Transpose", [self.op("MatMul", [share, v], f"{at}.mixed4")], f"{at}.mixed3", perm=[0, 2, 1, 3])
        flat = self.op("Reshape", [mixed, self.constant("flat.shape", np.asarray([0, 0, width], dtype=np.int64))], f"{at}.mixed")
        x = self.op("Add", [x, self.linear(flat, f"{at}.out", self.quantise(flat))], f"{at}.x1")
        normed = self.norm(x, f"{at}.norm_b")
        up = self.op("Relu", [self.linear(normed, f"{at}.up", self.quantise(normed))], f"{at}.relu")
        return self.op("Add", [x, self.linear(up, f"{at}.down", self.quantise(up))], f"{at}.x2")

    def embed(self):
        """Piece rows (int8) plus positions, and the additive mask `bias` [1, 1, 1, n]."""
        for name in ("tokens", "positions"):
            table, scale = int8_tensor(self.weights[f"encoder.{name}.weight"])
            self.constant(f"{name}.i8", table), self.constant(f"{name}.scale", np.asarray(scale))
        zero = self.constant("zero8", np.asarray(0, dtype=np.int8))
        rows = self.op("Gather", ["tokens.i8", "input_ids"], "tokens.rows8", axis=0)
        rows = self.op("DequantizeLinear", [rows, "tokens.scale", zero], "tokens.rows")
        axis = self.constant("axis1", np.asarray([1], dtype=np.int64))
        start, step = self.constant("start", np.asarray([0], dtype=np.int64)), self.constant("step", np.asarray([1], dtype=np.int64))
        length = self.op("Slice", [self.op("Shape", ["input_ids"], "ids.shape"), step, self.constant("two", np.asarray([2], dtype=np.int64))], "length")
        places = self.op("Slice", ["positions.i8", start, length, start], "positions.rows8")
        places = self.op("DequantizeLinear", [places, "positions.scale", zero], "positions.rows")
        self.op("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
        one = self.constant("one", np.asarray(1, dtype=np.float32))
        off = self.op("Mul", [self.op("Sub", [one, "mask"], "off"), self.constant("minus", np.asarray(-1e4, dtype=np.float32))], "off.bias")
        self.op("Unsqueeze", [off, self.constant("axes12", np.asarray([1, 2], dtype=np.int64))], "bias")
        self.op("Unsqueeze", ["mask", self.constant("axis2", np.asarray([2], dtype=np.int64))], "mask3")
        return self.op("Add", [rows, places], "embedded"), axis

    def pool(self, states, axis):
        """Mean and maximum over the real tokens."""
        total = self.op("ReduceSum", [self.op("Mul", [states, "mask3"], "kept"), axis], "total", keepdims=0)
        count = self.op("ReduceSum", ["mask3", axis], "count", keepdims=0)
        mean = self.op("Div", [total, count], "mean")
        off = self.op("Mul", [self.op("Sub", ["one", "mask3"], "off3"), self.constant("plus", np.asarray(1e4, dtype=np.float32))], "off3.bias")
        top = self.op("ReduceMax", [self.op("Sub", [states, off], "shown")], "top", axes=[1], keepdims=0)
        return self.op("Concat", [mean, top], "pooled", axis=1)

    def slice_ids(self, start, end, name):
        """input_ids[:, start:end] with end counted from the back."""
        bounds = [self.constant(f"{name}.from", np.asarray([start], dtype=np.int64)),
                  self.constant(f"{name}.to", np.asarray([end if end < 0 else np.iinfo(np.int64).max], dtype=np.int64)),
                  self.constant("axis1", np.asarray([1], dtype=np.int64))]
        return self.op("Slice", ["input_ids", *bounds], name)

    def hashed(self, parts, shift, name):
        """Sum of the parts times their primes, modulo the buckets, plus `shift`."""
        total = None
        for part, prime in zip(parts, GRAM_PRIMES):
            product = self.op("Mul", [part, self.constant(f"prime.{prime}", np.asarray(prime, dtype=np.int64))], f"{name}.{part}")
            total = product if total is None else self.op("Add", [total, product], f"{name}.{part}.sum")
        bucket = self.op("Mod", [total, self.constant("buckets", np.asarray(GRAM_BUCKETS, dtype=np.int64))], f"{name}.mod")
        return self.op("Add", [bucket, self.constant(f"{name}.shift", np.asarray(shift, dtype=np.int64))], name)

    def grams(self):
        """Rows of hashed pairs and triples, summed over the root of their number. One row of ids at a time, so no mask."""
        pairs = self.hashed([self.slice_ids(0, -1, "a2"), self.slice_ids(1, 0, "b2")], 0, "pairs")
        triples = self.hashed([self.slice_ids(0, -2, "a3"), self.slice_ids(1, -1, "b3"), self.slice_ids(2, 0, "c3")], GRAM_BUCKETS, "triples")
        ids = self.op("Concat", [pairs, triples], "gram.ids", axis=1)
        table, scale = coarse_int8(self.weights["grams.table.weight"])
        self.constant("grams.i8", table), self.constant("grams.scale", np.asarray(scale))
        rows = self.op("DequantizeLinear", [self.op("Gather", ["grams.i8", ids], "gram.rows8", axis=0), "grams.scale", "zero8"], "gram.rows")
        total = self.op("ReduceSum", [rows, "axis1"], "gram.total", keepdims=0)
        size = self.op("Cast", [self.op("Size", [ids], "gram.size")], "gram.count", to=TensorProto.FLOAT)
        return self.op("Div", [total, self.op("Sqrt", [size], "gram.root")], "gram.vector")

    def gemm(self, x, source, name):
        w = self.constant(f"{source}.w", np.ascontiguousarray(self.weights[f"{source}.weight"].T))
        b = self.constant(f"{source}.bias32", self.weights[f"{source}.bias"])
        return self.op("Gemm", [x, w, b], name)


def build_graph(weights, shape, name):
    """Checked ModelProto: inputs input_ids and attention_mask int64 [1, n]; outputs as in the model card."""
    b = Builder(weights)
    b.heads = shape["heads"]
    x, axis = b.embed()
    for n in range(shape["layers"]):
        x = b.layer(x, n, shape["width"])
    pooled = b.pool(b.norm(x, "encoder.norm"), axis)
    if "grams.table.weight" in weights:
        pooled = b.op("Concat", [pooled, b.grams()], "seen", axis=1)
    hidden = b.op("Relu", [b.gemm(pooled, "heads.hidden", "hidden.linear")], "hidden")
    for head in HEADS:
        b.gemm(hidden, f"heads.outputs.{head}", f"{head}_logits")
    own = hidden
    if "heads.category_hidden.weight" in weights:
        own = b.op("Relu", [b.gemm(pooled, "heads.category_hidden", "category.linear")], "category.hidden")
    b.gemm(own, "heads.outputs.category", "category_logits")
    flat = b.constant("flat", np.asarray([-1], dtype=np.int64))
    for source, target in (("scores", "sub"), ("scope", "out_of_scope")):
        b.op("Reshape", [b.op("Sigmoid", [b.gemm(hidden, f"heads.outputs.{source}", f"{source}.linear")], f"{source}.2d"), flat], target)
    b.nodes.append(helper.make_node("Split", ["sub"], SUB_OUTPUTS, axis=0))
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, [1, "n"]) for n in ("input_ids", "attention_mask")]
    outputs = [helper.make_tensor_value_info(f"{h}_logits", TensorProto.FLOAT, [1, len(HEAD_LABELS[h])]) for h in HEADS]
    outputs.append(helper.make_tensor_value_info("category_logits", TensorProto.FLOAT, [1, len(CATEGORIES)]))
    outputs += [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1]) for n in [*SUB_OUTPUTS, "out_of_scope"]]
    arrays = [numpy_helper.from_array(np.ascontiguousarray(value), key) for key, value in b.arrays.items()]
    graph = helper.make_graph(b.nodes, name, inputs, outputs, arrays)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="kickoff")
    model.ir_version = 8
    checker.check_model(model, full_check=True)
    return model


assert MAX_TOKENS >= 3
