"""What a snippet imports from its own project is not there: stubs stand in, and hide no fault."""

import pytest

from web4.typescript.toolchain import Toolchain

# Each uses what the real type may have and `any` lacks.
_USES = {
    "a generic base, its override, untyped callbacks": """
import { create, Base } from './base';

export class Made extends Base<string> {
  override run(): void {
    create<string>((one, { two }, ...rest) => [one, two, rest]);
  }
}
""",
    "a bound and the key of a record": """
import type { Entity, Kind } from '../layer1/Entity';

export function idOf<T extends Entity>(item: T, names: Record<Kind, string>): string {
  const id: T['id'] = item.id;
  return names[item.kind] + id;
}
""",
    "an exhaustive switch that returns": """
import { Kind } from '../layer1/Kind';

export function nameOf(kind: Kind): string {
  switch (kind) {
    case Kind.A:
      return 'a';
  }
}
""",
    "an exhaustive switch that assigns": """
import { Kind } from '../layer1/Kind';

export function nameOf(kind: Kind): string {
  let name: string;
  switch (kind) {
    case Kind.A:
      name = 'a';
  }
  return name;
}
""",
    "never, and a type inside a namespace": """
import type { Kind } from '../layer1/Kind';

export function nameOf(kind: Kind): Kind.Name {
  switch (kind) {
    case 'a':
      return kind;
    default: {
      const never: never = kind;
      throw new Error(never);
    }
  }
}
""",
    "whole modules": """
import * as shapes from './shapes';
import main from './main';

export const shape: shapes.Shape = shapes.make(main);
export const load = async (): Promise<unknown> => {
  const { other } = await import('./other');
  return other;
};
""",
    "exports of others and an object with methods": """
import type { Handlers } from './Handlers';
export { Thing } from './Thing';
export * from './all';

export const handlers: Handlers = {
  run(one) {
    return one;
  },
};
""",
    "vitest": """
import { describe, expect, it, vi } from 'vitest';
import { add } from '../add';

describe('add', () => {
  it('adds', async () => {
    const called = vi.fn();
    called(add(1, 2));
    expect(called).toHaveBeenCalledWith(3);
    await expect(Promise.resolve(1)).resolves.toBe(1);
  });
});
""",
}

_ITEM = "import type { Item } from './Item';\n\n"
_FAULTS = {
    "TS2322": f"""{_ITEM}export const nameOf = (item: Item): number => {{
  const name: string = item.name;
  return name;
}};
""",
    # the key is no stub here
    "TS2532": f"""{_ITEM}export const first = (items: Item[], names: string[]): number =>
  names[items.length].length;
""",
    "TS7006": f"{_ITEM}export const same = (item: Item, other): Item => [item, other];\n",
    "TS2339": "import { expect } from 'vitest';\n\nexpect(1).toBeGood();\n",
    "TS2307": "import { map } from 'lodash';\n\nexport const all = map;\n",
    "TS2366": f"""{_ITEM}export const size = (item: Item, long: boolean): number => {{
  if (long) return item.size;
}};
""",
}


@pytest.mark.parametrize("name", _USES)
def test_what_a_snippet_imports_is_no_fault_of_it(tools: Toolchain, name: str) -> None:
    (report,) = tools.check([_USES[name].lstrip()])
    assert report.ok, report


@pytest.mark.parametrize("fault", _FAULTS)
def test_stubs_hide_no_fault(tools: Toolchain, fault: str) -> None:
    (report,) = tools.check([_FAULTS[fault]], ["tsc"])
    assert [problem.rule for problem in report.problems] == [fault]
