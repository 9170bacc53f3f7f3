"""Whether a measurement shows that a target is reached, and how many items that takes."""

import math
from statistics import NormalDist
from typing import Literal

from web4.stats.interval import Interval
from web4.targets import Target

Decision = Literal["met", "missed", "undecided"]


def decide(value: float, interval: Interval, target: Target) -> Decision:
    """Tell whether a target is reached with the confidence of the interval, which holds ``value``.

    It is met where the whole interval reaches it, missed where no part does, and undecided in
    between. A bound at the end of its scale (every item, not one finding) no interval can clear:
    there the items themselves are asked for, and the value decides.
    """
    if at_the_end_of_its_scale(target):
        return "met" if target.reached_by(value) else "missed"
    reached = [target.reached_by(bound) for bound in (interval.low, interval.high)]
    if all(reached):
        return "met"
    return "undecided" if any(reached) else "missed"


def at_the_end_of_its_scale(target: Target) -> bool:
    """Whether a target asks for the best that there is: rates end at 1, everything starts at 0."""
    if target.compare == "==":
        return True
    if target.compare == "<=":
        return target.value <= 0
    return target.unit == "rate" and target.value >= 1


def needed_items(target: Target, confidence: float = 0.95) -> int:
    """Return how many items without a miss put Wilson's interval on the right side of a target.

    Wilson's lower bound at n of n is n / (n + z^2) (Wilson 1927; ``wilson``), so n has to
    reach z^2 v / (1 - v); the upper bound at 0 of n mirrors it. 0 where no number decides: targets
    of exactly 0 or 1, and what is no rate.
    """
    wanted = {">=": target.value, "<=": 1 - target.value}.get(target.compare, 1.0)
    if target.unit != "rate" or not 0 < wanted < 1:
        return 0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    return math.ceil(z * z * wanted / (1 - wanted) - 1e-9)
