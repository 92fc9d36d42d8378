"""Build the int8 ONNX graph of a bag with onnx.helper."""
import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

from bag import quantise
from ontology import COMPLEXITY_SUB, HEADS, HEAD_LABELS, RISK_SUB

OPSET = 15
SUB_OUTPUTS = [f"complexity_sub_{name}" for name in COMPLEXITY_SUB] + [f"risk_sub_{name}" for name in RISK_SUB]


def pooling_nodes():
    """int8 rows -> float, masked sum over the ids, divided by sqrt(count)."""
    return [
        helper.make_node("Gather", ["embedding", "input_ids"], ["rows_i8"], axis=0),
        helper.make_node("DequantizeLinear", ["rows_i8", "embedding_scale", "embedding_zero"], ["rows"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last_axis"], ["mask_3d"]),
        helper.make_node("Mul", ["rows", "mask_3d"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "token_axis"], ["total"], keepdims=0),
        helper.make_node("ReduceSum", ["mask", "token_axis"], ["count"], keepdims=1),
        helper.make_node("Sqrt", ["count"], ["root"]),
        helper.make_node("Div", ["total", "root"], ["vector"]),
        helper.make_node("Gemm", ["vector", "hidden.weight", "hidden.bias"], ["hidden_linear"]),
        helper.make_node("Relu", ["hidden_linear"], ["hidden"]),
    ]


def head_nodes():
    """Three logit heads, the eight scores split into scalars, and the scope probability."""
    nodes = [helper.make_node("Gemm", ["hidden", f"{h}.weight", f"{h}.bias"], [f"{h}_logits"]) for h in HEADS]
    nodes += [
        helper.make_node("Gemm", ["hidden", "sub.weight", "sub.bias"], ["sub_linear"]),
        helper.make_node("Sigmoid", ["sub_linear"], ["sub_2d"]),
        helper.make_node("Reshape", ["sub_2d", "flat"], ["sub"]),
        helper.make_node("Split", ["sub"], SUB_OUTPUTS, axis=0),
        helper.make_node("Gemm", ["hidden", "out_of_scope.weight", "out_of_scope.bias"], ["scope_linear"]),
        helper.make_node("Sigmoid", ["scope_linear"], ["scope_2d"]),
        helper.make_node("Reshape", ["scope_2d", "flat"], ["out_of_scope"]),
    ]
    return nodes


def initialisers(weights):
    """int8 table with its scale, float layers, and the constant shapes."""
    table, scale = quantise(weights)
    arrays = {name: value for name, value in weights.items() if name != "embedding"}
    arrays.update({
        "embedding": table,
        "embedding_scale": np.asarray(scale, dtype=np.float32),
        "embedding_zero": np.asarray(0, dtype=np.int8),
        "last_axis": np.asarray([2], dtype=np.int64),
        "token_axis": np.asarray([1], dtype=np.int64),
        "flat": np.asarray([-1], dtype=np.int64),
    })
    return [numpy_helper.from_array(value, name) for name, value in arrays.items()]


def build_graph(weights):
    """Checked ModelProto: inputs input_ids and attention_mask int64 [1, n]; outputs as in the model card."""
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, [1, "n"]) for n in ("input_ids", "attention_mask")]
    outputs = [helper.make_tensor_value_info(f"{h}_logits", TensorProto.FLOAT, [1, len(HEAD_LABELS[h])]) for h in HEADS]
    outputs += [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1]) for n in [*SUB_OUTPUTS, "out_of_scope"]]
    graph = helper.make_graph(pooling_nodes() + head_nodes(), "kickoff-0", inputs, outputs, initialisers(weights))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="kickoff")
    model.ir_version = 8
    checker.check_model(model, full_check=True)
    return model
