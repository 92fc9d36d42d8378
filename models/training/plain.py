"""A prompt without its mark-up, and without the parts that say nothing of the work: what every engine reads.

The TypeScript side (shared/task/plain-text.ts, asides.ts) repeats all of it bit for bit: integers alone, ASCII classes alone.
"""
import math
import re

import numpy as np

READ_HEAD, READ_TAIL = 4000, 2000  # characters; the engines read 128 and 256 tokens, so more is never seen
LINE_MARKS = re.compile(r"^[ \t]*(?:(?:#{1,6}|[-*+]|[0-9]{1,3}[.)]|\[[ xX]\])(?:[ \t]+|$)|>[ \t]*)+")
FENCE = re.compile(r"^[ \t]*(?:```|~~~)")
RULE = re.compile(r"^[ \t]*(?:-{3,}|\*{3,}|_{3,}|={3,})[ \t]*$")
QUOTES = {'"': '"', "'": "'", "\u201c": "\u201d", "\u201e": "\u201c", "\u00ab": "\u00bb"}
BLANKS = " \t\n\r\f\v"
PUNCTUATION = ".,;:!?()[]{}\"'*_<>|#~=-/\\`+\u2013\u2014\u2026\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb\u3002\uff0c\uff01\uff1a"
CLAUSE_ENDS = ".,;:!?)]}>|\u2014\u2013\u3002\uff0c\uff01\uff1a"
SENTENCE_ENDS = ".!?\u3002\uff01"
OPENERS = "([{<"
BUCKETS_LOG2 = 15
NEAR = 3  # words on either side that speak for a word
FEWEST_WORDS = 3  # a text of which less would be left is read whole


def cut_middle(text):
    """Head and tail of a text that no engine could read whole, in UTF-16 units as JavaScript counts."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * (READ_HEAD + READ_TAIL):
        return text
    cut = units[:2 * READ_HEAD] + "\n".encode("utf-16-le") + units[-2 * READ_TAIL:]
    return cut.decode("utf-16-le", "replace")


def without_marks(text):
    """The text without HTML comments, line marks of Markdown, fences, rules, emphasis, and quotation marks around it all."""
    text = re.sub(r"<!--[\s\S]*?(?:-->|\Z)", " ", text.replace("\r", "\n"))
    lines = ["" if FENCE.match(line) or RULE.match(line) else LINE_MARKS.sub("", line) for line in text.split("\n")]
    text = "\n".join(lines).replace("**", "").replace("`", "").strip(BLANKS)
    close = QUOTES.get(text[:1])
    if close is not None and len(text) > 1 and text.endswith(close) and not any(m in text[1:-1] for m in (text[0], close)):
        text = text[1:-1]
    return text


def one_line(text):
    """One space for every run of blanks, none at either end."""
    return re.sub(r"[ \t\n\r\f\v]+", " ", text).strip(" ")


_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_hashes = {}
SHORTEST_STEM = 3


def bare(word):
    """The word in lower case without punctuation around it."""
    return word.translate(_ASCII_LOWER).strip(PUNCTUATION)


def cluster_of(core, clusters):
    """Number of the word's cluster, or of its longest known beginning of three letters or more; 0 = none."""
    if core in clusters:
        return clusters[core]
    for length in range(len(core) - 1, SHORTEST_STEM - 1, -1):
        if core[:length] in clusters:
            return clusters[core[:length]]
    return 0


def word_hash(core):
    """FNV-1a 32 over the UTF-8 bytes of the bare word."""
    known = _hashes.get(core)
    if known is None:
        known = 2166136261
        for byte in core.encode("utf-8", "replace"):
            known = ((known ^ byte) * 16777619) & 0xFFFFFFFF
        _hashes[core] = known
    return known


def shape_of(word):
    """A few bits of a word's look: how it opens and ends, capitals, digits, foreign letters, mark-up, length."""
    letters = [c for c in word if ("a" <= c <= "z") or ("A" <= c <= "Z")]
    upper = [c for c in letters if c <= "Z"]
    units = len(word.encode("utf-16-le", "surrogatepass")) // 2  # as JavaScript counts
    bits = [word[0] in OPENERS, word[-1] in CLAUSE_ENDS, len(letters) > 1 and len(upper) == len(letters),
            any("0" <= c <= "9" for c in word), any(ord(c) > 0x24F and c not in PUNCTUATION for c in word),
            any(c in "<>{}|=" for c in word), units == 1, units > 20, not letters, word[-1] == "!"]
    return sum(1 << i for i, bit in enumerate(bits) if bit)


class Words:
    """Words of a text with their places, and the clauses and sentences they form."""

    def __init__(self, text):
        found = list(re.finditer(r"[^ \t\n\r\f\v]+", text))
        self.words = [m[0] for m in found]
        self.starts = [m.start() for m in found]
        self.ends = [m.end() for m in found]
        self.clause, self.sentence = [], []
        clause = sentence = 0
        for i, word in enumerate(self.words):
            if i > 0:
                before = self.words[i - 1]
                broken = "\n" in text[self.ends[i - 1]:self.starts[i]]
                if broken or before[-1] in SENTENCE_ENDS:
                    sentence += 1
                    clause += 1
                elif before[-1] in CLAUSE_ENDS or word[0] in OPENERS or word in ("-", "--"):
                    clause += 1
            self.clause.append(clause)
            self.sentence.append(sentence)


