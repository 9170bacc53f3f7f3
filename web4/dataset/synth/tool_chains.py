"""The intents that two to four steps answer."""

from web4.dataset.synth.tool_data_chains import DATA_CHAINS
from web4.dataset.synth.tool_grammar import Group, Intent, Step

_PAIRS: tuple[str, ...] = (
    "{a}, then {it}",
    "{a} and then {it}",
    "first {a}, then {it}",
    "{a}; after that, {it}",
    "{a}, and [afterwards|when that is done] {it}",
    "do two things in order: {a}; {it}",
    "before you {b}, {a}",
    "{b}, but first {a}",
    "step 1: {a}; step 2: {it}",
    "{b} after you {a}",
    "start with this: {a}. Then {it}.",
)
_UNSEEN_PAIRS: tuple[str, ...] = ("{a}, and only then {it}",)
_TRIPLES: tuple[str, ...] = (
    "{a}, {b}, and then {c}",
    "first {a}, then {b}, and finally {c}",
    "{a}; then {b}; then {c}",
    "step 1: {a}; step 2: {b}; step 3: {c}",
    "in this order: {a}; {b}; {c}",
    "{a}. Then {b}. [Finally|At the end], {c}.",
    "do three things in order: {a}, {b}, {c}",
    "{a}, then {b}, and [after that|at the end] {c}",
    "before you {c}, {a} and then {b}",
    "{c}, but only after you {a} and then {b}",
)
_UNSEEN_TRIPLES: tuple[str, ...] = ("{a}, next {b}, and last of all {c}",)

_READ: Step = ("read_file", {"path": "{path}"})
_CREATE: Step = ("create_new_file", {"path": "{path}", "content": "{content}"})
_RUN: Step = ("run_terminal_command", {"command": "{command}"})
_DIFF: Step = ("view_diff", {})
_EDIT: Step = ("edit_existing_file", {"path": "{path}", "instructions": "{edit}"})
_LS: Step = ("ls", {"dirPath": "{dir}"})
_OPEN: Step = ("read_currently_open_file", {})
_FETCH: Step = ("fetch_url_content", {"url": "{url}"})
_SAVE: Step = ("create_new_file", {"path": "{path}", "content": "<RESULTS:fetch_url_content>"})
_SWAP: Step = (
    "single_find_and_replace",
    {"path": "{path}", "find": "{find}", "replace": "{replace}"},
)

_READ_IT = "[read|open|look at] {path}"
_CREATE_IT = "[create|make|add] the [file|new file] {path} [with the content|containing] {content}"
_RUN_IT = "[run|execute] {command}[| in the terminal]"
_DIFF_IT = "[show|view|display] the [diff|uncommitted changes|working diff]"
_EDIT_IT = "[apply|make] the [edit|change] {edit} [to|in] {path}"
_LS_IT = "[list|list what is in] the [folder|directory] {dir}"
_OPEN_IT = "[read|look at] the [file I have open|file open in the editor|active file]"
_FETCH_IT = "[fetch|load|get] {url}"
_SWAP_IT = "replace {find} [with|by] {replace} in {path}"


def _compose(connector: str, **clauses: str) -> str:
    for name, clause in clauses.items():
        connector = connector.replace("{" + name + "}", clause)
    return connector[0].upper() + connector[1:] if connector.endswith(".") else connector


def _chain(
    name: str,
    clauses: tuple[tuple[Step, str], ...],
    draws: tuple[Group, ...],
    it: str | None = None,
) -> Intent:
    """Compose a chain; ``it`` is the last clause where it may refer back to the first."""
    spoken: dict[str, str] = {
        letter: clause for letter, (_, clause) in zip("abc", clauses, strict=False)
    }
    seen, unseen = _TRIPLES, _UNSEEN_TRIPLES
    if len(clauses) == 2:  # noqa: PLR2004 - a pair
        seen, unseen = _PAIRS, _UNSEEN_PAIRS
        spoken["it"] = it or clauses[1][1]
    return Intent(
        name,
        tuple(step for step, _ in clauses),
        draws,
        tuple(_compose(connector, **spoken) for connector in seen),
        tuple(_compose(connector, **spoken) for connector in unseen),
        1 + len(clauses),
        2,
    )


_STEP_CHAINS: tuple[Intent, ...] = (
    _chain(
        "read_edit",
        ((_READ, _READ_IT), (_EDIT, _EDIT_IT)),
        ("code", "edit"),
        "[apply|make] the [edit|change] {edit} [to it|in it]",
    ),
    _chain(
        "read_replace",
        ((_READ, _READ_IT), (_SWAP, _SWAP_IT)),
        ("file", "swap"),
        "replace {find} [with|by] {replace} in it",
    ),
    _chain("create_run", ((_CREATE, _CREATE_IT), (_RUN, _RUN_IT)), ("new", "command")),
    _chain(
        "create_read",
        ((_CREATE, _CREATE_IT), (_READ, _READ_IT)),
        ("new",),
        "[read|open] it",
    ),
    _chain("run_diff", ((_RUN, _RUN_IT), (_DIFF, _DIFF_IT)), ("command",)),
    _chain("diff_run", ((_DIFF, _DIFF_IT), (_RUN, _RUN_IT)), ("command",)),
    _chain("edit_diff", ((_EDIT, _EDIT_IT), (_DIFF, _DIFF_IT)), ("code", "edit")),
    _chain("edit_run", ((_EDIT, _EDIT_IT), (_RUN, _RUN_IT)), ("code", "edit", "command")),
    _chain("replace_run", ((_SWAP, _SWAP_IT), (_RUN, _RUN_IT)), ("file", "swap", "command")),
    _chain("replace_diff", ((_SWAP, _SWAP_IT), (_DIFF, _DIFF_IT)), ("file", "swap")),
    _chain("ls_read", ((_LS, _LS_IT), (_READ, _READ_IT)), ("folder", "file")),
    _chain("open_run", ((_OPEN, _OPEN_IT), (_RUN, _RUN_IT)), ("command",)),
    _chain("fetch_read", ((_FETCH, _FETCH_IT), (_READ, _READ_IT)), ("url", "file")),
    _chain(
        "fetch_save",
        (
            (_FETCH, _FETCH_IT),
            (_SAVE, "[create|write] {path} with [the fetched text|what was fetched]"),
        ),
        ("url", "saved"),
        "[create|write] {path} with [the fetched text|what was fetched]",
    ),
    _chain(
        "replace_run_diff",
        ((_SWAP, _SWAP_IT), (_RUN, _RUN_IT), (_DIFF, _DIFF_IT)),
        ("file", "swap", "command"),
    ),
    _chain(
        "create_run_diff",
        ((_CREATE, _CREATE_IT), (_RUN, _RUN_IT), (_DIFF, _DIFF_IT)),
        ("new", "command"),
    ),
    _chain(
        "read_edit_run",
        ((_READ, _READ_IT), (_EDIT, _EDIT_IT), (_RUN, _RUN_IT)),
        ("code", "edit", "command"),
    ),
    _chain(
        "ls_read_diff",
        ((_LS, _LS_IT), (_READ, _READ_IT), (_DIFF, _DIFF_IT)),
        ("folder", "file"),
    ),
)

CHAINS: tuple[Intent, ...] = _STEP_CHAINS + DATA_CHAINS
