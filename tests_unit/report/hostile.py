"""Texts that a model, a file or a server may say to whoever shows them."""

HOSTILE = {
    "script": "<script>window.owned=1</script>",
    "script in JSON": '{"a":"</script><script>window.owned=1</script>"}',
    "handler": '"><img src=x onerror=window.owned=1>',
    "CDATA": "]]><failure>",
    "ANSI": "\x1b[31mred\x1b]0;owned\x07",
    "right to left": "abc\u202egpj.exe\u2066",
    "nothing to see": "a\u200bb\ufeffc\u00ad",
    "template": "{{ 7 * 7 }} {% raw %} ${window.owned=1}",
    "Markdown": "| a | b |\n| --- | [x](javascript:alert(1)) ```",
    "lone surrogate": "a\ud800b",
    "link": "javascript:window.owned=1",
    "long": "x" * 1_000_000,
}
"""By what each tries."""
