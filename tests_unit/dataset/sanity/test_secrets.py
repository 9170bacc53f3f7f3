"""Secrets and personal data are found, examples are not, and nothing is printed in full."""

import pytest

from tests_unit.dataset.sanity.conftest import Check, changed
from web4.dataset.sanity.secrets import found_in, masked
from web4.records import Record

_RANDOM = "q7Rf2mXz9LbT4vKd8WsN1cYp6HgJ3eUa5oIt"

# Put together here, so that no scanner takes this file for a leak.
SECRETS = {
    "AWS access key": "AKIA" + "QWERTYUIOP234567",
    "GitHub token": "ghp_" + _RANDOM,
    "GitLab token": "glpat-" + _RANDOM[:20],
    "API key": "sk-" + "proj-" + _RANDOM,
    "Stripe key": "sk_live_" + _RANDOM[:24],
    "Slack token": "xoxb-" + "2345678901-" + _RANDOM[:24],
    "Google API key": "AIza" + _RANDOM[:35],
    "npm token": "npm_" + _RANDOM,
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "JSON web token": "eyJ" + "hbGciOiJIUzI1NiJ9." + "eyJ" + "zdWIiOiJqYW5lIn0." + _RANDOM,
    "password in a URL": "postgres://jane:" + _RANDOM[:16] + "@db/x",
    "assigned secret": "const clientSecret = '" + _RANDOM + "';",
}
PERSONAL = {
    "e-mail address": "jane.roe@contoso.com",
    "phone number": "+49 30 901820 47",
    "IBAN": "DE89 3704 0044 0532 0130 00",
    "card number": "4539 1488 0343 6467",
}


@pytest.mark.parametrize(("what", "value"), [*SECRETS.items(), *PERSONAL.items()])
def test_each_form_is_found_and_masked(check: Check, style: Record, what: str, value: str) -> None:
    report = check(changed(style, instruction=f"Use {value} here."))
    (finding,) = report.findings
    assert finding.code == ("W702" if what in PERSONAL else "E701")
    assert f"what looks like a {what}: " in finding.message
    for form in (report.to_text(), report.to_json(), report.to_github()):
        assert value not in form
        assert _RANDOM not in form


@pytest.mark.parametrize(
    "text",
    [
        "jane@example.com, joe@mail.example.org, x@host.test",
        "git@github.com:owner/name.git",
        "@scope/package@1.2.3 and a@b",
        "https://cdn.example.net/profile/metric@27.js, image@double.png",
        "call +1 555 010 9999",
        "4242 4242 4242 4242",
        "1234567890123456 and 2026-11-23 10:20:30.123456",
        "const token = ''; password: string; apiKey = 'your-api-key-goes-here-123'",
        "secret: 'correct horse battery'",
        "AKIA is a prefix, sk-learn a library",
        "token = 'src/components/layer3/AccountTokenStore'",
        "DE00 3704 0044 0532 0130 00",
        "import { tokenStore } from './tokens/tokenStoreFactory2';",
        "https://host:8080/path@v2",
    ],
)
def test_what_only_looks_alike_is_no_finding(text: str) -> None:
    assert list(found_in(text)) == []


@pytest.mark.parametrize("name", ["input", "output", "negative_example"])
def test_every_text_of_a_record_is_looked_at(check: Check, style: Record, name: str) -> None:
    line = changed(style, **{name: f"// {SECRETS['GitHub token']}\nlet a;"})
    assert check(line).counts == {"E701": 1}


def test_a_mask_shows_a_third_at_most() -> None:
    assert masked("abcdefghijkl") == "abcd… (12 characters)"
    assert masked("abcdefghijk") == "… (11 characters)"


def test_long_texts_take_no_time() -> None:
    for text in ("a" * 200_000, "1 " * 100_000, "a.a@" * 50_000, "+1 " * 60_000, "A" * 200_000):
        list(found_in(text))
