"""Secrets and personal data in training text: a model learns them by heart and says them again.

The forms of keys are those that their issuers document, as collected by gitleaks
(config/gitleaks.toml) and Yelp's detect-secrets. The latter is no dependency: it looks for secrets
of repositories, file by file, and has no forms for personal data.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from web4.dataset.sanity.findings import Findings
from web4.dataset.sanity.lines import Item


@dataclass(frozen=True, slots=True)
class _Form:
    """What a secret or a personal datum looks like; ``hint`` has to be in the text at all."""

    name: str
    hint: tuple[str, ...]
    pattern: re.Pattern[str]
    is_one: Callable[[str], bool] = lambda _text: True


_MIN_ENTROPY = 3.5
"""Bits per character; gitleaks' limit for generic keys. Words have 2.5 to 3.3."""

_MIN_DIGITS = 0.06
_EXAMPLE_DOMAINS = re.compile(
    r"@(?:[\w.-]+\.)?(?:example\.(?:com|net|org|edu)|[\w-]+\.(?:example|test|invalid|local)"
    r"|localhost|example|acme\.\w+|domain\.com|email\.com|mail\.com|company\.com|test\.com)$",
    re.IGNORECASE,
)
_EXAMPLE_WORDS = re.compile(
    r"example|sample|dummy|placeholder|changeme|your[-_]?|xxxx|0{6}|1234567|abcdef", re.IGNORECASE
)
_FILE_ENDS = (".js", ".ts", ".mjs", ".cjs", ".jsx", ".tsx", ".css", ".json", ".html", ".png")
_CARD_LENGTHS = range(13, 20)


def _is_random(text: str) -> bool:
    """Whether a value looks drawn at random: high entropy, letters and digits, no example."""
    counts = Counter(text)
    entropy = -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
    digits = sum(c.isdigit() for c in text)  # a path has few: drawn at random, a sixth
    mixed = digits >= _MIN_DIGITS * len(text) and any(c.isalpha() for c in text)
    return mixed and entropy >= _MIN_ENTROPY and not _EXAMPLE_WORDS.search(text)


def _is_no_example(text: str) -> bool:
    return not _EXAMPLE_WORDS.search(text)


def _is_card(text: str) -> bool:
    """Luhn's check (ISO/IEC 7812-1), without the issuers' well-known test numbers."""
    digits = [int(c) for c in text if c.isdigit()]
    if len(digits) not in _CARD_LENGTHS or len(set(digits)) <= 3:  # noqa: PLR2004 - 4242 4242...
        return False
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits[::-1])]
    return sum(doubled) % 10 == 0


def _is_iban(text: str) -> bool:
    """ISO 13616: the rearranged number is 1 modulo 97."""
    plain = text.replace(" ", "")
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _is_personal_mail(text: str) -> bool:
    if _EXAMPLE_DOMAINS.search(text) or text.startswith(("git@", "noreply@")):
        return False
    domain = text.rpartition("@")[2]  # name@27.js is a file with its version
    return not domain.partition(".")[0].isdigit() and not domain.endswith(_FILE_ENDS)


def _is_phone(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return 10 <= len(digits) <= 15 and "555" not in digits and len(set(digits)) > 3  # noqa: PLR2004 - E.164


_KEYS = ("api", "Api", "API", "ccess", "ACCESS")
_SECRETS = (
    _Form("AWS access key", ("AKIA", "ASIA"), re.compile(r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b")),
    _Form(
        "GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{50,255})\b"),
    ),
    _Form("GitLab token", ("glpat-",), re.compile(r"\bglpat-[\w-]{20,}")),
    _Form("API key", ("sk-",), re.compile(r"\bsk-(?:[A-Za-z]+-)*[\w-]{20,}"), _is_random),
    _Form("Stripe key", ("_live_",), re.compile(r"\b[sr]k_live_[A-Za-z0-9]{16,}")),
    _Form("Slack token", ("xox",), re.compile(r"\bxox[abeoprs]-[\w-]{10,}"), _is_no_example),
    _Form("Google API key", ("AIza",), re.compile(r"\bAIza[\w-]{35}\b")),
    _Form("npm token", ("npm_",), re.compile(r"\bnpm_[A-Za-z0-9]{36}\b")),
    _Form("PyPI token", ("pypi-",), re.compile(r"\bpypi-AgEI[\w-]{50,}")),
    _Form(
        "private key",
        ("PRIVATE KEY",),
        re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    ),
    _Form("JSON web token", ("eyJ",), re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}")),
    _Form(
        "password in a URL",
        ("://",),
        re.compile(r"\b\w{2,12}://[^\s/:@]{1,64}:([^\s/:@]{8,128})@"),
        _is_random,
    ),
    _Form(
        "assigned secret",
        ("assw", "ASSW", "ecret", "SECRET", "oken", "TOKEN", "redential", "CREDENTIAL", *_KEYS),
        re.compile(
            r"(?:passw(?:or)?d|secret|token|api[_-]?key|access[_-]?key|credential)\w{0,20}"
            r"['\"\\]{0,2}\s{0,3}[:=]\s{0,3}\\?['\"]([^\s'\"\\]{16,200})\\?['\"]",
            re.IGNORECASE,
        ),
        _is_random,
    ),
)
_PERSONAL = (
    _Form(
        "e-mail address",
        ("@",),
        re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*\.[A-Za-z]{2,24}\b"),
        _is_personal_mail,
    ),
    _Form(
        "phone number", ("+",), re.compile(r"(?<![\w+])\+\d(?:[ ().-]{0,2}\d){8,14}\b"), _is_phone
    ),
)
_NUMBERS = (
    _Form(
        "IBAN",
        (),
        re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"),
        _is_iban,
    ),
    _Form(
        "card number", (), re.compile(r"(?<![\w.-])[3-6]\d{3}(?:[ -]?\d){9,15}(?![\w.-])"), _is_card
    ),
)
_LONG_NUMBER = re.compile(r"\d[\d -]{4}\d")
_FORMS = (
    *(("E701", form) for form in _SECRETS),
    *(("W702", form) for form in (*_PERSONAL, *_NUMBERS)),
)


def masked(text: str) -> str:
    """Return the first four characters and how many follow; of a short text only its length."""
    shown = text[:4] if len(text) >= 12 else ""  # noqa: PLR2004 - a third at most
    return f"{shown}… ({len(text)} characters)"


def _likely(text: str) -> list[tuple[str, _Form]]:
    """Return the forms whose hint the text has: a substring search costs next to nothing."""
    likely = []
    has_number = _LONG_NUMBER.search(text) is not None
    for row in _FORMS:
        for hint in row[1].hint:
            if hint in text:
                likely.append(row)
                break
        if has_number and not row[1].hint:
            likely.append(row)
    return likely


def found_in(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (code, what it is, masked value) of the first secret or datum of each form."""
    for code, form in _likely(text):
        for match in form.pattern.finditer(text):
            value = match[match.lastindex or 0]
            if form.is_one(value):
                yield code, form.name, masked(value)
                break


def check_secrets(item: Item, findings: Findings) -> None:
    """Report secrets and personal data of a record, each kind once a record, masked."""
    record = item.record
    texts = (record.instruction, record.input, record.output, record.negative_example or "")
    for code, what, value in found_in("\n\n".join(texts)):
        findings.add(code, item.place, f"the text holds what looks like a {what}: {value}")
