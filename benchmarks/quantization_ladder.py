"""Evaluates every rung of the quantization ladder and the 16-bit GGUF, and prints the table.

The gate stops at the first rung that holds; this climbs to the end, so that it can be seen whether
more bits are better. Some ten minutes a rung on two cores; what is in the store is not done again.
With ``--unmerged`` the unmerged form is measured as well, whatever the profile says.

    python benchmarks/quantization_ladder.py [PROFILE] [--unmerged]
"""

import argparse
from dataclasses import replace

from web4.evaluation import SCORES, SPEED
from web4.metrics.scorecard import Scorecard
from web4.packaging.ladder import LADDER_TEXT, rungs_from
from web4.pipeline import evaluated, judging_of, rung_names
from web4.settings import Settings


def main() -> None:
    """Print the scores of the 16-bit GGUF, then what each rung lost against the adapter."""
    parser = argparse.ArgumentParser()
    parser.add_argument("profile", nargs="?")
    parser.add_argument("--unmerged", action="store_true")
    given = parser.parse_args()
    run = Settings.from_environment(profile=given.profile).open_run(say=print)
    if given.unmerged:
        run = replace(run, profile=run.profile.model_copy(update={"unmerged": True}))
    whole = run.requests["gguf"]
    asked = evaluated(run.profile, judging_of(run.profile), "f16", "gguf", {"gguf": whole})
    raw = run.store.get(asked["score_f16"]).read_json(SCORES)
    speed = run.store.get(asked["predict_f16"]).read_json(SPEED)["tokens_per_s"]
    card = Scorecard.read("f16", "", "", raw, run.targets)
    size = next(iter(run.store.get(whole).manifest.files.values())).bytes
    scores = ", ".join(f"{name} {100 * value:.2f}%" for name, value in card.families.items())
    last = rung_names(run.profile, rungs_from(run.profile.quantization)[-1])["ladder"]
    told = (run.store.get(run.requests[last]).path / LADDER_TEXT).read_text(encoding="utf-8")
    print(f"F16     {size} bytes, {speed:.0f} tokens/s, {scores}\n{told}", end="")


if __name__ == "__main__":
    main()
