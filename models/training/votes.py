"""Every vote on every prompt, and what they add up to."""
import json

import numpy as np

from ontology import HEAD_LABELS, HEADS, REPO

VOTES_FILE = REPO / "models" / "data" / "votes.jsonl"
VOTE_ORDER = ["task_type", "complexity", "risk"]
_cache = {}


def votes_of(prompt_id):
    """The votes on one prompt, in file order."""
    if not _cache:
        for line in VOTES_FILE.read_text(encoding="utf-8").splitlines():
            vote = json.loads(line)
            _cache.setdefault(vote["id"], []).append(vote)
    return _cache.get(prompt_id, [])


def soft_labels(row, head):
    """Share of the votes for each class; a row without stored votes counts its label whole."""
    labels = HEAD_LABELS[head]
    votes = votes_of(row["id"]) if "id" in row else []
    at = VOTE_ORDER.index(head)
    shares = np.zeros(len(labels))
    for vote in votes:
        shares[labels.index(vote["labels"][at])] += 1
    if "soft" in row:
        return np.asarray(row["soft"][head])
    if "labels" not in row:
        return np.full(len(labels), 1 / len(labels))  # a text with a category alone; its heads carry no loss
    if not len(votes):
        shares[labels.index(row["labels"][head])] = 1
    return shares / shares.sum()


assert set(VOTE_ORDER) == set(HEADS)