def bucket(kind, first, second=0):
    """Row of the table for a feature of one or two hashes."""
    mixed = (kind * 0x9E3779B1 + first * 0x85EBCA6B + second * 0xC2B2AE35) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    mixed = (mixed * 0x2C1B3C6D) & 0xFFFFFFFF
    return mixed >> (32 - BUCKETS_LOG2)


def share(count):
    """What one of `count` features of a bag weighs, in 64ths: the bag's norm stays about the same."""
    return math.floor(64 / math.sqrt(min(count, 64)) + 0.5)


def groups_of(index):
    """Ranges of equal neighbours."""
    starts = [i for i in range(len(index)) if i == 0 or index[i] != index[i - 1]]
    return [(a, b) for a, b in zip(starts, starts[1:] + [len(index)])]


def bag_rows(kinds, values):
    """Rows of a bag of single values and neighbouring pairs, each once, with their share."""
    bag = {bucket(kinds[0], v) for v in values}
    if len(kinds) > 1:
        bag |= {bucket(kinds[1], x, y) for x, y in zip(values, values[1:])}
    return [(row, share(len(bag))) for row in sorted(bag)]


def features_of(parsed, clusters):
    """Per word: rows of its own, and rows with weights in 64ths that it shares with its clause and its sentence."""
    cores = [bare(w) for w in parsed.words]
    hashes, kinds = [word_hash(c) for c in cores], [cluster_of(c, clusters) for c in cores]
    shapes = [shape_of(w) for w in parsed.words]
    n = len(hashes)
    at = lambda values, i: values[i] if 0 <= i < n else 1
    common = [None] * n
    clauses, sentences = groups_of(parsed.clause), groups_of(parsed.sentence)
    for a, b in sentences:
        rows = bag_rows((45,), hashes[a:b]) + bag_rows((48,), kinds[a:b])
        for i in range(a, b):
            common[i] = rows
    for number, (a, b) in enumerate(clauses):
        rows = bag_rows((40, 41), hashes[a:b]) + bag_rows((46, 47), kinds[a:b])
        rows += [(bucket(42, hashes[a], at(hashes, a + 1)), 64), (bucket(43, min(b - a, 12)), 64),
                 (bucket(44, (1 if number == 0 else 0) + (2 if number == len(clauses) - 1 else 0)), 64)]
        for i in range(a, b):
            common[i] = rows + common[i]
    out = []
    for i in range(n):
        own = [bucket(10 + o, at(hashes, i + o)) for o in range(-NEAR, NEAR + 1)]
        own += [bucket(20, at(hashes, i - 1), hashes[i]), bucket(21, hashes[i], at(hashes, i + 1))]
        own += [bucket(31 + o, at(shapes, i + o)) for o in (-1, 0, 1)]
        own += [bucket(52 + o, at(kinds, i + o)) for o in range(-2, 3)]
        out.append((own, common[i]))
    return out


def sums_of(parsed, model):
    """The integer sum of every word; above 0 speaks for an aside."""
    table = model["table"]
    return [64 * (sum(int(table[r]) for r in own) + model["bias"]) + sum(w * int(table[r]) for r, w in common)
            for own, common in features_of(parsed, model["clusters"])]


def best_path(sums, breaks, costs):
    """Which words are asides: the labelling of the greatest sum, where a change costs, and inside a clause costs more."""
    inside, between = costs
    keep, drop, back = 0, 0, []
    for i, value in enumerate(sums):
        cost = (between if breaks[i] else inside) if i > 0 else 0
        from_drop, from_keep = drop - cost, keep - cost
        back.append((from_drop > keep, from_keep >= drop))
        keep, drop = max(keep, from_drop), max(drop, from_keep) + value
    state, path = drop > keep, [False] * len(sums)
    for i in range(len(sums) - 1, -1, -1):
        path[i] = state
        switched = back[i][1] if state else back[i][0]
        if i > 0 and switched:
            state = not state
    return path


def without_asides(text, model):
    """The text without the words that the model calls asides; whole where fewer than FEWEST_WORDS words would be left."""
    parsed = Words(text)
    if not parsed.words:
        return text
    breaks = [i == 0 or parsed.clause[i] != parsed.clause[i - 1] for i in range(len(parsed.words))]
    path = best_path(sums_of(parsed, model), breaks, (model["inside"], model["between"]))
    kept = [i for i, aside in enumerate(path) if not aside]
    if len(kept) == len(path) or sum(any(c.isascii() and c.isalpha() or ord(c) > 127 for c in parsed.words[i]) for i in kept) < FEWEST_WORDS:
        return text
    pieces, last = [], None
    for i in kept:
        if last is not None:
            pieces.append(text[parsed.ends[last]:parsed.starts[i]] if i == last + 1 else " ")
        pieces.append(parsed.words[i])
        last = i
    return "".join(pieces)


def load_asides(path):
    """asides.json of a model folder -> the form without_asides() takes; the table is base64 of int8, clusters are lists of words."""
    import base64
    import json
    found = json.loads(path.read_text(encoding="utf-8"))
    clusters = {word: number for number, words in enumerate(found["clusters"], 1) for word in words}
    return {**found, "table": np.frombuffer(base64.b64decode(found["table"]), dtype=np.int8), "clusters": clusters}


def to_plain(prompt, model):
    """What the engines read of a prompt."""
    return one_line(without_asides(without_marks(cut_middle(prompt)), model))
