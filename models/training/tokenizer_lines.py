"""Varied lines for tokenizer parity: generated from a fixed seed and from word lists written here."""
import random
import unicodedata

WORDS = (
    "refactor login token cache queue worker handler retry schema migrate index pager button colour deploy rollback "
    "invoice tenant session parser compile latency budget webhook cursor stream upload thumbnail locale timezone flaky "
    "deadlock mutex replica shard partition throttle circuit breaker audit permission role secret rotate vault signing"
).split()
VERBS = "fix add remove rename split merge document test speed-up harden port revert explain trace".split()
GREETINGS = (
    "Größe überprüfen", "déjà vu à l'œuvre", "niño y señal", "žluťoučký kůň", "İstanbul ığdır", "Ψυχή και σώμα",
    "проверка входа", "перевірка їжака", "בדיקת כניסה", "اختبار تسجيل الدخول", "ログイン画面を直す", "登录页面修复",
    "로그인 화면 수정", "ตรวจสอบการเข้าสู่ระบบ", "लॉगिन जाँच", "லாகின் சோதனை", "ქართული ტესტი", "Հայերեն փորձ",
)
EMOJI = (
    "\U0001f680", "\U0001f525", "\u2764\ufe0f", "\U0001f469\u200d\U0001f4bb", "\U0001f44d\U0001f3fd",
    "\U0001f1ed\U0001f1fa", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u2705", "#\ufe0f\u20e3", "\U0001fae0",
)
SPACES = (
    " \t\u00a0\u2002\u2003\u2009\u200a\u202f\u205f\u3000"
    "\u200b\u200c\u200d\u2060\ufeff\u1680\u180e\u0085\u2028\u2029"
)
SPECIAL = (
    "<s>", "</s>", "<unk>", "<pad>", "[CLS]", "[SEP]", "<0x41>", "<0xFF>", "\u2581", "\u2581\u2581", "<user>",
    "</user>",
)
BLOCKS = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x250, 0x2AF), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x590, 0x5FF),
    (0x600, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F), (0x1100, 0x11FF), (0x1E00, 0x1FFF), (0x2000, 0x206F),
    (0x2070, 0x209F), (0x2100, 0x214F), (0x2150, 0x218F), (0x2460, 0x24FF), (0x2500, 0x259F), (0x3040, 0x30FF),
    (0x3200, 0x33FF), (0x4E00, 0x4FFF), (0xAC00, 0xADFF), (0xF900, 0xFAFF), (0xFB00, 0xFDFF), (0xFE30, 0xFE6F),
    (0xFF00, 0xFFEF), (0x1D400, 0x1D7FF), (0x1F100, 0x1F2FF), (0x1F300, 0x1F6FF), (0x2F800, 0x2FA1F), (0xE000, 0xE0FF),
)


def name(rng):
    """An identifier in one of five spellings."""
    a, b = rng.choice(WORDS), rng.choice(WORDS)
    return rng.choice((f"{a}_{b}", a + b.title(), a.title() + b.title(), f"{a}-{b}", f"{a.upper()}_{b.upper()}"))


def code(rng):
    """A line that looks like code, configuration, a path or a log."""
    a, b, c, n = name(rng), name(rng), name(rng), rng.randrange(100000)
    return rng.choice((
        f"const {a} = await {b}({c}, {{ limit: {n} }});",
        f"    if {a} is None and {b} != {n}:",
        f"\t\treturn &{a}[{n}]->{b};",
        f'{{"{a}": [{n}, {n / 7:.3f}, null], "{b}": "{c}"}}',
        f"src/{a}/{b}.test.ts:{n}:{n % 80}",
        f"git rebase -i HEAD~{n % 9} && npm run {a}",
        f"SELECT {a}, COUNT(*) FROM {b} WHERE {c} >= {n} GROUP BY 1;",
        f"fn {a}<T: {b}>(x: &mut T) -> Result<(), {c}> {{",
        f"https://example.test/{a}?{b}={n}&x=%20{c}#L{n}",
        f"#define {a.upper()} (0x{n:08X} | ~{b})",
        f"@@ -{n},7 +{n},9 @@ {a}",
        f"[2031-02-{n % 28 + 1:02d}T03:{n % 60:02d}:11Z] ERROR {a}: {b} failed ({c}={n})",
        f"        # TODO({a}): {b}   {c}",
        f"$${a}^{{{n}}}_{b}$$ \\frac{{1}}{{{n}}}",
    ))


