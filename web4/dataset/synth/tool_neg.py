"""Tool requests that tempt to an answer in prose or in a fence; the bare plan is wanted."""

import random
from collections.abc import Mapping

from web4.dataset.synth.tool_core import intents_of, record_of
from web4.dataset.synth.tool_grammar import Form, Frame, draw_request
from web4.dataset.synth.vocabulary import Split
from web4.records import Plan, Record

_IMPERATIVES = (
    Frame("[Explain|Tell me|Describe] what you would do, [then|and then] {s}."),
    Frame("[Just show me|Give me|Show me] the JSON in a [code block|fenced block]: {s}."),
    Frame("[Tell me briefly why|Say in a sentence why|Explain briefly why], then {s}."),
    Frame("Could you walk me through how you'd {s}?", weight=2),
    Frame("{S}, and [explain each step|comment on the result|tell me what you did]."),
    Frame("How [would|do|will|should] you {s}?", weight=2),
    Frame("[Answer in Markdown|Reply in Markdown|In Markdown, please]: {s}."),
    Frame("[In your own words|In plain English|Thinking out loud], {s}."),
    Frame("{S}; [add a short note|add a comment|end with a summary] [after|below] the plan."),
    Frame("[Write a friendly intro|Start with a greeting|Begin with your reasoning], then {s}."),
    Frame("[Talk me through it|Think step by step|Take your time to reason], then {s}."),
    Frame("[I'm learning|I'm a beginner|My boss is watching], so explain as you {s}."),
    Frame("Wrap the plan in ```json and {s}.", weight=1),
    Frame("What would it take to {s}?", unseen=True),
    Frame("Chat with me a little while you {s}.", unseen=True),
)
_WHOLES = (
    Frame("{S} [Explain your reasoning first|Tell me how you know|Explain each step]."),
    Frame("{S} [Put the JSON in a code block|Use a fenced block|Answer in Markdown]."),
    Frame("[Walk me through this|Talk me through this|Think out loud]. {S}"),
    Frame("[Briefly explain, then act|Tell me your plan in words too]. {S}"),
    Frame("{S} [Add a short note|Add a comment|End with a summary] below the plan."),
    Frame("[I'm learning, so explain a lot|I'm a beginner, be chatty|Be chatty]. {S}"),
    Frame("{S} [Answer in a full sentence|Answer in prose|Keep it friendly and wordy]."),
    Frame("[Greet me first|Start with a friendly intro|Begin with a summary]. {S}"),
    Frame("{S} Start with ```json.", weight=1),
    Frame("{S} What are your thoughts on it?", unseen=True),
)
_FRAMES: Mapping[Form, tuple[Frame, ...]] = {
    "imperative": _IMPERATIVES,
    "open": _IMPERATIVES,
    "whole": _WHOLES,
}
_OPENERS = ("Sure! ", "Of course. ", "Certainly! ", "Happy to help. ", "", "OK, ")
_ENDINGS = (
    "\n\nLet me know if you need anything else.",
    "\n\n# this is the whole plan",
    " // done",
    "\n\nThis plan does what you asked for.",
    "\n\nI hope that helps!",
)


def make(rng: random.Random, split: Split, *, unseen: bool = False) -> Record:
    """Draw one tempting request, the plan that answers it and an answer that does not."""
    request = draw_request(rng, split, intents_of(rng), _FRAMES, unseen=unseen)
    negative = _wrong_answer(rng, request.plan)
    return record_of(rng, split, request, unseen=unseen, negative=negative)


def _wrong_answer(rng: random.Random, plan: Plan) -> str:
    kind = rng.choice(("prose", "fence", "trailing", "missing"))
    if kind == "prose":
        calls = ", then ".join(f"call {name}" for name in plan.tools)
        return f"{rng.choice(_OPENERS)}I would {calls}, and tell you what comes back."
    if kind == "fence":
        return f"```{rng.choice(('json', ''))}\n{plan.to_json()}\n```"
    if kind == "trailing":
        return plan.to_json() + rng.choice(_ENDINGS)
    dropped = rng.randrange(len(plan.steps))
    return Plan(plan.steps[:dropped] + plan.steps[dropped + 1 :]).to_json()
