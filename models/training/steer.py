"""Asides in prompts, for training only: a labelled prompt keeps its labels whatever is claimed around it."""
import functools
import hashlib
import json

from ontology import REPO
from roughen import roughen

WRAPS = ("{}", "{}", "{}", "({})", "{}!", "btw {}", "PS: {}", "Note: {}.", "NB {}", "> {}", "[{}]", "<!-- {} -->", "// {}", "**{}**")


def kept_aside(text):
    """A fifth of the asides, fixed by hash, is never trained on."""
    return int(hashlib.sha256(("draw aside " + text).encode()).hexdigest()[:8], 16) / 2**32 < 0.2


@functools.lru_cache(maxsize=1)
def remarks():
    """Remarks to train on, by kind."""
    rows = [json.loads(line) for line in (REPO / "models" / "data" / "asides.jsonl").read_text(encoding="utf-8").splitlines()]
    return {kind: [r["text"] for r in rows if r["kind"] == kind and not kept_aside(r["text"])] for kind in ("steer", "filler")}


def steered(text, rng):
    """The text with one to three asides before, after or inside it."""
    for _ in range(rng.choices((1, 2, 3), (0.65, 0.25, 0.1))[0]):
        part, place = rng.choice(remarks()["steer" if rng.random() < 0.8 else "filler"]), rng.random()
        part = rng.choice(WRAPS).format(part)
        gap = rng.choice((" ", "\n", "\n\n", ". ", " - ", ", ", ": "))
        if place < 0.5:
            text = text + gap + part
        elif place < 0.85:
            text = part + gap + text
        else:
            words = text.split(" ")
            at = rng.randrange(len(words) + 1)
            text = " ".join([*words[:at], part, *words[at:]])
    return text


def disturbed(text, rng):
    """The text with asides, slips of the hand, or both."""
    text = steered(text, rng) if rng.random() < 0.6 else text
    return roughen(text, rng) if rng.random() < 0.5 else text
