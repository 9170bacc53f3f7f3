"""What stands at the top of a page for each run, and where the run stands among the releases."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from web4.report.chart import spoken_time
from web4.report.evidence import Evidence, scores_of


@dataclass(frozen=True)
class Head:
    """What stands at the top of a page for one run."""

    label: str
    verdict: str
    state: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, tuple[str, ...]], ...]


def head(evidence: Evidence) -> Head:
    """Return the verdict of a run and what it is about."""
    record = evidence.record
    run, gate = evidence.run, record.get("gate", {})
    verdict = str(record["verdict"])
    facts = [
        ("Model", str(run.get("candidate", ""))),
        ("Base", str(run.get("base", ""))),
        ("Gated", evidence.finished.replace("T", " ").replace("Z", " UTC")),
        ("Took", "" if evidence.seconds is None else spoken_time(evidence.seconds)),
        ("Evaluation set", str(run.get("eval_version", ""))),
        ("Profile", str(run.get("profile", ""))),
        ("Training data", str(run.get("dataset", ""))[:16]),
        ("web4", str(record.get("web4", ""))),
        *((f"SHA-256 of {one.name}", str(one.card.get("digest", ""))) for one in evidence.own),
    ]
    notes = (
        ("The gate objects", tuple(gate.get("objections", ()))),
        ("Tests were left out", tuple(gate.get("limits", ()))),
        ("Below the specification", tuple(gate.get("lowered", ()))),
        ("Not shown", evidence.gaps),
    )
    return Head(
        evidence.label,
        verdict,
        str(gate.get("state") or ("PASSED" if verdict.endswith("PASSED") else "FAILED")),
        tuple((name, value) for name, value in facts if value),
        tuple((name, lines) for name, lines in notes if lines),
    )


def history(evidence: Evidence, kept: Sequence[Evidence]) -> list[dict[str, Any]]:
    """Return the scores of the releases, the oldest first, and of this run last."""
    found = []
    for one in (*kept, evidence):
        cards = {card["candidate"]: card for card in one.record["cards"]}
        card = next((cards[name] for name in ("quantized", "adapter") if name in cards), None)
        if card is None:
            continue
        scores = dict(card.get("families", {}))
        overall = scores_of(card.get("scores", ())).get("overall.weighted")
        scores |= {"overall": overall.value} if overall else {}
        found.append(
            {
                "release": f"{one.label}|{card['candidate']}, eval {one.eval_version}",
                "scores": scores,
                "verdict": str(one.record["verdict"]).removeprefix("SHIP GATE: "),
            }
        )
    return found
