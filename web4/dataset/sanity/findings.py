"""What the check can find: one table of codes, and the findings of a run.

A code is a letter (its level: error, warning, note), three digits that never change their meaning,
and a name. The hundreds tell the family: 1 lines, 2 content, 3 plans, 4 repetition, 5 leakage,
6 tokens, 7 secrets, 8 balance and size.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Level = Literal["error", "warning", "note"]
LEVELS: dict[str, Level] = {"E": "error", "W": "warning", "N": "note"}
KEPT_PER_CODE = 200
"""Findings of one code that a report keeps in full; the rest is only counted."""

_RELATED = 20


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding: its stable name, what it means and what to do about it."""

    code: str
    name: str
    says: str
    remedy: str

    @property
    def level(self) -> Level:
        return LEVELS[self.code[0]]

    @property
    def title(self) -> str:
        return f"{self.code} {self.name}"


_ROWS = """
E101|not-json|the line is no JSON|Write one JSON object a line; mend or delete this one.
E102|missing-field|a required field is missing|Add the field or delete the record.
E103|wrong-type|a field has the wrong type|Write the type that the message names.
E104|unknown-task-type|the task type is unknown|Use one of the task types that the message names.
E105|not-utf8|the bytes are not UTF-8|Save the file as UTF-8.
E106|lone-surrogate|half a character, which no tokenizer takes|Mend the escape or delete the record.
E107|line-too-long|the line is longer than the limit|Split the record or delete it.
E108|empty-file|the file has no line|Fill the file or leave it out.
E109|not-an-object|the line is JSON but no object|Write one JSON object a line.
W110|byte-order-mark|the file starts with a byte order mark|Save the file as UTF-8 without a BOM.
W111|task-type-alias|a bucket's name stands as task type; it was mapped|Write the task type itself.
W112|mixed-outputs|outputs are objects here and strings there|Write all outputs of a file alike.
N113|extra-field|a field that nothing reads|Ignore it, or drop the field.
N114|missing-id|records without an id|Give each record an id, so that scores can name it.
W115|replacement-character|U+FFFD: a character was lost before|Take the text from its source again.
W116|control-character|a control character in the text|Delete it, or spell it as an escape in code.
W117|mojibake|UTF-8 that was read as Latin-1|Decode the source as UTF-8 and write the record again.
W118|repeated-key|an object has a key twice; the last one counts|Keep one of them.
E201|empty-instruction|the record asks nothing|Write an instruction or delete the record.
E202|empty-output|the record answers nothing|Write the answer or delete the record.
E203|code-fence|the answer stands in a Markdown fence|Delete the fence: the model would learn to write it.
E204|negative-is-right|the negative example is a right answer|Write a wrong one or delete it.
E205|not-typescript|the code does not parse as TypeScript|Mend the code or delete the record.
E206|untagged-refusal|a refusal does not start with <REFUSAL>|Start the output with <REFUSAL>.
E207|bare-refusal-tag|nothing stands behind <REFUSAL>|Say which policy applies and what helps.
E208|stray-refusal-tag|<REFUSAL> outside a guardrail record|Answer the request, or make it a guardrail record.
E209|echo|the output repeats the request|Write the answer.
E301|not-a-plan|the output is no JSON plan|Write a plan: {"type":...,"steps":[...]}.
E302|off-catalogue|the plan does not fit the tool catalogue|Correct the plan at the place named.
E303|unknown-tool|the plan calls a tool that the catalogue does not have|Use the catalogue's name.
W304|unused-tool|no record uses a tool of the catalogue|Add records that use it.
W305|dominant-tool|one tool makes up most calls|Add records with other tools.
W306|ungrounded-arguments|plans name paths that their requests do not|Read the records named; correct the wrong ones.
E307|acceptable-off-catalogue|an acceptable answer is no plan of the catalogue|Correct or delete it.
E401|collapsed-output|one output answers many different instructions|Write each instruction's own answer.
W401|collapsed-output|one output answers many different instructions|Read them; write each instruction's own answer.
E402|contradiction|the same request has different outputs|Keep one of them.
W403|duplicate|the record was there before|Delete one.
E404|few-outputs|a whole bucket has few distinct outputs|Write each instruction's own answer.
W404|few-outputs|a whole bucket has few distinct outputs|Add answers that differ.
N405|near-duplicates|records that are nearly alike|Nothing, while their share is small.
W405|near-duplicates|a large share of a bucket is nearly alike|Keep one of each cluster.
W406|low-diversity|a bucket says little in many records|Add records that differ.
E501|leak|the record asks what an evaluation asks|Delete the record.
E502|near-leak|the record is nearly one of an evaluation|Delete the record.
E503|benchmark-leak|the record holds a public benchmark's prompt|Delete the record.
E601|round-trip|the tokenizer does not give the text back|Take the characters out that it loses.
E602|too-long|the record has more tokens than the limit|Shorten or split the record; raise --max-tokens.
E701|secret|the text holds a secret|Revoke it and replace it by a placeholder.
W702|personal-data|the text holds personal data|Replace it by an example value.
W801|unbalanced-buckets|a bucket's share is very large or very small|Add records to the small buckets.
N802|small-evaluation|an evaluation set is too small to decide a target|Freeze a larger set.
W802|small-evaluation|an evaluation set is far too small to decide a target|Freeze a larger set.
"""  # noqa: E501 - a table

CODES: dict[str, Code] = {
    row.partition("|")[0]: Code(*row.split("|")) for row in _ROWS.strip().splitlines()
}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file, from 1; line 0 means the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault, where it is, and other lines that belong to it."""

    code: str
    file: str
    line: int
    message: str
    related: tuple[str, ...] = ()

    @property
    def kind(self) -> Code:
        return CODES[self.code]

    @property
    def level(self) -> Level:
        return self.kind.level

    @property
    def place(self) -> str:
        return str(Place(self.file, self.line))

    def __str__(self) -> str:
        return f"{self.place}: {self.level} {self.kind.title}: {self.message}"


@dataclass
class Findings:
    """Collects what is found: counts all, keeps the first of each code."""

    kept: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, code: str, place: Place, message: str, related: Iterable[Place] = ()) -> None:
        """Add a finding; of the related places the first 20 are kept."""
        self.counts[code] += 1
        if self.counts[code] <= KEPT_PER_CODE:
            others = tuple(str(one) for one, _ in zip(related, range(_RELATED), strict=False))
            self.kept.append(Finding(code, place.file, place.line, message, others))

    def total(self, level: Level) -> int:
        return sum(count for code, count in self.counts.items() if CODES[code].level == level)


def code_list() -> str:
    """Return the table of codes, one a line, for ``data check --codes``."""
    width = max(len(code.title) for code in CODES.values())
    return "".join(
        f"{code.title:<{width}}  {code.level:<7}  {code.says}. {code.remedy}\n"
        for code in CODES.values()
    )
