"""How the single steps of a chain are asked for, at their first mention and further on."""

from web4.dataset.synth.tool_composition import Clauses, Part
from web4.dataset.synth.tool_plans import Step

READ_FILE = Clauses(
    (
        "[read|open] {path}",
        "[show|print|display] {path}",
        "[look at|look into] {path}",
        "[show me|give me] the contents of {path}",
        "[load|pull up] the file {path}",
        "[take|have] a look at {path}",
        "[view|go through] what {path} contains",
        "[get|fetch] the text of {path}",
        "[read|open] the file at {path}",
        "let me see {path}",
    ),
    ("bring {path} up for me to see", "dump the whole of {path}", "study {path}"),
    (
        "[read|open|view] it",
        "[show me|print|display] its contents",
        "[read|open|show me] that file",
        "look at [it|that file]",
        "[take|have] a look at it",
        "let me see [it|what is in it]",
        "[go through|display] [it|the file]",
        "[load|get] its text",
    ),
    ("go over it", "let me see what it holds"),
)
EDIT_FILE = Clauses(
    (
        "[apply|make] the [edit|change] {edit} [to|in] {path}",
        "[edit|change|modify] {path} as follows: {edit}",
        "[apply|make] this [edit|change] [to|in] {path}: {edit}",
        "edit {path} with the [instruction|instructions] {edit}",
        "[carry out|do] the edit {edit} in {path}",
        "[update|change] {path} according to {edit}",
        "edit {path}: {edit!}",
        "[change|update] {path} like this: {edit}",
        "{edit!} in {path}",
        "have {path} [edited|changed] like this: {edit}",
    ),
    ("rework {path} this way: {edit}", "work the change {edit} into {path}"),
    (
        "[apply|make] the [edit|change] {edit} [to it|in it|in that file]",
        "[edit|change|modify] it as follows: {edit}",
        "[apply|make] this [edit|change] [to|in] it: {edit}",
        "edit [it|the file] with the [instruction|instructions] {edit}",
        "[carry out|do] the edit {edit} [there|in it]",
        "[update|change] it according to {edit}",
        "edit it: {edit!}",
        "[change|update] [it|that file] like this: {edit}",
        "{edit!} [in it|there]",
    ),
    ("rework it this way: {edit}", "work the change {edit} into it"),
)
SWAP_TEXT = Clauses(
    (
        "replace {find} [with|by] {replace} in {path}",
        "[change|switch] {find} to {replace} in {path}",
        "substitute {replace} for {find} in {path}",
        "[put|write] {replace} [instead of|in place of] {find} in {path}",
        "[find|look up] {find} in {path} and [replace it with|turn it into] {replace}",
        "swap {find} for {replace} in {path}",
        "turn {find} into {replace} in [the file |]{path}",
        "do a find and replace in {path}: {find} becomes {replace}",
        "[go to|open] {path} and replace {find} [with|by] {replace}",
        "let {replace} [replace|take the place of] {find} in {path}",
    ),
    ("trade {find} for {replace} in {path}", "have {replace} stand where {path} has {find}"),
    (
        "replace {find} [with|by] {replace} [in it|there]",
        "[change|switch] {find} to {replace} in [it|that file]",
        "substitute {replace} for {find} [in it|there]",
        "[put|write] {replace} [instead of|in place of] {find} [in it|there]",
        "find {find} in it and [replace it with|turn it into] {replace}",
        "swap {find} for {replace} in [it|that file|the file]",
        "turn {find} into {replace} [there|in it]",
        "do a find and replace in it: {find} becomes {replace}",
    ),
    ("trade {find} for {replace} in it", "have {replace} stand where it has {find}"),
)
CREATE_FILE = Clauses(
    (
        "[create|make|add] [the|a|a new] file {path} [with the content|containing] {content}",
        "create {path} with {content}",
        "[write|put|save] {content} [to|into] a new file {path}",
        "[create|add] {path} with the [text|content|line] {content}",
        "[set up|start] a [new |]file {path} that [contains|holds] {content}",
        "[make|create] {path} and put {content} in it",
        "[create|make] a new file at {path} whose [whole |]content is {content}",
        "[create|add] {path} with this [text|content|line]: {content}",
        "write a new file {path}: {content!}",
        "create {path}, containing {content}",
    ),
    ("lay down a new file {path} holding just {content}", "bring {path} into being with {content}"),
    (
        "[create|make|add] it [with the content|containing|with] {content}",
        "create it with {content}",
        "[create|add] the file with the [text|content|line] {content}",
        "[set it up|create it] with {content} [as its content|in it]",
        "[make|create] it and put {content} in it",
        "create it and write {content} [to|into] it",
        "[create|add] it with this [text|content|line]: {content}",
        "create it: {content!}",
    ),
    ("bring it into being with {content}", "lay it down, holding just {content}"),
)
RUN_COMMAND = Clauses(
    (
        "run {command}",
        "execute {command}",
        "[run|execute] the command {command}",
        "[run|execute] {command} in the [terminal|shell]",
        "[start|launch] {command} in the [terminal|shell]",
        "[call|issue] {command} on the command line",
        "use the [terminal|shell] to run {command}",
        "invoke {command} [in the shell|in the terminal|from the command line]",
        "have {command} [run|executed]",
        "run this command: {command!}",
    ),
    ("give {command} a go in the terminal", "kick off {command} from the shell"),
)
VIEW_DIFF = Clauses(
    (
        "[show|view|display] the [diff|working diff|current diff]",
        "[show|list|display] [the|my] uncommitted changes",
        "show me the diff",
        "let me see the [diff|uncommitted changes]",
        "[look at|go over|check] the diff",
        "[print|get] the diff",
        "[view|review] [the|all] uncommitted changes",
        "[show|give] me what is not committed yet",
        "let me see what [has changed|changed] since the last commit",
        "[pull up|view] the diff of the [working tree|workspace]",
    ),
    ("lay out what differs from the last commit", "bring up the pending changes"),
)
LIST_FOLDER = Clauses(
    (
        "list {dir}",
        "[list|show] the [folder|directory] {dir}",
        "[list|show me] what is in {dir}",
        "[show|print] the [entries|contents] of the [folder|directory] {dir}",
        "[get|give me] a listing of {dir}",
        "[do an|run] ls on {dir}",
        "[look|peek] into the [folder|directory] {dir}",
        "[see|check] what the [folder|directory] {dir} holds",
        "list everything in the [folder|directory] {dir}",
        "[show|list] the files [in|under] {dir}",
    ),
    ("take stock of the folder {dir}", "spell out what sits in {dir}"),
)
READ_OPEN = Clauses(
    (
        "[read|look at] the file I have open",
        "[read|view] the [currently open|open] file",
        "[read|show me] the file open in [the|my] editor",
        "[read|look at] the [active|current] file",
        "[get|load] the text of the [open|active] file",
        "[take|have] a look at the file I am [viewing|editing]",
        "[show me|print] what the [open|active] file contains",
        "[read|check] what I have open in [the|my] editor",
        "[go through|read] the [active|current|open] editor tab",
    ),
    ("see what my editor is showing", "go over the file on my screen"),
)
FETCH_URL = Clauses(
    (
        "fetch {url}",
        "[load|get|download] {url}",
        "[fetch|get] the [content|text] of {url}",
        "[load|retrieve|pull] the page at {url}",
        "[read|open] the [page|web page|website] {url}",
        "[visit|go to] {url} and get [its text|the content]",
        "[get|fetch] what is [at|on] {url}",
        "[retrieve|download] the text [behind|at] {url}",
        "[load|fetch] the [link|URL|page] {url}",
    ),
    ("grab whatever {url} serves", "follow the link {url} and get the text there"),
)
SAVE_PAGE = Clauses(
    (
        "[create|write] {path} with [the fetched text|what was fetched]",
        "[save|store] the result [as|to|in] a new file {path}",
        "[write|put] what you [fetched|got] into a new file {path}",
        "create {path} from [the fetched content|what was fetched]",
        "[save|write] the [text|content] of the page [to|as] {path}",
        "[create|make] a [new |]file {path} with the [result|fetched text]",
        "[put|store] the [page's text|text of the page] in a new file {path}",
        "make {path} out of the fetched text",
        "create the file {path} containing what the page says",
    ),
    ("keep the page's text as {path}", "let a new file {path} hold what came back"),
)

