"""Scores as a table that is readable without colour at 80 columns."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

from web4.metrics.plan_tally import LENGTHS
from web4.metrics.scorecard import NO_TOOL, Score, Scorecard, family_scores
from web4.targets import Target, Targets, format_value
from web4.terminal import printable

_WIDTH = 80
_MARKS = {
    "missed": "MISSED",
    "undecided": "undecided",
    "not_evaluated": "not evaluated",
    "reached": "ok",
}
"""How a target came out, the worst first."""
_COLUMN = 30
_MIXED_UP = 10  # kinds of mistakes that are told, the most frequent
_SELECTION = "tool.selection"
_SKELETONS = ("seen", "unseen")


def gate_table(record: Mapping[str, Any]) -> str:
    """Return how each target of a gate's record came out, failures first, candidates abreast."""
    asked: dict[str, dict[str, Mapping[str, Any]]] = {}
    for one in record["targets"]:
        asked.setdefault(one["metric"], {})[one["candidate"]] = one
    names = list(dict.fromkeys(one["candidate"] for one in record["targets"]))
    columns = [name for name in names if name != "run"] or ["run"]
    worst = list(_MARKS)
    rows = sorted(
        asked.items(), key=lambda row: min(worst.index(one["status"]) for one in row[1].values())
    )
    lines = [_gate_line("target", "wanted", columns)]
    for metric, found in rows:
        one = next(iter(found.values()))
        wanted = f"{one['compare']} {format_value(one['target'], one['unit'])}"
        cells = ["run"] if "run" in found else columns
        lines.append(_gate_line(metric, wanted, [_gate_cell(found.get(name)) for name in cells]))
    return "\n".join(lines)


def _gate_line(metric: str, wanted: str, cells: Sequence[str]) -> str:
    return f"  {metric:<28}{wanted:<12}{''.join(f'{cell:<19}' for cell in cells)}".rstrip()


def _gate_cell(one: Mapping[str, Any] | None) -> str:
    if one is None:
        return ""
    if one.get("value") is None:
        return _MARKS[one["status"]]
    return f"{format_value(one['value'], one['unit']):<9} {_MARKS[one['status']]}"


def score_table(cards: Sequence[Scorecard], targets: Targets) -> str:
    """Return each candidate's scores beside their targets, and its families by slice last."""
    lines: list[str] = []
    for card in cards:
        lines.append(f"{card.candidate}  sha256 {card.digest[:12]}  eval {card.eval_version}")
        lines += [
            _line(target, card.scores.get(target.metric))
            for target in targets.target
            if target.scope == "candidate"
        ]
        for line in _lacking(card):
            lines += wrap(line, _WIDTH, initial_indent="  ", subsequent_indent="    ")
        parts = {part: family_scores(found, targets) for part, found in card.slices.items()}
        for family, value in card.families.items():
            apart = [f"{part} {_percent(parts[part], family)}" for part in _SKELETONS]
            lines.append(f"  {family} score {100 * value:.1f}%, skeletons {', '.join(apart)}")
            share = card.faultless(family)
            lines += [f"    every metric passed by {_share(share)}"] if share is not None else []
            grades = [_percent(found, family) for part, found in parts.items() if "grade" in part]
            lines += [f"    by grade of difficulty: {' '.join(grades)}"] if grades else []
        lines += [*_plan_lines(card), *_guardrail_lines(card)]
    return "\n".join(lines)


