"""Masked pre-training of the encoder on the corpus; resumable, writes <work>/encoder-<name>.pt."""
import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from corpus import streams
from encoder import Encoder
from ontology import CLS, DEFAULT_WORK, MAX_TOKENS

MASKED, MASK_ID = 0.2, 3  # [UNK] never occurs under byte fallback, so it serves as the mask


def batches(work, rng, size, length):
    """Blocks of [CLS] and `length`-1 tokens, drawn from the streams by their share."""
    parts = streams(work)
    share = np.asarray([len(s) * n for s, n in parts], dtype=float)
    share /= share.sum()
    while True:
        rows = np.empty((size, length), dtype=np.int64)
        for i, part in enumerate(rng.choice(len(parts), size, p=share)):
            stream = parts[part][0]
            start = rng.integers(0, len(stream) - length)
            rows[i, 0], rows[i, 1:] = CLS, stream[start:start + length - 1]
        yield torch.from_numpy(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=DEFAULT_WORK)
    parser.add_argument("--name", default="a")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--steps", type=int, default=9000)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--inner", type=int, default=1024)
    parser.add_argument("--size", type=int, default=48)
    parser.add_argument("--length", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rate", type=float, default=1.2e-3)
    parser.add_argument("--bench", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    model = Encoder(width=args.width, layers=args.layers, inner=args.inner)
    head = torch.nn.Linear(args.width, args.width)
    bias = torch.nn.Parameter(torch.zeros(model.shape["vocab"]))
    parameters = [*model.parameters(), *head.parameters(), bias]
    optimiser = torch.optim.AdamW(parameters, lr=args.rate, betas=(0.9, 0.98), weight_decay=0.01, foreach=True)
    target, step = args.work / f"encoder-{args.name}.pt", 0
    if target.exists() and not args.bench:
        state = torch.load(target)
        model.load_state_dict(state["model"]), head.load_state_dict(state["head"])
        optimiser.load_state_dict(state["optimiser"])
        bias.data.copy_(state["bias"])
        step = state["step"]
        rng = np.random.default_rng(args.seed + step)
    source, began, losses = batches(args.work, rng, args.size, args.length), time.time(), []
    mask = torch.ones(args.size, args.length)

    def save():
        torch.save({"shape": model.shape, "model": model.state_dict(), "head": head.state_dict(), "bias": bias.data,
                    "optimiser": optimiser.state_dict(), "step": step,
                    "tokens": step * args.size * args.length}, target)

    while step < args.steps:
        spent = (time.time() - began) / 60 / args.minutes
        if spent >= 1:
            break
        progress = max(step / args.steps, spent)
        rate = args.rate * min(1, (step + 1) / 300) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))
        for group in optimiser.param_groups:
            group["lr"] = rate
        ids = next(source)
        hit = torch.rand(ids.shape) < MASKED
        hit[:, 0] = False
        kind = torch.rand(ids.shape)
        noisy = torch.where(hit & (kind < 0.8), torch.full_like(ids, MASK_ID), ids)
        noisy = torch.where(hit & (kind > 0.9), torch.randint_like(ids, 4, model.shape["vocab"]), noisy)
        offset = int(rng.integers(0, MAX_TOKENS - args.length + 1)) if rng.random() < 0.3 else 0
        states = model(noisy, mask, offset)[hit]
        logits = F.gelu(head(states)) @ model.tokens.weight.T + bias
        loss = F.cross_entropy(logits, ids[hit])
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        step += 1
        losses.append(loss.item())
        if args.bench and step == 15:
            print(args.layers, args.width, args.inner, f"{15 * args.size * args.length / (time.time() - began):.0f} tokens/s")
            return
        if step % 100 == 0:
            done = step * args.size * args.length
            print(f"step {step} tokens {done / 1e6:.1f}M loss {np.mean(losses[-100:]):.3f} "
                  f"{(time.time() - began) / 60:.1f} min", flush=True)
        if step % 1000 == 0:
            save()
    save()


if __name__ == "__main__":
    main()
