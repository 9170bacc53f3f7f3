"""The wordings of a condition: ``{x}`` is done where the file exists, ``{y}`` where it does not.

``{that}`` becomes "it" where the file was just named. In the joints ``{c}`` is the condition,
``{b}`` the step before it and ``{a}`` the one after it.
"""

from web4.dataset.synth.tool_connectors import Connectors

BOTH = Connectors(
    (
        "if {path} exists, {x}; otherwise {y}",
        "if {path} exists, {x}. Otherwise, {y}.",
        "{x} if {that} exists, otherwise {y}",
        "[check|find out] whether {path} exists: if so, {x}, and if not, {y}",
        "Does {path} exist? If so, {x}; if not, {y}.",
        "{x} when {that} exists, and {y} when {that} does not",
        "[see|check] if {path} exists; if it does, {x}, and otherwise {y}",
        "if there is a file {path}, {x}, or else {y}",
        "provided {path} exists, {x}; otherwise {y}",
        "{x}, provided {that} exists; otherwise {y}",
        "if {path} is there, {x}; if {path} is not there, {y}",
        "if {path} does not exist, {y}; otherwise {x}",
        "unless {path} exists, {y}; if {path} does exist, {x}",
        "{y} if {that} is missing, otherwise {x}",
        "Does {path} exist? If not, {y}; if so, {x}.",
        "[check|find out] whether {path} exists: if not, {y}, and if so, {x}",
        "if {path} is missing, {y}. Otherwise, {x}.",
        "if there is no {path}, {y}, or else {x}",
        "[see|check] if {path} is missing; if it is, {y}, and otherwise {x}",
        "{y} when {that} does not exist, and {x} when {that} does",
        "if {path} is not there [yet|already], {y}; if {path} is there, {x}",
    ),
    (
        "should {path} exist, {x}; failing that, {y}",
        "should {path} be absent, {y}; should {path} be present, {x}",
        "in case {path} is not there, {y}; in the opposite case, {x}",
        "everything hangs on {path}: if present, {x}; if absent, {y}",
    ),
)
IF_PRESENT = Connectors(
    (
        "if {path} exists, {x}",
        "{x}, but only if {that} exists",
        "[check|find out] whether {path} exists and, if so, {x}",
        "Does {path} exist? If so, {x}.",
        "provided that {path} exists, {x}",
        "[see|check] if {path} exists; if it does, {x}",
        "when {path} exists, {x}",
        "only if {path} exists, {x}",
        "{x} if {that} exists",
        "{x}, provided {that} [exists|is there]",
        "if there is a file {path}, {x}",
        "{x}, unless {that} is missing",
        "If {path} is missing, do nothing. Otherwise, {x}.",
        "unless {path} is missing, {x}",
    ),
    (
        "should {path} exist, {x}",
        "on condition that {path} exists, {x}",
        "{x}, as long as {that} exists",
        "in case {path} is there, {x}",
    ),
)
IF_ABSENT = Connectors(
    (
        "if {path} does not exist, {y}",
        "unless {path} [exists|already exists], {y}",
        "{y}, but only if {that} does not exist [yet|already]",
        "{y}, unless {that} [already exists|exists]",
        "[check|find out] whether {path} exists and, if not, {y}",
        "Does {path} exist? If not, {y}.",
        "[see|check] if {path} exists; if it does not, {y}",
        "if there is no {path}, {y}",
        "if {path} is missing, {y}",
        "when {path} is missing, {y}",
        "only if {path} is missing, {y}",
        "{y} if {that} is missing",
        "If {path} exists, do nothing. Otherwise, {y}.",
        "{y} if {that} does not exist",
    ),
    (
        "should {path} be absent, {y}",
        "in case {path} is not there, {y}",
        "only in the absence of {path}, {y}",
        "{y}, as long as {that} does not exist",
    ),
)
BEFORE = Connectors(
    (
        "first {b}; then, {c}",
        "{b}; after that, {c}",
        "{b}. [Then|Next|After that], {c}.",
        "step 1: {b}; step 2: {c}",
        "{b}, and when that is done, {c}",
        "start with this: {b}. Then {c}.",
        "(1) {b}; (2) {c}",
        "{b} first. [Then|Afterwards], {c}.",
        "1. {B}. 2. {C}.",
        "{b}; once that is done, {c}",
    ),
    (
        "kick off with this: {b}; follow up with this: {c}",
        "{B} to begin with. To finish, {c}.",
        "the order matters: {b}; later, {c}",
    ),
)
AFTER = Connectors(
    (
        "{c}. [Afterwards|After that], [either way|in any case|in either case], {a}.",
        "{c}. At the end, whatever the outcome, {a}.",
        "{c}; after that, either way, {a}",
        "{c}; [at the end|finally], in any case, {a}",
        "step 1: {c}; step 2, in any case: {a}",
        "{c}. Once that is settled, in either case, {a}.",
        "1. {C}. 2. Whether or not it existed, {a}.",
        "first, {c}; second, whatever comes of it, {a}",
        "{c}. After that, no matter what, {a}.",
        "(1) {c}; (2) in either case, {a}",
    ),
    (
        "{c}. Regardless of that, close with this: {a}.",
        "{c}; to finish, be that as it may, {a}",
        "to begin with, {c}; to finish, no matter what, {a}",
    ),
)
