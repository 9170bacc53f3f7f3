"""Tool requests that tempt to an answer in prose or in a fence; the bare plan is wanted."""

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

from web4.dataset.synth.splits import Split
from web4.dataset.synth.tool_core import intents_of, record_of
from web4.dataset.synth.tool_grammar import Form, Frame, draw_request
from web4.records import Plan, Record, compact_json

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
    Frame("Wrap the plan in ```json and {s}."),
    Frame("[Reply in YAML|Answer as a table|Use bullet points]: {s}."),
    Frame("[Is it possible|Would it be hard|Are you able] to {s}?"),
    Frame("[Which tool would you use|What would you call] to {s}?"),
    Frame("[Say hello|Introduce yourself|Tell a joke] and then {s}."),
    Frame("{S}, [in a friendly tone|with all the details|as if I were five]."),
    Frame("[Give me a tutorial on how|Write a guide on how|I'd like to learn how] to {s}."),
    Frame("[If you were me|If it were up to you|As an expert], how would you {s}?"),
    Frame("[List the pros and cons|Weigh the risks|Give me the background], then {s}."),
    Frame("{S}. [Begin|Open] your answer with [the word Sure|Certainly|a short apology]."),
    Frame("[Write a Python script|Show me shell commands|Give me code] to {s}."),
    Frame("[Ask me whether I am sure|Repeat my request|Sum up my request], then {s}."),
    Frame("{S} and [format the answer nicely|pretty-print the JSON|put comments in the JSON]."),
    Frame("[Do you know how to|Do you think you can|Would you mind if I asked you to] {s}?"),
    Frame("{S}, then [wish me luck|sign with your name|tell me what to do next]."),
    Frame("What would it take to {s}?", unseen=True),
    Frame("Chat with me a little while you {s}.", unseen=True),
    Frame("Suppose a colleague asked you to {s}: what would you tell them?", unseen=True),
    Frame("Narrate, in the style of a sports reporter, how you {s}.", unseen=True),
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
    Frame("{S} Start with ```json."),
    Frame("{S} [Reply in YAML|Answer as a table|Use bullet points]."),
    Frame("[Think step by step|Take your time|Reason it through] and show your thoughts. {S}"),
    Frame("{S} [Which tool would you use, and why|How would you go about it]?"),
    Frame("[Say hello|Introduce yourself|Tell a joke] before you answer. {S}"),
    Frame("{S} [Begin|Open] your answer with [the word Sure|Certainly|a short apology]."),
    Frame("[Pretend you are my tutor|Answer like a friend|Write as to a child]. {S}"),
    Frame("{S} [Pretty-print the JSON|Put comments in the JSON|Format the answer nicely]."),
    Frame("[Ask me whether I am sure|Repeat my request|Sum up my request] first. {S}"),
    Frame("{S} [Then wish me luck|Sign with your name|Tell me what to do next]."),
    Frame("{S} What are your thoughts on it?", unseen=True),
    Frame("Don't be so terse this time. {S}", unseen=True),
    Frame("{S} I am curious about the story behind it, too.", unseen=True),
)
_FRAMES: Mapping[Form, tuple[Frame, ...]] = {
    "imperative": _IMPERATIVES,
    "open": _IMPERATIVES,
    "whole": _WHOLES,
}
_OPENERS = ("Sure! ", "Of course. ", "Certainly! ", "Happy to help. ", "", "OK, ")
_CLOSERS = ("and tell you what comes back.", "and report the result.", "and sum it up for you.")
_ENDINGS = (
    "\n\nLet me know if you need anything else.",
    "\n\n# this is the whole plan",
    "\n\nThis plan does what you asked for.",
    "\n\nI hope that helps!",
)
_COMMENTS = (" // done", " # one plan", " /* as asked */", "\n// end of the plan", " <!-- plan -->")
_INVENTED = (
    "open_file", "grep", "write_file", "shell", "list_dir", "http_get", "edit_file", "find_text",
    "delete_file", "ask_user", "respond", "git_diff", "search", "replace_text", "make_rule",
)  # fmt: skip


