"""Tool requests in plain words, answered by a plan of one to five steps."""

import random
from collections.abc import Mapping, Sequence

from web4.dataset.synth.splits import Split
from web4.dataset.synth.tool_chains import CHAINS
from web4.dataset.synth.tool_composition import Chain
from web4.dataset.synth.tool_frames import FRAMES
from web4.dataset.synth.tool_grammar import Asking, Request, draw_request
from web4.dataset.synth.tool_intents import SINGLE
from web4.dataset.synth.tool_workspace import workspace_of
from web4.dataset.synth.vocabulary import Lexicon
from web4.records import Record

_SHARE_OF_SINGLE_STEPS = 0.6
_SHARE_WITH_INPUT = 0.05
_GRADES: Mapping[Split, Mapping[int, int]] = {
    "train": {1: 16, 2: 18, 3: 24, 4: 21, 5: 21},  # weighs what models get wrong most
    "eval": {1: 30, 2: 22, 3: 18, 4: 16, 5: 14},
}
_TWO = 2
_FIRST_OF_CHAINS = 3
_SHARE_OF_SINGLES_IN_GRADE_THREE = 0.25

_PAIRS = tuple(chain for chain in CHAINS if isinstance(chain, Chain) and len(chain.parts) == _TWO)


def intents_of(rng: random.Random) -> Sequence[Asking]:
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
    workspace = workspace_of(request.plan, request.instruction, split)
    listing = ""
    if rng.random() < _SHARE_WITH_INPUT:
        files = sorted(workspace or Lexicon(rng, split).files().values())
        listing = "Files in the workspace: " + ", ".join(files)
    return Record(
        id="",
        task_type="tool_call",
        instruction=request.instruction,
        input=listing,
        output=request.plan.to_json(),
        negative_example=negative,
        workspace=workspace,
        acceptable=request.acceptable,
        skeleton=request.skeleton,
        slice="unseen" if unseen else "seen",
        difficulty=request.difficulty,
    )


def make(rng: random.Random, split: Split, *, unseen: bool = False) -> Record:
    """Draw one request; ``unseen`` draws a telling that is held out of training.

    The grade is drawn first: left to themselves, the middle ones would be rare.
    """
    grades = _GRADES[split]
    wanted = rng.choices(list(grades), list(grades.values()))[0]
    intents = _pool(rng, wanted)
    while True:
        request = draw_request(rng, split, intents, FRAMES, unseen=unseen)
        if request.difficulty == wanted:
            return record_of(rng, split, request, unseen=unseen)


def _pool(rng: random.Random, wanted: int) -> Sequence[Asking]:
    """Return the intents among which a grade is found soon."""
    if wanted < _FIRST_OF_CHAINS:
        return SINGLE
    if wanted > _FIRST_OF_CHAINS:
        return CHAINS
    return SINGLE if rng.random() < _SHARE_OF_SINGLES_IN_GRADE_THREE else _PAIRS
