"""Chains in which a step takes what an earlier one returned."""

from web4.dataset.synth.tool_clauses import DIFF, FETCH, READ, RUN, SAVE, renumbered
from web4.dataset.synth.tool_composition import Chain
from web4.dataset.synth.tool_data_clauses import (
    BY_COUNT,
    BY_SIZE,
    COPY,
    EDIT_LARGEST,
    EDIT_MATCH,
    EDIT_TOP,
    GLOB,
    READ_LARGEST,
    READ_MATCH,
    READ_TOP,
    SEARCH,
    SEARCH_BOTH,
    SEARCH_THREE,
    SWAP_LARGEST,
    SWAP_TOP,
)

_GLOB_SIZE = (
    "[sort|order|rank] the files that match {glob} by size",
    "[list|get] [all|the] files matching {glob}, largest first",
    "by size, [sort|order] what the glob {glob} finds",
    "[find|locate] files with the glob {glob} and put the biggest first",
    "Which files match {glob}? Sort them by size.",
    "I [need|want] the files matching {glob} in order of size.",
    "[rank|arrange] by size every file that {glob} matches",
    "[look for|find] {glob} files and [rank|order] them from largest to smallest",
)
_GLOB_SIZE_READ = (
    "read the [largest|biggest] file that matches {glob}",
    "[open|show me] the [largest|biggest] of the files matching {glob}",
    "of all files matching {glob}, [read|open] the [biggest|largest]",
    "[sort|rank] what {glob} matches by size and read the one at the top",
    "What does the [largest|biggest] file matching {glob} contain?",
    "I [want|need] to [read|see] the [biggest|largest] file among those matching {glob}.",
    "[read|open] the first file after you have sorted the matches of {glob} by size",
    "[locate|find] all {glob} files, rank them by size, and [show me|read] the biggest one",
)
_GLOB_FIRST = (
    "[read|open] the first file that matches {glob}",
    "of the files matching {glob}, read the first",
    "What is in the first file that {glob} finds?",
    "I [want|need] to [read|see] the first file matching {glob}.",
    "[show me|print] the contents of the first {glob} match",
    "run a glob search for {glob}. Read the first path it returns.",
    "take the first match of the glob {glob} and read it",
)
_GLOB_SEARCH = (
    "search for {query} in [all|the] files matching {glob}",
    "[in|within] the files that match {glob}, [look|search] for {query}",
    "Which of the files matching {glob} [contain|mention] {query}?",
    "Where is {query} [used|mentioned] in the files matching {glob}?",
    "[look|search] for {query} across every file that {glob} matches",
    "I [need|want] all lines with {query} in files matching {glob}.",
    "[find|locate] {query} in whatever files match {glob}",
    "[search|scan] the {glob} files for {query}",
)
_GLOB_COUNT = (
    "search the files matching {glob} for {query} and sort them by match count",
    "[rank|sort] the files matching {glob} by how often they [contain|mention] {query}",
    "in the files matching {glob}, look for {query}; [sort|order] by match count",
    "by number of matches for {query}, [sort|rank] the files that match {glob}",
    "Which files matching {glob} [mention|contain] {query}? Sort them by match count.",
    "I [want|need] the files matching {glob} sorted by their matches for {query}.",
    "look for {query} across {glob} and [rank|sort] the hits by match count",
    "[sort|order] by matches what a search for {query} in the {glob} files finds",
)
_GLOB_TOP = (
    "read the file matching {glob} that has the most matches for {query}",
    "of the files matching {glob}, [open|read] the one that mentions {query} most",
    "[rank|sort] the files matching {glob} by matches for {query} and read the first",
    "Which file matching {glob} mentions {query} most often? Read it.",
    "I [want|need] to read the {glob} file with the most matches for {query}.",
    "look for {query} in {glob} files, sort by match count, and [open|read] the top one",
    "[open|read] whichever {glob} file has the most hits for {query}",
    "search the files matching {glob} for {query}, sort by matches and read the top file",
)
_BOTH_TOP = (
    "[read|open] whichever of {path} and {path2} has the most matches for {query}",
    "Which of {path} and {path2} mentions {query} more often? Read that one.",
    "of {path} and {path2}, [read|open] the one that [mentions|contains] {query} most",
    "search {path} and {path2} for {query} and read the one with the most matches",
    "I [want|need] to read the one of {path} and {path2} that mentions {query} most.",
)
_BOTH_COUNT = (
    "[sort|rank] {path} and {path2} by how often they [mention|contain] {query}",
    "search {path} and {path2} for {query}, most matches first",
    "Which of {path} and {path2} mentions {query} more often? Sort them by match count.",
    "I [want|need] {path} and {path2} sorted by their matches for {query}.",
)
_FETCH_SAVE = (
    "[save|store] the [text|content] of {url} as {path}",
    "create {path} with the [text|content] of {url}",
    "[fetch|download] {url} into a new file {path}",
    "I [need|want] the [content|text] of {url} in a new file {path}.",
    "[write|put] what {url} says into a new file {path}",
)

