// What tests import from vitest, as far as a unit test needs it.
type Awaitable<T> = T | PromiseLike<T>;
type Procedure = (...args: any[]) => any;
type Constructor = abstract new (...args: any[]) => any;
type Body = (context: TestContext) => Awaitable<unknown>;

export interface TestContext {
  readonly task: { readonly name: string };
  expect: ExpectStatic;
  skip(note?: string): never;
}
export interface TestOptions {
  timeout?: number;
  retry?: number;
  repeats?: number;
}
interface Each {
  <T extends readonly any[]>(
    cases: readonly T[],
  ): (name: string, body: (...args: [...T]) => Awaitable<unknown>, timeout?: number) => void;
  <T>(
    cases: readonly T[],
  ): (name: string, body: (item: T) => Awaitable<unknown>, timeout?: number) => void;
}
interface TestCall {
  (name: string | Procedure, body?: Body, options?: number | TestOptions): void;
  (name: string | Procedure, options: TestOptions, body?: Body): void;
}
export interface TestAPI extends TestCall {
  concurrent: TestAPI;
  each: Each;
  fails: TestAPI;
  only: TestAPI;
  skip: TestAPI;
  todo(name: string): void;
  runIf(condition: unknown): TestAPI;
  skipIf(condition: unknown): TestAPI;
}
export declare const describe: TestAPI;
export declare const suite: TestAPI;
export declare const it: TestAPI;
export declare const test: TestAPI;

type Hook = (body: () => Awaitable<unknown>, timeout?: number) => void;
export declare const beforeAll: Hook;
export declare const beforeEach: Hook;
export declare const afterAll: Hook;
export declare const afterEach: Hook;

type Thrown = string | RegExp | Error | Constructor;
interface Matchers<R> {
  toBe(expected: unknown): R;
  toBeCloseTo(expected: number, digits?: number): R;
  toBeDefined(): R;
  toBeFalsy(): R;
  toBeGreaterThan(expected: number | bigint): R;
  toBeGreaterThanOrEqual(expected: number | bigint): R;
  toBeInstanceOf(expected: Constructor): R;
  toBeLessThan(expected: number | bigint): R;
  toBeLessThanOrEqual(expected: number | bigint): R;
  toBeNaN(): R;
  toBeNull(): R;
  toBeOneOf(expected: readonly unknown[]): R;
  toBeTruthy(): R;
  toBeTypeOf(expected: string): R;
  toBeUndefined(): R;
  toContain(expected: unknown): R;
  toContainEqual(expected: unknown): R;
  toEqual(expected: unknown): R;
  toHaveBeenCalled(): R;
  toHaveBeenCalledExactlyOnceWith(...args: unknown[]): R;
  toHaveBeenCalledOnce(): R;
  toHaveBeenCalledTimes(count: number): R;
  toHaveBeenCalledWith(...args: unknown[]): R;
  toHaveBeenLastCalledWith(...args: unknown[]): R;
  toHaveBeenNthCalledWith(call: number, ...args: unknown[]): R;
  toHaveLength(length: number): R;
  toHaveProperty(path: string | readonly (string | number)[], value?: unknown): R;
  toHaveReturnedWith(value: unknown): R;
  toMatch(expected: string | RegExp): R;
  toMatchInlineSnapshot(snapshot?: string): R;
  toMatchObject(expected: object): R;
  toMatchSnapshot(hint?: string): R;
  toSatisfy(predicate: (value: any) => boolean): R;
  toStrictEqual(expected: unknown): R;
  toThrow(expected?: Thrown): R;
  toThrowError(expected?: Thrown): R;
}
export interface Assertion extends Matchers<void> {
  not: Assertion;
  rejects: AsyncAssertion;
  resolves: AsyncAssertion;
}
interface AsyncAssertion extends Matchers<Promise<void>> {
  not: AsyncAssertion;
}
export interface ExpectStatic {
  (actual: unknown, message?: string): Assertion;
  any(constructor: unknown): any;
  anything(): any;
  arrayContaining(expected: readonly unknown[]): any;
  assertions(count: number): void;
  closeTo(expected: number, digits?: number): any;
  fail(message?: string): never;
  hasAssertions(): void;
  objectContaining(expected: object): any;
  soft(actual: unknown, message?: string): Assertion;
  stringContaining(expected: string): any;
  stringMatching(expected: string | RegExp): any;
}
export declare const expect: ExpectStatic;

export interface Mock<T extends Procedure = Procedure> {
  (...args: Parameters<T>): ReturnType<T>;
  new (...args: Parameters<T>): any;
  readonly mock: {
    readonly calls: Parameters<T>[];
    readonly lastCall: Parameters<T> | undefined;
    readonly results: { readonly type: 'return' | 'throw' | 'incomplete'; readonly value: any }[];
  };
  getMockName(): string;
  mockClear(): this;
  mockImplementation(body: T): this;
  mockImplementationOnce(body: T): this;
  mockName(name: string): this;
  mockRejectedValue(error: unknown): this;
  mockRejectedValueOnce(error: unknown): this;
  mockReset(): this;
  mockResolvedValue(value: Awaited<ReturnType<T>>): this;
  mockResolvedValueOnce(value: Awaited<ReturnType<T>>): this;
  mockRestore(): void;
  mockReturnThis(): this;
  mockReturnValue(value: ReturnType<T>): this;
  mockReturnValueOnce(value: ReturnType<T>): this;
}
export type MockInstance<T extends Procedure = Procedure> = Mock<T>;
export type Mocked<T> = {
  [K in keyof T]: T[K] extends Procedure ? Mock<T[K]> & T[K] : T[K];
};
export type MockedFunction<T extends Procedure> = Mock<T> & T;
type Method<T, K extends keyof T> = T[K] extends Procedure ? T[K] : never;

export interface VitestUtils {
  advanceTimersByTime(milliseconds: number): this;
  advanceTimersByTimeAsync(milliseconds: number): Promise<this>;
  clearAllMocks(): this;
  fn<T extends Procedure = Procedure>(body?: T): Mock<T>;
  mock(path: string, factory?: (original: () => Promise<any>) => unknown): void;
  mocked<T>(item: T, deep?: boolean): T extends Procedure ? MockedFunction<T> : Mocked<T> & T;
  resetAllMocks(): this;
  resetModules(): this;
  restoreAllMocks(): this;
  runAllTimers(): this;
  runAllTimersAsync(): Promise<this>;
  setSystemTime(time: number | string | Date): this;
  spyOn<T, K extends keyof T>(target: T, method: K, access?: 'get' | 'set'): Mock<Method<T, K>>;
  stubEnv(name: string, value: string | boolean | undefined): this;
  stubGlobal(name: string, value: unknown): this;
  unmock(path: string): void;
  unstubAllEnvs(): this;
  unstubAllGlobals(): this;
  useFakeTimers(config?: object): this;
  useRealTimers(): this;
  waitFor<T>(body: () => Awaitable<T>, options?: number | object): Promise<T>;
}
export declare const vi: VitestUtils;
export declare const vitest: VitestUtils;
