"""How steps are asked for that take what an earlier step returned."""

from web4.dataset.synth.tool_composition import Clauses, Part

_TOP = "<RESULTS:sort_files_by_match_count>[0].path"
_LARGEST = "<RESULTS:sort_files_by_size>[0]"

_GLOB = Clauses(
    (
        "find [the|all] files matching {glob}",
        "glob for {glob}",
        "[list|get] the files that match {glob}",
        "[search|look] for files matching {glob}",
        "[locate|collect] every file that matches {glob}",
        "run a glob search for {glob}",
        "use the glob {glob} to find files",
        "[find|get] whatever files match {glob}",
        "[gather|get] the paths that {glob} matches",
        "do a file search with the pattern {glob}",
    ),
    ("round up the files that {glob} covers", "pick out the files that fall under {glob}"),
)
_SEARCH_THEM = Clauses(
    (
        "search them for {query}",
        "[search|scan] the [results|files found] for {query}",
        "look for {query} in them",
        "look for {query} in the [results|files found]",
        "find {query} [in|within] those files",
        "search those files for {query}",
        "[look|search] for the text {query} in [those files|what you found]",
        "search for {query} in [what you found|those]",
        "[scan|search] each of them for {query}",
        "find [all mentions|every mention] of {query} in them",
    ),
    ("hunt through them for {query}", "comb those files for {query}"),
)
_SEARCH_BOTH = Clauses(
    (
        "search {path} and {path2} for {query}",
        "look for {query} in {path} and {path2}",
        "[search|scan] the files {path} and {path2} for {query}",
        "search for {query} in {path} and {path2}",
        "find {query} in {path} and {path2}",
        "[scan|look through] {path} and {path2} for the text {query}",
        "look through {path} and {path2} for {query}",
        "search these two files for {query}: {path} and {path2}",
        "find every mention of {query} in {path} and {path2}",
    ),
    ("hunt for {query} in {path} and {path2}", "comb {path} and {path2} for {query}"),
)
_SEARCH_THREE = Clauses(
    tuple(text.replace("{path} and {path2}", "{path}, {path2} and {path3}").replace("two", "three")
          for text in _SEARCH_BOTH.seen),
    tuple(text.replace("{path} and {path2}", "{path}, {path2} and {path3}")
          for text in _SEARCH_BOTH.unseen),
)  # fmt: skip
_BY_COUNT = Clauses(
    (
        "sort [them|the results] by match count",
        "[sort|order|rank] the files by number of matches",
        "rank the hits by match count",
        "put the [file|one] with the most matches first",
        "order the results from most to fewest matches",
        "sort by how many matches each file has",
        "rank [them|the files] by how often they match",
        "[sort|arrange] the [hits|results] by number of matches",
        "order [them|the hits] by match count, most matches first",
        "sort what you found by match count",
    ),
    ("line them up by their number of hits", "let the match count decide their order"),
)
_BY_SIZE = Clauses(
    (
        "sort them by size",
        "[order|rank|sort] the [results|matches] by size",
        "put the [largest|biggest] first",
        "sort the files from largest to smallest",
        "[arrange|order] them by file size",
        "[rank|sort] what you found by size",
        "order those files by size, largest first",
        "sort the files found by size",
        "sort by size, [largest|biggest] first",
    ),
    ("line them up from big to small", "let their size decide the order"),
)
_FIRST = (
    "read the first one",
    "[open|read] the first file",
    "[open|show me] the [top|first] file",
    "read the one at the top",
    "show me the contents of the first one",
    "[read|open] the file that comes first",
    "look at the first of them",
    "display the file at the top of the list",
    "print the first of those files",
)
_FIRST_HELD = ("read number one on the list", "go over the file that leads the list")
_EDIT_FIRST = Clauses(
    (
        "[apply|make] the [edit|change] {edit} [to|in] the first one",
        "edit the first file as follows: {edit}",
        "[apply|make] this [edit|change] to the [top|first] one: {edit}",
        "change the one at the top like this: {edit}",
        "edit the first of them: {edit!}",
        "[make|apply] the [edit|change] {edit} in the first file",
        "[edit|change] the [top|first] file with the instruction {edit}",
        "[carry out|do] the edit {edit} in the file that comes first",
        "in the first one, [make|do] the change {edit}",
    ),
    ("rework the first one this way: {edit}", "work the change {edit} into the top file"),
    (
        "[apply|make] the [edit|change] {edit} [to it|in it|in that file]",
        "[edit|change|modify] it as follows: {edit}",
        "[apply|make] this [edit|change] to it: {edit}",
        "edit it with the instruction {edit}",
        "[carry out|do] the edit {edit} [there|in it]",
        "edit it: {edit!}",
        "change [it|that file] like this: {edit}",
        "{edit!} [in it|there]",
    ),
    ("rework it this way: {edit}", "work the change {edit} into it"),
)
_SWAP_FIRST = Clauses(
    (
        "replace {find} [with|by] {replace} in the first one",
        "[change|switch] {find} to {replace} in the [first|top] file",
        "substitute {replace} for {find} in the first of them",
        "[put|write] {replace} in place of {find} in the one at the top",
        "swap {find} for {replace} in the [first|top] one",
        "turn {find} into {replace} in the first file",
        "in the first one, replace {find} [with|by] {replace}",
        "in the [top|first] file, turn {find} into {replace}",
    ),
    (
        "trade {find} for {replace} in the first one",
        "have {replace} stand for {find} in the top file",
    ),
    (
        "replace {find} [with|by] {replace} [in it|there]",
        "[change|switch] {find} to {replace} in [it|that file]",
        "substitute {replace} for {find} [in it|there]",
        "[put|write] {replace} [instead of|in place of] {find} [in it|there]",
        "swap {find} for {replace} in [it|that file]",
        "turn {find} into {replace} [there|in it]",
        "find {find} in it and [replace it with|turn it into] {replace}",
        "do a find and replace in it: {find} becomes {replace}",
    ),
    ("trade {find} for {replace} in it", "have {replace} stand where it has {find}"),
)  # fmt: skip
_COPY = Clauses(
    (
        "create {path} with [what you read|its text|its contents]",
        "[save|write] what you read [to|in] a new file {path}",
        "[copy|put] its [text|contents] into a new file {path}",
        "[create|make] a [new |]file {path} with the same [text|contents]",
        "[save|store] its [text|contents] as {path}",
        "create the file {path} from its [text|contents]",
        "[write|put] its text into the new file {path}",
        "make {path} a copy of it",
        "[save|write] a copy of it [to|as] {path}",
    ),
    ("let a new file {path} hold what you read", "duplicate its text as {path}"),
)

