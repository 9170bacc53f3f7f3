"""What joins clauses to a sentence: ``{a}`` is the step that runs first, ``{A}`` capitalized."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Connectors:
    """The connectors for one number of clauses; training never has the unseen ones."""

    seen: tuple[str, ...]
    unseen: tuple[str, ...]


_PAIRS = Connectors(
    (
        "{a}, then {b}",
        "{a} and then {b}",
        "first {a}, then {b}",
        "{a}; [after that|afterwards], {b}",
        "{a}, and [afterwards|when that is done|after that] {b}",
        "do two things in order: {a}; {b}",
        "before you {b}, {a}",
        "{b}, but first {a}",
        "step 1: {a}; step 2: {b}",
        "{b} after you {a}",
        "start with this: {a}. Then {b}.",
        "{a}. [Then|Next|After that|Afterwards], {b}.",
        "{a}. When [that's|that is] done, {b}.",
        "(1) {a}; (2) {b}",
        "1. {A}. 2. {B}.",
        "{b}, but only after you {a}",
        "after you {a}, {b}",
        "{a}; once that is done, {b}",
        "[Follow these two steps|Do these two things]:\n1. {A}\n2. {B}.",
        "make it two steps: {a}, then {b}",
        "begin with this: {a}; then {b}",
        "two [steps|things], in this order: {a}; {b}",
        "first {a}; second, {b}",
        "{b}. Before that, {a}.",
        "{a}, and as soon as [that's|that is] done, {b}",
    ),
    (
        "{a}, and only then {b}",
        "the order matters: {a}; later, {b}",
        "{b}, though not before you {a}",
        "{A} to begin with. To finish, {b}.",
        "kick off with this: {a}; follow up with this: {b}",
    ),
)
_TRIPLES = Connectors(
    (
        "{a}, {b}, and then {c}",
        "first {a}, then {b}, and finally {c}",
        "{a}; then {b}; then {c}",
        "step 1: {a}; step 2: {b}; step 3: {c}",
        "in this order: {a}; {b}; {c}",
        "{a}. Then {b}. [Finally|At the end|Last], {c}.",
        "do three things in order: {a}, {b}, {c}",
        "{a}, then {b}, and [after that|at the end|finally] {c}",
        "before you {c}, {a} and then {b}",
        "{c}, but only after you {a} and then {b}",
        "{a}; after that, {b}; last of all, {c}",
        "(1) {a}; (2) {b}; (3) {c}",
        "1. {A}. 2. {B}. 3. {C}.",
        "{a}; when that is done, {b}; then {c}",
        "{a} and [then |]{b}. [Then|Next|After that], {c}.",
        "start with this: {a}. Next, {b}. Then {c}.",
        "after you {a}, {b} and then {c}",
        "[Follow these three steps|Do these three things]:\n1. {A}\n2. {B}\n3. {C}.",
        "{c} at the very end; before that, {a} and then {b}",
        "three [steps|things], one after the other: {a}; {b}; {c}",
        "first {a}; second, {b}; third, {c}",
        "{a}, [then|next] {b}, then {c}",
    ),
    (
        "{a}, next {b}, and to round it off {c}",
        "begin by doing this: {a}; go on to {b}; close with this: {c}",
        "{c}, with two things done before it: {a}, and then {b}",
        "in sequence: {a} > {b} > {c}",
    ),
)
_FOURS = Connectors(
    (
        "{a}, {b}, {c}, and then {d}",
        "first {a}, then {b}, then {c}, and finally {d}",
        "{a}; then {b}; then {c}; then {d}",
        "step 1: {a}; step 2: {b}; step 3: {c}; step 4: {d}",
        "in this order: {a}; {b}; {c}; {d}",
        "{a}. Then {b}. After that, {c}. [Finally|At the end], {d}.",
        "(1) {a}; (2) {b}; (3) {c}; (4) {d}",
        "1. {A}. 2. {B}. 3. {C}. 4. {D}.",
        "do four things in order: {a}, {b}, {c}, {d}",
        "before you {d}, do these three in order: {a}; {b}; {c}",
        "{a} and then {b}. Next, {c}, and [finally|last] {d}.",
        "{a}, then {b}; when that is done, {c} and then {d}",
        "[Follow these four steps|Do these four things]:\n1. {A}\n2. {B}\n3. {C}\n4. {D}.",
        "start with this: {a}. Then {b}, then {c}, then {d}.",
        "{d} at the very end; before that, {a}, then {b}, then {c}",
        "{a}; after that, {b}; then {c}; last of all, {d}",
        "four [steps|things], one after the other: {a}; {b}; {c}; {d}",
    ),
    (
        "{a}, next {b}, next {c}, and to round it off {d}",
        "in sequence: {a} > {b} > {c} > {d}",
        "the order matters: {a}, later {b}, later still {c}, and at long last {d}",
        "{d}, with three things done before it: {a}, then {b}, and then {c}",
    ),
)
_FIVES = Connectors(
    (
        "{a}, {b}, {c}, {d}, and then {e}",
        "first {a}, then {b}, then {c}, then {d}, and finally {e}",
        "{a}; then {b}; then {c}; then {d}; then {e}",
        "step 1: {a}; step 2: {b}; step 3: {c}; step 4: {d}; step 5: {e}",
        "in this order: {a}; {b}; {c}; {d}; {e}",
        "{a}. Then {b}. Next, {c}. After that, {d}. [Finally|At the end], {e}.",
        "(1) {a}; (2) {b}; (3) {c}; (4) {d}; (5) {e}",
        "1. {A}. 2. {B}. 3. {C}. 4. {D}. 5. {E}.",
        "do five things in order: {a}, {b}, {c}, {d}, {e}",
        "{a}, then {b}, then {c}. When that is done, {d} and then {e}.",
        "{a} and then {b}. Next, {c} and then {d}. [Last|Finally], {e}.",
        "[Follow these five steps|Do these five things]:\n1. {A}\n2. {B}\n3. {C}\n4. {D}\n5. {E}.",
        "start with this: {a}. Then {b}, then {c}, then {d}, then {e}.",
        "{a}; after that, {b}; then {c}; then {d}; last of all, {e}",
        "five [steps|things], one after the other: {a}; {b}; {c}; {d}; {e}",
    ),
    (
        "{a}, next {b}, next {c}, next {d}, and to round it off {e}",
        "in sequence: {a} > {b} > {c} > {d} > {e}",
        "the order matters: {a}, later {b}, then {c}, later still {d}, and at long last {e}",
    ),
)
LOOSE = Connectors(
    (
        "{a} and {b}",
        "{a} and also {b}",
        "{a}; {b} [too|as well]",
        "{a}. [Also|In addition], {b}.",
        "two things in any order: {a}; {b}",
        "{a}. {B}.",
        "{a}, and {b} as well",
        "in whatever order you like, {a} and {b}",
        "do both of these: {a}; {b}",
        "{a}; also {b}",
    ),
    (
        "{a}, plus {b}",
        "{a}, and while you are at it {b}",
        "a pair of things, the order is up to you: {a}; {b}",
        "apart from this: {a}, also do this: {b}",
    ),
)
"""For two steps that may run in either order."""

CONNECTORS = {2: _PAIRS, 3: _TRIPLES, 4: _FOURS, 5: _FIVES}
