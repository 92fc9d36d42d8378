"""The encoder that the heads stand on: token and position embeddings and a few pre-norm transformer layers."""
import math

import torch
from torch import nn
from torch.nn import functional as F

from ontology import CATEGORIES, HEAD_LABELS, MAX_TOKENS, SUB_SCORES


class Layer(nn.Module):
    """One pre-norm layer: self-attention, then a feed-forward block."""

    def __init__(self, width, heads, inner, dropout):
        super().__init__()
        self.heads = heads
        self.norm_a, self.norm_b = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, bias):
        """x [batch, tokens, width]; bias [batch, 1, 1, tokens], minus infinity at padding."""
        batch, tokens, width = x.shape
        each = width // self.heads
        q, k, v = self.qkv(self.norm_a(x)).view(batch, tokens, 3, self.heads, each).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) / math.sqrt(each) + bias
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, tokens, width)
        x = x + self.dropout(self.out(mixed))
        return x + self.dropout(self.down(F.relu(self.up(self.norm_b(x)))))


class Encoder(nn.Module):
    """Token ids and mask [batch, tokens] -> states [batch, tokens, width]."""

    def __init__(self, vocab=8192, width=256, layers=2, heads=4, inner=1024, dropout=0.0):
        super().__init__()
        self.shape = {"vocab": vocab, "width": width, "layers": layers, "heads": heads, "inner": inner}
        self.tokens, self.positions = nn.Embedding(vocab, width), nn.Embedding(MAX_TOKENS, width)
        nn.init.normal_(self.tokens.weight, std=0.05)
        nn.init.normal_(self.positions.weight, std=0.02)
        self.layers = nn.ModuleList(Layer(width, heads, inner, dropout) for _ in range(layers))
        self.norm, self.dropout = nn.LayerNorm(width), nn.Dropout(dropout)

    def forward(self, ids, mask, offset=0):
        """`offset` shifts the positions, so that pre-training on short blocks reaches all of them."""
        at = torch.arange(offset, offset + ids.shape[1], device=ids.device)
        x = self.dropout(self.tokens(ids) + self.positions(at))
        bias = (1.0 - mask.to(x.dtype))[:, None, None, :] * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        return self.norm(x)


def pool(states, mask):
    """Mean and maximum over the real tokens, side by side: [batch, 2 x width]."""
    weight = mask.to(states.dtype).unsqueeze(-1)
    mean = (states * weight).sum(1) / weight.sum(1).clamp_min(1)
    return torch.cat([mean, (states - (1 - weight) * 1e4).max(1).values], 1)


# Multipliers of the hashed n-grams; the graph repeats them.
GRAM_PRIMES = (7919, 104729, 1299709)
GRAM_BUCKETS, GRAM_WIDTH = 16384, 64


class Grams(nn.Module):
    """Sum of the rows of hashed pairs and triples of neighbouring ids over the root of their number: words as they stand."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(2 * GRAM_BUCKETS, GRAM_WIDTH)
        nn.init.normal_(self.table.weight, std=0.02)

    def forward(self, ids, mask):
        """Ids and mask [batch, tokens], at least three tokens -> [batch, GRAM_WIDTH]."""
        a, b, c = GRAM_PRIMES
        pairs = (ids[:, :-1] * a + ids[:, 1:] * b) % GRAM_BUCKETS
        triples = (ids[:, :-2] * a + ids[:, 1:-1] * b + ids[:, 2:] * c) % GRAM_BUCKETS + GRAM_BUCKETS
        known = torch.cat([mask[:, 1:], mask[:, 2:]], 1)
        rows = self.table(torch.cat([pairs, triples], 1)) * known.unsqueeze(-1)
        return rows.sum(1) / known.sum(1, keepdim=True).clamp_min(1).sqrt()


class Heads(nn.Module):
    """One hidden layer, then every output: three labels, eight scores, out of scope, category."""

    def __init__(self, inputs, hidden=256, dropout=0.0, category_hidden=0):
        super().__init__()
        # The category may have a hidden layer of its own (category_head.py): its labels are too few to share one.
        self.category_hidden = nn.Linear(inputs, category_hidden) if category_hidden else None
        self.hidden, self.dropout = nn.Linear(inputs, hidden), nn.Dropout(dropout)
        outputs = {head: len(labels) for head, labels in HEAD_LABELS.items()}
        outputs |= {"scores": len(SUB_SCORES), "scope": 1, "category": len(CATEGORIES)}
        self.outputs = nn.ModuleDict({name: nn.Linear(hidden, n) for name, n in outputs.items()})
        if category_hidden:
            self.outputs["category"] = nn.Linear(category_hidden, len(CATEGORIES))

    def forward(self, pooled):
        """Logits by output name."""
        x = self.dropout(F.relu(self.hidden(self.dropout(pooled))))
        own = x if self.category_hidden is None else F.relu(self.category_hidden(pooled))
        return {name: layer(own if name == "category" else x) for name, layer in self.outputs.items()}