DATA_CHAINS: tuple[Chain, ...] = (
    Chain("glob_size", (GLOB, BY_SIZE), ("glob",), _GLOB_SIZE,
          ("How do the files under the glob {glob} rank by size?",), 3),
    Chain("glob_read_first", (GLOB, READ_MATCH), ("glob",), _GLOB_FIRST,
          ("see which files {glob} gives and read number one",)),
    Chain("glob_edit_first", (GLOB, EDIT_MATCH), ("glob", "edit")),
    Chain("glob_search", (GLOB, SEARCH), ("glob", "query"), _GLOB_SEARCH,
          ("go hunting for {query} throughout the {glob} matches",), 3),
    Chain("search_count", (SEARCH_BOTH, BY_COUNT), ("files", "query"), _BOTH_COUNT,
          ("tally {query} in {path} and {path2}, most matches first",)),
    Chain("fetch_save", (FETCH, SAVE), ("url", "saved"), _FETCH_SAVE,
          ("let {path} be a new file that holds what {url} says",), 3),
    Chain("read_copy", (READ, renumbered(COPY, 2)), ("file", "saved:2"), (
          "[copy|duplicate] {path} [to|as] {path2}",
          "create {path2} with the [text|contents] of {path}",
          "I [want|need] a copy of {path} [at|in] {path2}.",
          "[put|save] the [text|contents] of {path} into a new file {path2}",
          ), ("let {path2} be a new file with all that {path} holds",)),
    Chain("glob_size_read", (GLOB, BY_SIZE, READ_LARGEST), ("glob",), _GLOB_SIZE_READ,
          ("among the {glob} matches, pick out the heaviest file and read it",), 3),
    Chain("glob_search_count", (GLOB, SEARCH, BY_COUNT), ("glob", "query"), _GLOB_COUNT,
          ("tally {query} over the files matching {glob}, most matches first",), 3),
    Chain("search_count_read", (SEARCH_BOTH, BY_COUNT, READ_TOP), ("files", "query"), _BOTH_TOP,
          ("where {query} occurs most, {path} or {path2}, read that file",), 3),
    Chain("search_count_edit", (SEARCH_BOTH, BY_COUNT, EDIT_TOP), ("files", "query", "edit")),
    Chain("search_three_read", (SEARCH_THREE, BY_COUNT, READ_TOP), ("files", "query")),
    Chain("glob_size_edit", (GLOB, BY_SIZE, EDIT_LARGEST), ("glob", "edit"), (
          "[apply|make] the [edit|change] {edit} in the [largest|biggest] file matching {glob}",
          "of the files matching {glob}, edit the [largest|biggest]: {edit!}",
          "in the [biggest|largest] file that {glob} matches, make the change {edit}",
          ), ("rework the heaviest of the {glob} files: {edit!}",)),
    Chain("glob_size_swap", (GLOB, BY_SIZE, SWAP_LARGEST), ("glob", "swap"), (
          "replace {find} with {replace} in the [largest|biggest] file matching {glob}",
          "in the [biggest|largest] file that {glob} matches, replace {find} [with|by] {replace}",
          ), ("trade {find} for {replace} in the heaviest of the {glob} files",)),
    Chain("glob_read_copy", (GLOB, READ_MATCH, COPY), ("glob", "saved"), (
          "[copy|save] the first file matching {glob} [to|as] {path}",
          "create {path} with the [text|contents] of the first file that matches {glob}",
          ), ("let {path} be a new file with all that the first {glob} match holds",)),
    Chain("fetch_save_run", (FETCH, SAVE, RUN), ("url", "saved", "command")),
    Chain("fetch_save_diff", (FETCH, SAVE, DIFF), ("url", "saved")),
    Chain("fetch_save_read", (FETCH, SAVE, READ), ("url", "saved")),
    Chain("glob_search_count_read", (GLOB, SEARCH, BY_COUNT, READ_TOP), ("glob", "query"),
          _GLOB_TOP,
          ("where {query} occurs most among the files matching {glob}, read that file",), 4),
    Chain("glob_search_count_edit", (GLOB, SEARCH, BY_COUNT, EDIT_TOP), ("glob", "query", "edit")),
    Chain("glob_search_count_swap", (GLOB, SEARCH, BY_COUNT, SWAP_TOP), ("glob", "query", "swap")),
    Chain("glob_size_read_edit", (GLOB, BY_SIZE, READ_LARGEST, EDIT_LARGEST), ("glob", "edit"), (
          "read the [largest|biggest] file that matches {glob} and then edit it: {edit!}",
          ), ("go over the heaviest of the {glob} files, then rework it: {edit!}",)),
    Chain("glob_size_edit_diff", (GLOB, BY_SIZE, EDIT_LARGEST, DIFF), ("glob", "edit")),
    Chain("glob_size_swap_run", (GLOB, BY_SIZE, SWAP_LARGEST, RUN), ("glob", "swap", "command")),
    Chain("glob_search_count_read_copy", (GLOB, SEARCH, BY_COUNT, READ_TOP, COPY),
          ("glob", "query", "saved"), (
          "copy the file matching {glob} with the most matches for {query} to {path}",
          "read the one of the {glob} files that mentions {query} most and save its text as {path}",
          ), ("where {query} occurs most among the {glob} files, duplicate that file as {path}",),
          3),
    Chain("glob_search_count_read_diff", (GLOB, SEARCH, BY_COUNT, READ_TOP, DIFF),
          ("glob", "query")),
    Chain("glob_search_count_edit_diff", (GLOB, SEARCH, BY_COUNT, EDIT_TOP, DIFF),
          ("glob", "query", "edit")),
    Chain("glob_search_count_read_run", (GLOB, SEARCH, BY_COUNT, READ_TOP, RUN),
          ("glob", "query", "command")),
    Chain("glob_size_read_swap_diff", (GLOB, BY_SIZE, READ_LARGEST, SWAP_LARGEST, DIFF),
          ("glob", "swap")),
    Chain("glob_size_read_edit_run", (GLOB, BY_SIZE, READ_LARGEST, EDIT_LARGEST, RUN),
          ("glob", "edit", "command")),
    Chain("glob_size_read_copy_diff", (GLOB, BY_SIZE, READ_LARGEST, COPY, DIFF),
          ("glob", "saved")),
)  # fmt: skip