GLOB = Part(("file_glob_search", {"pattern": "{glob}"}), _GLOB)
SEARCH = Part(
    ("search_in_files", {"query": "{query}", "file_list": "<RESULTS:file_glob_search>"}),
    _SEARCH_THEM,
    free=False,
)
SEARCH_BOTH = Part(
    ("search_in_files", {"query": "{query}", "file_list": ["{path}", "{path2}"]}), _SEARCH_BOTH
)
SEARCH_THREE = Part(
    ("search_in_files", {"query": "{query}", "file_list": ["{path}", "{path2}", "{path3}"]}),
    _SEARCH_THREE,
)
BY_COUNT = Part(
    ("sort_files_by_match_count", {"files": "<RESULTS:search_in_files>"}), _BY_COUNT, free=False
)
BY_SIZE = Part(
    ("sort_files_by_size", {"files": "<RESULTS:file_glob_search>"}), _BY_SIZE, free=False
)
READ_MATCH = Part(
    ("read_file", {"path": "<RESULTS:file_glob_search>[0]"}),
    Clauses(_FIRST, _FIRST_HELD),
    "first",
    free=False,
)
READ_LARGEST = Part(
    ("read_file", {"path": _LARGEST}),
    Clauses((*_FIRST, "[read|open] the [largest|biggest] one"), _FIRST_HELD),
    "first",
    free=False,
)
READ_TOP = Part(
    ("read_file", {"path": _TOP}),
    Clauses((*_FIRST, "[read|open] the one with the most matches"), _FIRST_HELD),
    "first",
    free=False,
)
COPY = Part(
    ("create_new_file", {"path": "{path}", "content": "<RESULTS:read_file>"}), _COPY, free=False
)


def edit_of(result: str) -> Part:
    """Return the edit of the first file of a result."""
    step = ("edit_existing_file", {"path": result, "instructions": "{edit}"})
    return Part(step, _EDIT_FIRST, "first", free=False)


def swap_of(result: str) -> Part:
    """Return the replacement in the first file of a result."""
    step = ("single_find_and_replace", {"path": result, "find": "{find}", "replace": "{replace}"})
    return Part(step, _SWAP_FIRST, "first", free=False)


EDIT_TOP, SWAP_TOP = edit_of(_TOP), swap_of(_TOP)
EDIT_LARGEST, SWAP_LARGEST = edit_of(_LARGEST), swap_of(_LARGEST)
EDIT_MATCH = edit_of("<RESULTS:file_glob_search>[0]")
