"""The embedding bag: a torch module for training and a plain numpy forward pass for everything after it."""
import numpy as np
import torch
from torch import nn

from ontology import HEAD_LABELS, SUB_SCORES

TOUCH_KINDS = ["test", "docs", "deps", "auth", "ci", "infra", "style", "payments", "migration", "design"]
OUTPUTS = {**{head: len(labels) for head, labels in HEAD_LABELS.items()}, "sub": len(SUB_SCORES), "out_of_scope": 1}


class Bag(nn.Module):
    """Sum of embedding rows over sqrt(n), one ReLU layer, linear heads. `touches` exists only for pre-training."""

    def __init__(self, rows, dim, hidden, dropout):
        super().__init__()
        self.embedding = nn.EmbeddingBag(rows, dim, mode="sum", sparse=True)
        nn.init.normal_(self.embedding.weight, std=0.05)
        self.hidden = nn.Linear(dim, hidden)
        self.drop = nn.Dropout(dropout)
        self.heads = nn.ModuleDict({name: nn.Linear(hidden, size) for name, size in OUTPUTS.items()})
        self.touches = nn.Linear(hidden, len(TOUCH_KINDS))

    def forward(self, ids, offsets, counts):
        """ids flat int64, offsets [batch], counts [batch] -> dict of logits."""
        vector = self.embedding(ids, offsets) / counts.sqrt().unsqueeze(1)
        hidden = self.drop(torch.relu(self.hidden(self.drop(vector))))
        out = {name: head(hidden) for name, head in self.heads.items()}
        out["touches"] = self.touches(hidden)
        return out


def collate(features):
    """List of id vectors -> (flat ids, offsets, counts) tensors."""
    counts = np.asarray([len(f) for f in features])
    offsets = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return torch.from_numpy(np.concatenate(features)), torch.from_numpy(offsets), torch.from_numpy(counts).float()


def to_weights(model):
    """Torch module -> dict of float32 arrays in [in, out] orientation, named as in fallback.bin."""
    state = {"embedding": model.embedding.weight}
    layers = {"hidden": model.hidden, **dict(model.heads.items())}
    for name, layer in layers.items():
        state[f"{name}.weight"] = layer.weight.t().contiguous()
        state[f"{name}.bias"] = layer.bias
    return {name: tensor.detach().numpy().astype(np.float32).copy() for name, tensor in state.items()}


LEVEL = 8  # tables keep every eighth int8 value: sums over many rows do not feel it, and the bundle packs a third smaller


def coarse_int8(table):
    """Symmetric int8 in steps of LEVEL. Returns (int8 table, float32 scale)."""
    scale = np.float32(np.abs(table).max() / 120.0)
    return np.clip(np.rint(table / scale / LEVEL) * LEVEL, -120, 120).astype(np.int8), scale


def quantise(weights):
    """Per-tensor symmetric int8 of the embedding. Returns (int8 table, float32 scale)."""
    return coarse_int8(weights["embedding"])


def dequantised(weights):
    """The weights that the exported files stand for: embedding replaced by its int8 rounding."""
    table, scale = quantise(weights)
    return {**weights, "embedding": table.astype(np.float32) * scale}


def forward(weights, features):
    """numpy forward pass of one feature vector: logits per head, sub-scores and out_of_scope after the sigmoid."""
    vector = weights["embedding"][features].sum(axis=0, dtype=np.float32) / np.float32(np.sqrt(len(features)))
    hidden = np.maximum(vector @ weights["hidden.weight"] + weights["hidden.bias"], 0)
    out = {name: hidden @ weights[f"{name}.weight"] + weights[f"{name}.bias"] for name in OUTPUTS}
    for name in ("sub", "out_of_scope"):
        out[name] = 1.0 / (1.0 + np.exp(-out[name]))
    return out


def forward_all(weights, features):
    """Stack forward() over a list of feature vectors: dict of [n, size] arrays."""
    rows = [forward(weights, f) for f in features]
    return {name: np.stack([row[name] for row in rows]) for name in OUTPUTS}


def mean_weights(parts):
    """Average several weight dicts that share one starting point (they stay one bag)."""
    return {name: np.mean([part[name] for part in parts], axis=0).astype(np.float32) for name in parts[0]}


def softmax(logits, temperature=1.0):
    """Row-wise softmax of logits / temperature."""
    scaled = logits / temperature
    scaled = scaled - scaled.max(axis=-1, keepdims=True)
    exp = np.exp(scaled)
    return exp / exp.sum(axis=-1, keepdims=True)


