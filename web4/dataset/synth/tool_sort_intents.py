"""Requests that one step answers by putting files that it names in the order of their sizes."""

from web4.dataset.synth.tool_grammar import Intent
from web4.dataset.synth.tool_search_intents import THREE, TWO, recounted

_OF_THREE = r"\b(three|largest of|top|How do|compare|among|which one)\b|is the \["

SORT_BY_SIZE = Intent(
    "sort_files_by_size",
    (("sort_files_by_size", {"files": ["{path}", "{path2}", "{path3}"]}),),
    ("files",),
    (
        "sort {path}, {path2} and {path3} by size",
        "[order|rank] {path}, {path2} and {path3} by [file |]size",
        "put {path}, {path2} and {path3} in order of size",
        "sort these files by size: {path}, {path2}, {path3}",
        "Which is the largest of {path}, {path2} and {path3}? Sort them by size.",
        "by size, [sort|order] {path}, {path2} and {path3}",
        "[arrange|list] {path}, {path2} and {path3} [by size|from largest to smallest]",
        "I [need|want] {path}, {path2} and {path3} sorted by size.",
        "[order|sort] the files {path}, {path2} and {path3} largest first",
        "How do {path}, {path2} and {path3} rank by size?",
        "{path}, {path2} and {path3} [have|need] to be sorted by size.",
        "Size order of {path}, {path2} and {path3}, please.",
        "{path}, {path2}, {path3}: sort them by size.",
        "Which of {path}, {path2} and {path3} is the [biggest|largest]?",
        "I [can't|don't] remember which is bigger: {path}, {path2} or {path3}.",
        "in order of size, [list|give me] {path}, {path2} and {path3}",
        "Just sort {path}, {path2} and {path3} by size, don't [read|open] them.",
        "No search is needed: order {path}, {path2} and {path3} by size.",
        "Files to sort by size: {path}, {path2}, {path3}.",
        "from largest to smallest, [sort|order] {path}, {path2} and {path3}",
        "compare the sizes of {path}, {path2} and {path3} and sort the files by them",
        "take {path}, {path2} and {path3} and put the largest first",
        "There are three files, {path}, {path2} and {path3}; order them by size.",
        "What is the order of {path}, {path2} and {path3} by file size?",
        "Let me see {path}, {path2} and {path3} [in order of|ordered by] size.",
        "return {path}, {path2} and {path3} with the [biggest|largest] first",
        "Rank three files by [their |]size: {path}, {path2}, {path3}.",
        "[show|tell] me how {path}, {path2} and {path3} compare in size",
        "The order by size of {path}, {path2} and {path3} is all I [want|need].",
        "with the largest at the top, list {path}, {path2} and {path3}",
        "do a sort by size [of|on] {path}, {path2} and {path3}",
        "Is {path} larger than {path2} and {path3}? Order the three by size.",
        "among {path}, {path2} and {path3}, [find out|tell me] which is the largest",
        "Of {path}, {path2} and {path3}, which one [has the most bytes|takes the most space]?",
        "[sort|order] by file size the three files {path}, {path2} and {path3}",
        "give me the files {path}, {path2} and {path3} [largest|biggest] first",
    ),
    (
        "line up {path}, {path2} and {path3}, biggest first",
        "Who weighs the most on disk: {path}, {path2} or {path3}?",
        "{path}, {path2} and {path3}, in descending order of bytes, please.",
        "arrange by weight on disk the files {path}, {path2} and {path3}",
    ),
    2,
    2,
)


SORT_TWO = Intent(
    "sort_two_by_size",
    (("sort_files_by_size", {"files": ["{path}", "{path2}"]}),),
    ("files",),
    (
        *recounted(SORT_BY_SIZE.sentences, THREE, TWO, but=_OF_THREE),
        "sort these two files by size: {path}, {path2}",
        "Which is larger, {path} or {path2}? Sort them by size.",
        "Two files to sort by size: {path}, {path2}.",
        "Is {path} [larger|bigger] than {path2}? Order the two by size.",
        "I [can't|don't] remember which is bigger, {path} or {path2}.",
        "compare {path} and {path2} by size and put the larger one first",
        "The larger of {path} and {path2} should come first; sort them by size.",
        "{path}, {path2}: sort the two by size.",
        "[sort|order] by file size the two files {path} and {path2}",
        "There are two files, {path} and {path2}; order them by size.",
        "Of {path} and {path2}, which one [is bigger on disk|has more bytes]?",
        "with the larger at the top, list {path} and {path2}",
    ),
    (
        *recounted(SORT_BY_SIZE.unseen, THREE, TWO, but=_OF_THREE),
        "Who weighs more on disk: {path} or {path2}?",
    ),
    2,
    2,
)

SORTING: tuple[Intent, ...] = (SORT_BY_SIZE, SORT_TWO)
