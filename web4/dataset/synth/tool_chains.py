"""The intents that several steps answer."""

from web4.dataset.synth.tool_clauses import (
    CREATE,
    DIFF,
    EDIT,
    FETCH,
    LIST,
    OPEN,
    READ,
    RUN,
    SWAP,
    renumbered,
)
from web4.dataset.synth.tool_composition import Chain
from web4.dataset.synth.tool_conditionals import CONDITIONALS, Branching
from web4.dataset.synth.tool_data_chains import DATA_CHAINS

_READ_2, _READ_3, _CREATE_2 = renumbered(READ, 2), renumbered(READ, 3), renumbered(CREATE, 2)

_READ_TWO = (
    "[read|open|show me] {path} and {path2}",
    "[read|open] [both |]{path} and {path2}",
    "[read|open] these two files: {path} and {path2}",
    "What do {path} and {path2} contain?",
    "I [want|need] to [read|see] {path} and {path2}.",
    "[show me|print] the contents of [both |]{path} and {path2}",
    "[read|open] the files {path} and {path2}, [one by one|in any order]",
)
_READ_THREE = (
    "read {path}, {path2} and {path3}, in [that|this] order",
    "[read|open] these three files one after the other: {path}, {path2}, {path3}",
    "[read|open] {path}, then {path2}, then {path3}",
    "I [want|need] to [read|see] {path} first, then {path2}, and {path3} last.",
    "[show me|print] first {path}, then {path2}, and finally {path3}",
    "[read|open] {path} first, {path2} second and {path3} third",
)
_READ_PAIR = (
    "[read|open] {path}, then {path2}",
    "[read|open] {path} first and {path2} second",
    "[read|open] {path2}, but only after {path}",
    "I [want|need] to [read|see] {path} first, then {path2}.",
)

_STEP_CHAINS: tuple[Chain, ...] = (
    Chain("read_edit", (READ, EDIT), ("code", "edit"), weight=3),
    Chain("read_replace", (READ, SWAP), ("file", "swap"), weight=3),
    Chain("create_run", (CREATE, RUN), ("new", "command"), weight=3),
    Chain("create_read", (CREATE, READ), ("new",)),
    Chain("run_diff", (RUN, DIFF), ("command",)),
    Chain("diff_run", (DIFF, RUN), ("command",)),
    Chain("edit_diff", (EDIT, DIFF), ("code", "edit")),
    Chain("edit_run", (EDIT, RUN), ("code", "edit", "command")),
    Chain("edit_read", (EDIT, READ), ("code", "edit")),
    Chain("replace_run", (SWAP, RUN), ("file", "swap", "command")),
    Chain("replace_diff", (SWAP, DIFF), ("file", "swap"), weight=3),
    Chain("replace_read", (SWAP, READ), ("file", "swap")),
    Chain("ls_read", (LIST, READ), ("folder", "file"), weight=3),
    Chain("open_edit", (OPEN, EDIT), ("code", "edit"), weight=3),
    Chain("open_run", (OPEN, RUN), ("command",)),
    Chain("open_read", (OPEN, READ), ("file",)),
    Chain("fetch_read", (FETCH, READ), ("url", "file")),
    Chain("fetch_edit", (FETCH, EDIT), ("url", "code", "edit")),
    Chain("run_read", (RUN, READ), ("command", "file")),
    Chain("read_in_order", (READ, _READ_2), ("files",), _READ_PAIR,
          ("let me see {path} to begin with and {path2} to finish",)),
    Chain("read_two", (READ, _READ_2), ("files",), _READ_TWO,
          ("go over both {path} and {path2}", "How do {path} and {path2} read at the moment?"),
          2, loose=True),
    Chain("create_two", (CREATE, _CREATE_2), ("new", "new:2"), (
          "create two files: {path} with {content} and {path2} with {content2}",
          "[create|add] {path} with {content} and {path2} with {content2}",
          "I [want|need] two new files: {path} with {content}, and {path2} with {content2}.",
          ), ("lay down {path} with {content} as well as {path2} with {content2}",), 2,
          loose=True),
    Chain("fetch_and_read", (FETCH, READ), ("url", "file"), weight=1, loose=True),
    Chain("ls_and_read", (LIST, READ), ("folder", "file"), weight=1, loose=True),
    Chain("open_and_diff", (OPEN, DIFF), (), weight=1, loose=True),
    Chain("read_three", (READ, _READ_2, _READ_3), ("files",), _READ_THREE,
          ("let me see {path}, next {path2}, and {path3} to finish",)),
    Chain("edit_run_diff", (EDIT, RUN, DIFF), ("code", "edit", "command"), weight=3),
    Chain("replace_run_diff", (SWAP, RUN, DIFF), ("file", "swap", "command"), weight=3),
    Chain("create_run_diff", (CREATE, RUN, DIFF), ("new", "command")),
    Chain("read_edit_run", (READ, EDIT, RUN), ("code", "edit", "command"), weight=3),
    Chain("read_edit_diff", (READ, EDIT, DIFF), ("code", "edit")),
    Chain("read_replace_diff", (READ, SWAP, DIFF), ("file", "swap")),
    Chain("read_replace_run", (READ, SWAP, RUN), ("file", "swap", "command")),
    Chain("ls_read_edit", (LIST, READ, EDIT), ("folder", "code", "edit")),
    Chain("ls_read_diff", (LIST, READ, DIFF), ("folder", "file")),
    Chain("open_edit_run", (OPEN, EDIT, RUN), ("code", "edit", "command")),
    Chain("open_edit_diff", (OPEN, EDIT, DIFF), ("code", "edit")),
    Chain("create_read_run", (CREATE, READ, RUN), ("new", "command")),
    Chain("fetch_read_edit", (FETCH, READ, EDIT), ("url", "code", "edit")),
    Chain("read_edit_run_diff", (READ, EDIT, RUN, DIFF), ("code", "edit", "command"), weight=3),
    Chain("read_replace_run_diff", (READ, SWAP, RUN, DIFF), ("file", "swap", "command"),
          weight=3),
    Chain("ls_read_edit_run", (LIST, READ, EDIT, RUN), ("folder", "code", "edit", "command")),
    Chain("ls_read_replace_diff", (LIST, READ, SWAP, DIFF), ("folder", "file", "swap")),
    Chain("fetch_read_edit_run", (FETCH, READ, EDIT, RUN), ("url", "code", "edit", "command")),
    Chain("open_edit_run_diff", (OPEN, EDIT, RUN, DIFF), ("code", "edit", "command")),
    Chain("ls_read_edit_run_diff", (LIST, READ, EDIT, RUN, DIFF),
          ("folder", "code", "edit", "command")),
    Chain("fetch_read_edit_run_diff", (FETCH, READ, EDIT, RUN, DIFF),
          ("url", "code", "edit", "command")),
    Chain("open_read_replace_run_diff", (OPEN, READ, SWAP, RUN, DIFF),
          ("file", "swap", "command")),
    Chain("ls_open_read_replace_diff", (LIST, OPEN, READ, SWAP, DIFF),
          ("folder", "file", "swap")),
)  # fmt: skip

CHAINS: tuple[Chain | Branching, ...] = _STEP_CHAINS + DATA_CHAINS + CONDITIONALS
