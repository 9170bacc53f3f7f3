"""Tool requests in plain words, answered by a plan of one to four steps."""

import random
from collections.abc import Mapping

from web4.dataset.synth.tool_chains import CHAINS
from web4.dataset.synth.tool_grammar import Form, Frame, Intent, Request, draw_request
from web4.dataset.synth.tool_intents import SINGLE
from web4.dataset.synth.vocabulary import Lexicon, Split
from web4.records import Record

_SHARE_OF_SINGLE_STEPS = 0.65
_SHARE_WITH_INPUT = 0.05

_IMPERATIVES = (
    Frame("{S}.", weight=3),
    Frame("{s}", weight=2),
    Frame("[Please|Kindly|Now please] {s}."),
    Frame("[Can|Could|Would|Will] you [please |]{s}?", weight=2),
    Frame("{S}[, please|, thanks]."),
    Frame("I [need|want|would like|'d like] you to {s}."),
    Frame("[Next|Now|Then|Right]: {s}."),
    Frame("[Before the review|Before I go on|For the stand-up|While I wait], {s}."),
    Frame("[I'm new here|I'm in a hurry|CI is waiting|I lost track|We ship today], so {s}."),
    Frame("{S}; [do nothing else|that is all|nothing more|leave the rest alone]."),
    Frame("[Hey|Hi|Hello|OK|All right], {s}."),
    Frame("[I am done with|I just closed|Never mind|Forget about] {other}. {S}."),
    Frame("[You can|Go ahead and|You should|Time to] {s}."),
    Frame("[Your task|Next task|The job]: {s}."),
    Frame("Do me a favor and {s}.", unseen=True),
    Frame("Without further ado, {s}.", unseen=True),
)
_WHOLES = (
    Frame("{S}", weight=4),
    Frame("[Hi|Hello|OK|Hey there|Right]. {S}"),
    Frame("[I'm new here|I'm in a hurry|CI is waiting|I lost track|We ship today]. {S}"),
    Frame("{S} [Thanks|Thank you|Cheers]."),
    Frame("{S} [Nothing else|That is all|Nothing more]."),
    Frame("[I am done with|I just closed|Never mind|Forget about] {other}. {S}"),
    Frame("[Next one|A quick one|One more thing|Small request|Next task]: {S}"),
    Frame("[Before the review|Before I go on|While I wait|For the stand-up]: {S}"),
    Frame("[Please help|Help me out|A hand, please]. {S}"),
    Frame("Something small on my mind. {S}", unseen=True),
)
_FRAMES: Mapping[Form, tuple[Frame, ...]] = {
    "imperative": _IMPERATIVES,
    "open": _IMPERATIVES,
    "whole": _WHOLES,
}


def intents_of(rng: random.Random) -> tuple[Intent, ...]:
    """Draw between the requests of one step and those of several."""
    return SINGLE if rng.random() < _SHARE_OF_SINGLE_STEPS else CHAINS


def record_of(
    rng: random.Random,
    split: Split,
    request: Request,
    *,
    unseen: bool,
    negative: str | None = None,
) -> Record:
    """Make the record of a request; a few carry a list of files that has no part in it."""
    listing = ""
    if rng.random() < _SHARE_WITH_INPUT:
        files = Lexicon(rng, split).files()
        listing = "Files in the workspace: " + ", ".join(files[name] for name in sorted(files))
    return Record(
        id="",
        task_type="tool_call",
        instruction=request.instruction,
        input=listing,
        output=request.plan.to_json(),
        negative_example=negative,
        acceptable=request.acceptable,
        skeleton=request.skeleton,
        slice="unseen" if unseen else "seen",
        difficulty=request.difficulty,
    )


def make(rng: random.Random, split: Split, *, unseen: bool = False) -> Record:
    """Draw one request; ``unseen`` draws from the sentences that are held out of training."""
    request = draw_request(rng, split, intents_of(rng), _FRAMES, unseen=unseen)
    return record_of(rng, split, request, unseen=unseen)
