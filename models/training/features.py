"""Text to feature ids: the pipeline that the TypeScript side repeats bit for bit."""
import functools

import numpy as np
import sentencepiece as spm

from ontology import CLS, HEAD_TOKENS, MAX_TOKENS, MODEL_DIR, SEP, TAIL_TOKENS, TEXT_PREFIX, UNK
from plain import load_asides, to_plain

FNV_OFFSET, FNV_PRIME = 2166136261, 16777619
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def lower_ascii(text):
    """Lower-case A-Z only, so that both languages agree on every other code point."""
    return text.translate(_ASCII_LOWER)


@functools.lru_cache(maxsize=1)
def asides():
    """The filter that train_asides.py wrote."""
    return load_asides(MODEL_DIR / "asides.json")


def load_vocabulary(path):
    """Open the SentencePiece model at `path`."""
    return spm.SentencePieceProcessor(model_file=str(path))


def token_ids(vocabulary, prompt):
    """[CLS] pieces [SEP] of the prefixed, lower-cased words about the work, cut to head and tail above 254 pieces."""
    pieces = vocabulary.encode(lower_ascii(TEXT_PREFIX + to_plain(prompt, asides())))
    if len(pieces) > MAX_TOKENS - 2:
        pieces = pieces[:HEAD_TOKENS] + pieces[-TAIL_TOKENS:]
    return [CLS, *pieces, SEP]


def fnv1a(windows):
    """FNV-1a 32 of each row of ids, every id as four little-endian bytes. Shape [k, n] -> [k] uint64."""
    state = np.full(len(windows), FNV_OFFSET, dtype=np.uint64)
    for column in windows.T.astype(np.uint64):
        for shift in (0, 8, 16, 24):
            byte = (column >> np.uint64(shift)) & np.uint64(0xFF)
            state = ((state ^ byte) * np.uint64(FNV_PRIME)) & np.uint64(0xFFFFFFFF)
    return state


def feature_ids(tokens, shape):
    """Piece ids without [CLS]/[SEP], then hashed n-grams (2..max_n) over the whole sequence; [UNK] when empty.

    `shape` holds max_n, buckets and vocab_size.
    """
    sequence = np.asarray(tokens, dtype=np.int64)
    parts = [sequence[1:-1]]
    for n in range(2, shape["max_n"] + 1):
        if len(sequence) >= n:
            windows = np.lib.stride_tricks.sliding_window_view(sequence, n)
            parts.append(shape["vocab_size"] + (fnv1a(windows) % np.uint64(shape["buckets"])).astype(np.int64))
    ids = np.concatenate(parts)
    return ids if len(ids) else np.asarray([UNK], dtype=np.int64)


def prompt_features(vocabulary, prompt, shape):
    """Feature ids of one prompt as a numpy int64 vector."""
    return feature_ids(token_ids(vocabulary, prompt), shape)
