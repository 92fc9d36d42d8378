"""A prompt as somebody in a hurry, or a tool in between, would have passed it on: for training only."""
import re

BEFORE = ["hi, ", "hey team - ", "please ", "pls ", "quick one: ", "so basically ", "ok so ", "Task: ", "TODO: ", "> ", "- ", "# ", "## Task\n\n", "* [ ] ",
          "could you ", "when you have a minute: ", "another thing, ", "\"", "**Request:** ", "from the backlog:\n", "as discussed, "]
AFTER = [" thanks!", " thx", " please", " :)", " cheers", "\n\nThanks in advance", " - let me know", "\"", " (see above)", " asap if possible", " no rush", "\n---", "..."]


def typo(word, rng):
    """One slip in a plain lower-case word of four letters or more: a swap, a loss or a doubling."""
    at = rng.randrange(1, len(word) - 1)
    return rng.choice((word[:at] + word[at + 1] + word[at] + word[at + 2:], word[:at] + word[at + 1:], word[:at] + word[at] + word[at:]))


def with_typos(text, rng):
    """A slip in about one plain word in ten; paths, names and numbers stay."""
    return re.sub(r"(?<![\w./_`-])[a-z]{4,}(?![\w./_`-])", lambda m: typo(m[0], rng) if rng.random() < 0.1 else m[0], text)


def reordered(text, rng):
    """The text with two of its sentences swapped, where it has several and is no list."""
    parts = re.split(r"(?<=[.!?]) ", text)
    if len(parts) < 2 or "\n" in text:
        return text
    a, b = rng.sample(range(len(parts)), 2)
    parts[a], parts[b] = parts[b], parts[a]
    return " ".join(parts)


def roughen(text, rng):
    """The text with typos, framing words, another order, or several of them."""
    if rng.random() < 0.25:
        text = reordered(text, rng)
    if rng.random() < 0.6:
        text = with_typos(text, rng)
    if rng.random() < 0.5:
        text = rng.choice(BEFORE) + text
    return text + rng.choice(AFTER) if rng.random() < 0.4 else text
