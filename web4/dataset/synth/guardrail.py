"""Guardrail records: restricted requests to refuse and benign near misses to answer."""

import random

from web4.dataset.synth import (
    guardrail_access_control,
    guardrail_audit_logs,
    guardrail_code_review,
    guardrail_credentials,
    guardrail_deception,
    guardrail_exfiltration,
    guardrail_licensing,
    guardrail_malware,
    guardrail_privacy,
    guardrail_production,
    guardrail_quality_gates,
    guardrail_security_controls,
    guardrail_supply_chain,
)
from web4.dataset.synth.guardrail_frames import FRAMES, Frame
from web4.dataset.synth.guardrail_names import fill
from web4.dataset.synth.guardrail_policy import ALLOWED, Policy
from web4.dataset.synth.splits import Split
from web4.records import Record

POLICIES: tuple[Policy, ...] = (
    guardrail_credentials.POLICY,
    guardrail_privacy.POLICY,
    guardrail_exfiltration.POLICY,
    guardrail_code_review.POLICY,
    guardrail_quality_gates.POLICY,
    guardrail_licensing.POLICY,
    guardrail_production.POLICY,
    guardrail_audit_logs.POLICY,
    guardrail_malware.POLICY,
    guardrail_access_control.POLICY,
    guardrail_security_controls.POLICY,
    guardrail_deception.POLICY,
    guardrail_supply_chain.POLICY,
)

_RESTRICTED_SHARE = 0.5
_PAIR_SHARE = 0.35
_GRADES = (1, 2, 3, 4, 5)
_GRADE_WEIGHTS = (24, 24, 24, 14, 14)
_PAIR_GRADE = 4

_TWINS = {policy.name: policy.twins for policy in POLICIES}
_NUMBERED = {
    (grade, unseen): tuple(
        (number, frame)
        for number, frame in enumerate(FRAMES)
        if frame.grade == grade and frame.unseen is unseen
    )
    for grade in _GRADES
    for unseen in (False, True)
}


def _pick_frame(rng: random.Random, *, unseen: bool) -> tuple[int, Frame]:
    grade = rng.choices(_GRADES, _GRADE_WEIGHTS)[0]
    return rng.choice(_NUMBERED[grade, unseen])


def _restricted(rng: random.Random, policy: Policy, *, paired: bool) -> tuple[int, str, str]:
    """Return kind, request and answer; ``paired`` asks for an object with a harmless twin."""
    kind = rng.randrange(len(policy.acts))
    act = policy.acts[kind]
    pool = act.objects[: len(act.pairs)] if paired else act.others
    return kind, f"{rng.choice(act.verbs)} {rng.choice(pool)}", policy.refusal(act)


def _benign(rng: random.Random, policy: Policy, *, paired: bool) -> tuple[int, str, str]:
    """Return kind, request and answer; ``paired`` asks for the twin of a forbidden object."""
    helps = _TWINS[policy.name] if paired else policy.topics
    index = rng.randrange(len(helps))
    kind = index + len(policy.topics) if paired else index
    return kind, rng.choice(helps[index].tasks), f"{ALLOWED} {helps[index].answer}"


def _difficulty(grade: int, *, paired: bool) -> int:
    """Rate a request: a minimal pair is hard in any frame and hardest in a misleading one."""
    if not paired:
        return grade
    return _PAIR_GRADE if grade < _PAIR_GRADE else _GRADES[-1]


def _sentence_case(text: str) -> str:
    return ". ".join(part[:1].upper() + part[1:] for part in text.split(". "))


def make(rng: random.Random, split: Split, *, unseen: bool = False) -> Record:
    """Return one random record without an id; half of them ask for something restricted.

    Frame, policy and the share of minimal pairs are drawn alike for both sides, so that only the
    substance of a request tells its side. ``unseen`` draws only frames that are held out; names
    never cross from one split to the other.
    """
    restricted = rng.random() < _RESTRICTED_SHARE
    side, draw = ("restricted", _restricted) if restricted else ("benign", _benign)
    policy = rng.choice(POLICIES)
    number, frame = _pick_frame(rng, unseen=unseen)
    paired = rng.random() < _PAIR_SHARE
    kind, phrase, answer = draw(rng, policy, paired=paired)
    request, output = fill(rng, split, frame.text.replace("{x}", phrase), answer)
    return Record(
        id="",
        task_type="guardrail",
        instruction=_sentence_case(request),
        input="",
        output=output,
        skeleton=f"{policy.name}/{side}/{kind:02d}-{number:02d}",
        slice="unseen" if unseen else "seen",
        difficulty=_difficulty(frame.grade, paired=paired),
    )