_READ: Step = ("read_file", {"path": "{path}"})
READ = Part(_READ, READ_FILE, "path")
EDIT = Part(("edit_existing_file", {"path": "{path}", "instructions": "{edit}"}), EDIT_FILE, "path")
SWAP = Part(
    ("single_find_and_replace", {"path": "{path}", "find": "{find}", "replace": "{replace}"}),
    SWAP_TEXT,
    "path",
)
CREATE = Part(("create_new_file", {"path": "{path}", "content": "{content}"}), CREATE_FILE, "path")
RUN = Part(("run_terminal_command", {"command": "{command}"}), RUN_COMMAND)
DIFF = Part(("view_diff", {}), VIEW_DIFF)
LIST = Part(("ls", {"dirPath": "{dir}"}), LIST_FOLDER)
OPEN = Part(("read_currently_open_file", {}), READ_OPEN)
FETCH = Part(("fetch_url_content", {"url": "{url}"}), FETCH_URL)
SAVE = Part(
    ("create_new_file", {"path": "{path}", "content": "<RESULTS:fetch_url_content>"}),
    SAVE_PAGE,
    "path",
    free=False,
)


def renumbered(part: Part, number: int) -> Part:
    """Return the part with its file's slots numbered: a step on a second or third file."""

    def moved(text: str) -> str:
        for slot in ("path", "content"):
            text = text.replace("{" + slot, "{" + slot + str(number))
        return text

    tool, args = part.step
    texts = part.clauses
    return Part(
        (tool, {key: moved(value) for key, value in args.items()}),
        Clauses(tuple(map(moved, texts.seen)), tuple(map(moved, texts.unseen))),
        f"path{number}",
    )
