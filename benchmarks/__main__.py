"""Every comparison by one command: ``python -m benchmarks all`` or ``python -m benchmarks NAME…``.

Peers are installed in environments of their own below the user's cache (``benchmarks/peers.txt``).
Results go as JSON, Markdown and a plot into ``docs/benchmarks/``. Run it on a quiet machine.
"""

import argparse
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.side_by_side import Comparison, PeerError, machine
from benchmarks.written import INDEX, index, write
from web4.errors import Web4Error

_OUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks"


@dataclass(frozen=True, slots=True)
class _Asked:
    """How much is measured: ``prompts``, ``rounds`` and ``types`` override a comparison's own."""

    quick: bool
    prompts: int | None
    rounds: int | None
    types: tuple[str, ...]

    def count(self, whole: int, quick: int) -> int:
        return quick if self.quick else whole

    def turns(self, whole: int) -> int:
        return self.rounds or (1 if self.quick else whole)


def _scoring(asked: _Asked) -> Comparison:
    from benchmarks.scoring import measure

    return measure(answers=asked.count(20_000, 1_500), rounds=asked.turns(5))


def _harness(asked: _Asked) -> Comparison:
    from benchmarks.harness import SIZES, measure

    return measure(sizes=(40,) if asked.quick else SIZES, rounds=asked.turns(3))


def _generation(asked: _Asked) -> Comparison:
    from benchmarks.generation_speed import TYPES, measure

    return measure(
        prompts=asked.prompts or asked.count(96, 3),
        rounds=asked.turns(5),
        types=asked.types or (("Q4_K_M",) if asked.quick else TYPES),
        max_new_tokens=asked.count(192, 16),
    )


def _typescript(asked: _Asked) -> Comparison:
    from benchmarks.own_programs import measure_typescript

    return measure_typescript(
        snippets=asked.count(1000, 30), alone=asked.count(5, 1), rounds=asked.turns(1)
    )


def _training(asked: _Asked) -> Comparison:
    from benchmarks.own_programs import measure_training

    return measure_training(records=asked.count(96, 16), rounds=asked.turns(3))


def _scaling(asked: _Asked) -> Comparison:
    from benchmarks.scaling import SIZES, measure

    return measure(sizes=(200, 400) if asked.quick else SIZES, rounds=asked.turns(1))


def _gate(asked: _Asked) -> Comparison:
    from benchmarks.gate_overhead import measure

    return measure(rounds=asked.turns(5))


COMPARISONS: dict[str, Callable[[_Asked], Comparison]] = {
    "scoring": _scoring,
    "harness": _harness,
    "generation": _generation,
    "typescript": _typescript,
    "training": _training,
    "scaling": _scaling,
    "gate": _gate,
}


def main() -> None:
    """Measure what is named; exit with 1 where a comparison could not be made."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="+", choices=["all", *COMPARISONS], metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="smallest sizes: does it run at all?")
    parser.add_argument("--prompts", type=int, help="prompts of the generation comparisons")
    parser.add_argument("--rounds", type=int, help="rounds of each comparison")
    parser.add_argument(
        "--types",
        type=lambda text: tuple(text.split(",")),
        default=(),
        help="GGUF types of the generation comparison, such as f16,Q4_K_M; all where left out",
    )
    parser.add_argument("--out", type=Path, default=_OUT, help="folder (default: docs/benchmarks)")
    parser.epilog = f"NAME is all, {', '.join(COMPARISONS)}"
    given = parser.parse_args()
    asked = _Asked(given.quick, given.prompts, given.rounds, given.types)
    names = list(COMPARISONS) if "all" in given.names else list(dict.fromkeys(given.names))
    options = [
        *(["--quick"] if given.quick else []),
        *([f"--prompts={given.prompts}"] if given.prompts else []),
        *([f"--rounds={given.rounds}"] if given.rounds else []),
        *([f"--types={','.join(given.types)}"] if given.types else []),
    ]
    failed = False
    for name in names:
        begun = machine()
        print(f"benchmarks: {name}", file=sys.stderr)
        try:
            found = COMPARISONS[name](asked)
        except (PeerError, Web4Error) as error:
            print(f"benchmarks: {name}: {error}", file=sys.stderr)
            failed = True
            continue
        command = shlex.join(["python", "-m", "benchmarks", name, *options])
        write(given.out, name, found, begun, command)
        print(given.out / f"{name}.md")
    (given.out / INDEX).write_text(index(given.out), encoding="utf-8")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