def make(rng: random.Random, split: Split, *, unseen: bool = False) -> Record:
    """Draw one tempting request, the plan that answers it and an answer that does not."""
    request = draw_request(rng, split, intents_of(rng), _FRAMES, unseen=unseen)
    negative = _wrong_answer(rng, request.plan)
    return record_of(rng, split, request, unseen=unseen, negative=negative)


def _wrong_answer(rng: random.Random, plan: Plan) -> str:
    """Draw an answer that is wrong by its form or as a plan, never by chance right."""
    return rng.choice(_WRONGS)(rng, plan)


def _prose(rng: random.Random, plan: Plan) -> str:
    calls = ", then ".join(f"call {name}" for name in plan.tools)
    return f"{rng.choice(_OPENERS)}I would {calls}, {rng.choice(_CLOSERS)}"


def _preface(rng: random.Random, plan: Plan) -> str:
    return rng.choice(("Here is the plan:\n", "Sure! ", "Plan: ", "json\n")) + plan.to_json()


def _fence(rng: random.Random, plan: Plan) -> str:
    return f"```{rng.choice(('json', ''))}\n{plan.to_json()}\n```"


def _trailing(rng: random.Random, plan: Plan) -> str:
    return plan.to_json() + rng.choice(_ENDINGS)


def _comment(rng: random.Random, plan: Plan) -> str:
    return plan.to_json() + rng.choice(_COMMENTS)


def _single_quotes(_rng: random.Random, plan: Plan) -> str:
    return plan.to_json().replace('"', "'")


def _objects(_rng: random.Random, plan: Plan) -> str:
    """Give each step an object of its own; a single one is told twice."""
    steps = plan.steps if len(plan.steps) > 1 else plan.steps * 2
    return "\n".join(Plan((step,)).to_json() for step in steps)


def _cut(_rng: random.Random, plan: Plan) -> str:
    return plan.to_json()[:-2]


def _other_type(_rng: random.Random, plan: Plan) -> str:
    mixed_up = "multi_tool_plan" if plan.type == "tool_call" else "tool_call"
    return compact_json({"type": mixed_up, "steps": _steps(plan)})


def _other_keys(_rng: random.Random, plan: Plan) -> str:
    calls = [{"name": step.tool, "arguments": dict(step.args)} for step in plan.steps]
    return compact_json({"type": plan.type, "steps": calls})


def _bare_steps(_rng: random.Random, plan: Plan) -> str:
    steps = _steps(plan)
    return compact_json(steps if len(steps) > 1 else steps[0])


def _missing_step(rng: random.Random, plan: Plan) -> str:
    dropped = rng.randrange(len(plan.steps))
    return Plan(plan.steps[:dropped] + plan.steps[dropped + 1 :]).to_json()


def _missing_argument(rng: random.Random, plan: Plan) -> str:
    steps = _steps(plan)
    owners = [step for step in steps if step["args"]]
    if not owners:
        return _invented_tool(rng, plan)
    args = rng.choice(owners)["args"]
    del args[rng.choice(list(args))]
    return compact_json({"type": plan.type, "steps": steps})


def _invented_tool(rng: random.Random, plan: Plan) -> str:
    steps = _steps(plan)
    rng.choice(steps)["tool"] = rng.choice(_INVENTED)
    return compact_json({"type": plan.type, "steps": steps})


def _steps(plan: Plan) -> list[dict[str, Any]]:
    """Copy a plan's steps, so that a change of them leaves the plan as it is."""
    copied: list[dict[str, Any]] = json.loads(plan.to_json())["steps"]
    return copied


_WRONGS: tuple[Callable[[random.Random, Plan], str], ...] = (
    _prose, _prose, _preface, _fence, _fence, _trailing, _comment, _single_quotes, _objects, _cut,
    _other_type, _other_keys, _bare_steps, _missing_step, _missing_argument, _invented_tool,
)  # fmt: skip