def prose(rng):
    """A request in English, sometimes with odd spacing."""
    aim = f"{rng.choice(WORDS)} {rng.choice(WORDS)}s no longer {rng.choice(VERBS)}"
    text = f"{rng.choice(VERBS)} the {name(rng)} so that {aim}"
    spaced_text = text.replace(" ", rng.choice((" ", " ", "  ", " \t")))
    return spaced_text + rng.choice(("", ".", " ", "?!", "...", "\u2026", "  "))


def script(rng):
    """A phrase of another language, composed or decomposed, mixed with code."""
    form = rng.choice(("NFC", "NFD", "NFKD"))
    first, last = (unicodedata.normalize(form, rng.choice(GREETINGS)) for _ in range(2))
    return f"{first} {name(rng)} {last}"


def block(rng):
    """Random characters of one to three Unicode blocks."""
    blocks = [rng.choice(BLOCKS) for _ in range(rng.randint(1, 3))]
    characters = (chr(rng.randint(*rng.choice(blocks))) for _ in range(rng.randint(1, 30)))
    return "".join(character + (" " if rng.random() < 0.15 else "") for character in characters)


def spaced(rng):
    """Words between runs of every kind of space."""
    def gap():
        return "".join(rng.choice(SPACES if rng.random() < 0.5 else " ") for _ in range(rng.randint(0, 6)))

    return gap() + "".join(rng.choice(WORDS) + gap() for _ in range(rng.randint(0, 5)))


def marked(rng):
    """Emoji, special-token look-alikes, U+2581, controls and combining marks among words."""
    controls = (chr(c) for c in range(32))
    marks = ("\x7f", "\u0301", "\u0327\u0302", "\u202e", "\u2066", "\ufffd", "\ufdd0")
    pool, plain = (*EMOJI, *SPECIAL, *controls, *marks), [*WORDS, " "]
    return "".join(rng.choice(pool if rng.random() < 0.5 else plain) for _ in range(rng.randint(1, 12)))


def anywhere(rng):
    """Any code points but surrogates."""
    points = (rng.randrange(rng.choice((0x300, 0x10000, 0x110000))) for _ in range(rng.randint(1, 24)))
    return "".join(chr(p) for p in points if not 0xD800 <= p <= 0xDFFF)


FIXED = (
    "", " ", "  ", "\t", "\n", "a", " a", "a ", "  a  b  ", "\u2581", " \u2581", "\u2581 ", "\u2581a \u2581b", "\u3000",
    "\u3000a\u3000", "\x00", "a\x00b", "\ufb01\ufb02\ufb03 office", "\uff21\uff22\uff23\uff11\uff12\uff13\uff01",
    "\uff76\uff9e\uff77\uff9f", "\u2460\u2461\u33a1\u2122\u00bd", "e\u0301 \u00e9", "A" * 300, " " * 200,
    "\U0001f680" * 60, "ab\r\ncd\n\nef", "\ufeffBOM", "x\u00adsoft", "caf\u00e9" * 40,
    "\u0639\u0631\u0628\u064a\u0629 abc 123",
)
MAKERS = ((code, 330), (prose, 170), (script, 110), (block, 140), (spaced, 90), (marked, 90), (anywhere, 40))


def make_lines(seed=20):
    """1,000 lines, the same for the same seed."""
    rng = random.Random(seed)
    made = [maker(rng) for maker, count in MAKERS for _ in range(count)]
    return [*FIXED, *made][:1000]


def make_training_text(seed, count):
    """Other lines of the same kinds, one a row, to train a vocabulary on; no NUL, tab or line break."""
    rng = random.Random(seed)
    makers = [maker for maker, _ in MAKERS[:3]]
    for _ in range(count):
        line = rng.choice(makers)(rng)
        yield "".join(" " if c in "\t\r\n\0" else c for c in line)
