"""Faults of web text, put into a clean sentence so that a model can learn to take them out."""

import random
import re

EMOJI = ["😂", "😍", "👇", "😀", "🌹", "❤", "😡", "👏", "🤣", "💔", "🙏", "🔥"]
ADVERTISING = [
    "اشترك في القناة", "تابعونا على فيسبوك", "اضغط على الرابط", "للتواصل واتساب", "لا تنسوا الاشتراك في القناة",
    "زوروا صفحتنا على تويتر", "حمل التطبيق الآن", "للاشتراك في القناة اضغط هنا", "تابعوا قناتي على يوتيوب",
]  # fmt: skip
ARABIC_LETTER = re.compile(r"[\u0621-\u064a]")
EDGE = re.compile(r"^(\W*)(.*?)(\W*)$", re.S)


def random_handle(rng: random.Random) -> str:
    return rng.choice(["@User.IDX", "@user", "@" + "".join(rng.choices("abcdefghijklmnopqrstuvwxyz_0123456789", k=8))])


def random_link(rng: random.Random) -> str:
    code = "".join(rng.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789", k=rng.randint(5, 9)))
    return rng.choice(["<url>", "@url", f"https://t.co/{code}", f"http://www.{code}.com", f"www.{code}.net/{code}"])


def add_fault(words: list[str], rng: random.Random, vocabulary: list[str]) -> list[str]:
    """One fault more; `words` are split at single spaces and not changed in place."""
    words = list(words)
    at = rng.randrange(len(words))
    before, core, after = EDGE.match(words[at]).groups()
    kind = rng.choice(
        ["elongate", "elongate", "tatweel", "mention", "link", "emoji", "punctuation", "spaces", "space-before",
         "repeat-word", "advertising", "bracketed", "code", "quotes"]
    )  # fmt: skip
    if kind == "elongate" and len(core) > 2:
        letter = rng.randrange(1, len(core))
        if ARABIC_LETTER.match(core[letter]):
            core = core[:letter] + core[letter] * rng.randint(3, 7) + core[letter + 1 :]
        words[at] = before + core + after
    elif kind == "tatweel" and len(core) > 2 and ARABIC_LETTER.match(core[0]):
        cut = rng.randrange(1, len(core))
        words[at] = before + core[:cut] + "ـ" * rng.randint(1, 4) + core[cut:] + after
    elif kind == "mention":
        words.insert(rng.choice([0, 0, 0, at]), random_handle(rng))
    elif kind == "link":
        words.insert(rng.choice([len(words), len(words), at]), random_link(rng))
    elif kind == "emoji":
        run = rng.choice(EMOJI) * rng.randint(2, 5)
        words.insert(rng.choice([len(words), at]), run)
    elif kind == "punctuation":
        words[at] += rng.choice(["!", "؟", ".", "،"]) * rng.randint(3, 6)
    elif kind == "spaces":
        words.insert(at, "" if rng.random() < 0.6 else " ")
    elif kind == "space-before" and after[:1] in tuple("،.؟!؛"):
        words[at] = before + core + " " + after
    elif kind == "repeat-word" and len(core) > 1:
        words.insert(at, words[at])
    elif kind == "advertising":
        words += rng.choice(ADVERTISING).split(" ")
    elif kind == "bracketed":
        words.insert(at, rng.choice(["[%s]", "*%s*", "#%s#", "~%s"]) % rng.choice(vocabulary))
    elif kind == "code":
        words.insert(at, "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij0123456789", k=rng.randint(4, 7))))
    elif kind == "quotes":
        words.insert(at, rng.choice(['""', '"" ""', "“”"]))
    return words


def noised(text: str, rng: random.Random, vocabulary: list[str]) -> str:
    """`text` with one to four faults; what is left when they are taken out is `text` itself."""
    words = text.split(" ")
    for _ in range(rng.choice([1, 1, 2, 2, 3, 4])):
        words = add_fault(words, rng, vocabulary)
    return " ".join(words)


TIDY = [
    (re.compile(r"@User\.IDX|@user\b|@url|<url>|https?://\S+|www\.\S+", re.I), " "),
    (re.compile(r"ـ+"), ""),
    (re.compile(r"([^\W\d_])\1{2,}"), r"\1"),
    (re.compile(r"([^\w\s])\1+"), r"\1"),
    (re.compile(r'"\s*"'), " "),
    (re.compile(r"[ \t\xa0]+"), " "),
    (re.compile(r" +([،؛؟!.,:])"), r"\1"),
    (re.compile(r" *\n\s*"), "\n"),
]


def tidied(text: str) -> str:
    """`text` without the faults above, as far as patterns can see them: what a pair's answer is made from."""
    for pattern, replacement in TIDY:
        text = pattern.sub(replacement, text)
    return text.strip()