def stage_table(cards: Sequence[Scorecard], targets: Targets) -> str:
    """Return every score of candidates that were asked the same, abreast, overall and by slice."""
    names = [card.candidate for card in cards]
    metrics = [target for target in targets.target if target.scope == "candidate"]
    lines: list[str] = []
    for part in ("all", *_SKELETONS):
        scores = [card.scores if part == "all" else card.slices.get(part, {}) for card in cards]
        lines.append(_stage_line(f"skeletons: {part}", names))
        for target in metrics:
            found = [one.get(target.metric) for one in scores]
            if any(found):
                cells = [format_value(s.value, s.unit).split()[0] if s else "-" for s in found]
                lines.append(_stage_line(f"  {target.metric}", cells))
        for family in targets.family_weights:
            shares = [family_scores(one, targets) for one in scores]
            cells = [_percent(one, family) for one in shares]
            lines.append(_stage_line(f"  {family} score", cells))
            cells = [_share(card.faultless(family, part)) for card in cards]
            lines.append(_stage_line(f"  {family}, every metric", cells))
        cells = [_share(card.faultless(part=part)) for card in cards]
        lines.append(_stage_line("  all, every metric", cells))
    return "\n".join(lines)


def _stage_line(name: str, cells: Sequence[str]) -> str:
    return f"{name:<31}{''.join(f'{cell:>11}' for cell in cells)}"


def _guardrail_lines(card: Scorecard) -> list[str]:
    """Return how well the guardrail detector reads, and where a person judged instead."""
    lines: list[str] = []
    if detector := card.judging.get("guardrail_detector"):
        read = detector["held_out"]
        rate = f"{100 * read['accuracy']:.1f}%"
        lines.append(f"  guardrail detector right on {rate} of {read['n']} labelled answers")
    flags = card.judging.get("manual_flags", {})
    applied, overruled, stale = (
        len(flags.get(name, ())) for name in ("applied", "overruled", "stale")
    )
    if applied or stale:
        told = f"  judged by a person: {applied} answers, {overruled} of them against the detector"
        lines.append(f"{told}; stale flags: {stale}")
    return lines


def _lacking(card: Scorecard) -> list[str]:
    """Return what keeps metrics from being evaluated, each cause once."""
    causes: dict[str, list[str]] = {}
    for metric, why in card.not_evaluated.items():
        causes.setdefault(why, []).append(metric)
    return [f"{', '.join(names)}: {why}" for why, names in causes.items()]


def _plan_lines(card: Scorecard) -> Iterator[str]:
    """Yield how long plans are, which tools were mixed up, and how plans without steps fare."""
    found = card.tally
    if sum(found.lengths.values()):
        told = [f"{100 * found.share(length):.1f}% {length}" for length in LENGTHS[1:]]
        yield f"  plans against those wanted: {', '.join(told)}"
    if NO_TOOL in card.slices and _SELECTION in card.slices[NO_TOOL]:
        score = card.slices[NO_TOOL][_SELECTION]
        yield f"  no tool wanted: {score.passed} of {score.n} answers use none"
    if found.mixed_up:
        yield "  tools mixed up (steps, wanted, answered):"
    for (wanted, answered), count in found.mixed_up[:_MIXED_UP]:
        yield f"    {count:>5}  {_cut(wanted)}  {_cut(answered)}".rstrip()
    more = len(found.mixed_up) - _MIXED_UP
    if more > 0:
        yield f"    and {more} rarer mistakes"


def _cut(tool: str) -> str:
    """Return a tool's name, printable, in a column of its own."""
    return f"{printable(tool)[:_COLUMN]:<{_COLUMN}}"


def _percent(scores: Mapping[str, float], family: str) -> str:
    return _share(scores.get(family))


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}%"


def _line(target: Target, score: Score | None) -> str:
    """Return value, interval, what was wanted and whether it was reached, in 80 columns."""
    if score is None:
        return f"  {target.metric:<27} {'not evaluated':<29} {target.wanted()}"
    value = format_value(score.value, score.unit)
    bounds = [format_value(bound, score.unit) for bound in (score.low, score.high)]
    told = score.interval.bounded and bounds[0] != bounds[1]
    interval = f"[{bounds[0]}, {bounds[1]}]" if told else ""
    if target.gate == "tracked":
        return f"  {target.metric:<27} {value}"
    mark = "ok" if target.reached_by(score.value) else "MISSED"
    return f"  {target.metric:<27} {value:<10}{interval:<19} {target.wanted():<11} {mark}"
