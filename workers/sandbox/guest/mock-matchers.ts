/** Matchers on functions that record their calls. */
import { equals } from './equality.ts';
import type { Matcher } from './verdict.ts';
import { plain, short } from './verdict.ts';
import type { MockFunction } from './mock-function.ts';
import { isMockFunction } from './mock-function.ts';
import { asText } from './primordials.ts';

function mockOf(received: unknown): MockFunction {
  if (isMockFunction(received)) return received;
  throw new TypeError('The value is not a mock function: make it with vi.fn() or vi.spyOn()');
}

const called: Matcher = (received) => {
  const count = mockOf(received).mock.calls.length;
  return plain(count > 0, 'to have been called');
};

const calledTimes: Matcher = (received, values) => {
  const count = mockOf(received).mock.calls.length;
  return plain(count === values[0], `to have been called ${asText(values[0])} times, but it was called ${count} times`);
};

const calledWith: Matcher = (received, values) => {
  const calls = mockOf(received).mock.calls;
  const phrase = `to have been called with ${short(values)}, but the calls were ${short(calls)}`;
  return plain(
    calls.some((call) => equals(call, values)),
    phrase,
  );
};

const lastCalledWith: Matcher = (received, values) => {
  const last = mockOf(received).mock.lastCall;
  return plain(equals(last, values), `to have been called last with ${short(values)}, but it was ${short(last)}`);
};

const nthCalledWith: Matcher = (received, values) => {
  const call = mockOf(received).mock.calls[Number(values[0]) - 1];
  const phrase = `to have been called with ${short(values.slice(1))} at call ${asText(values[0])}, but it was ${short(call)}`;
  return plain(equals(call, values.slice(1)), phrase);
};

/** Values of calls that returned, or whose promise was fulfilled. */
function outcomes(
  received: unknown,
  isSettled: boolean,
): readonly { readonly value: unknown; readonly holds: boolean }[] {
  const { results, settledResults } = mockOf(received).mock;
  return isSettled
    ? settledResults.map(({ type, value }) => ({ value, holds: type === 'fulfilled' }))
    : results.map(({ type, value }) => ({ value, holds: type === 'return' }));
}

/** The four matchers on results, for returned or for resolved values. */
function resultMatchers(verb: string, isSettled: boolean): Readonly<Record<string, Matcher>> {
  const all = (received: unknown) => outcomes(received, isSettled);
  const verbText = verb.toLowerCase();
  return {
    [`toHave${verb}`]: (received) =>
      plain(
        all(received).some(({ holds }) => holds),
        `to have ${verbText}`,
      ),
    [`toHave${verb}Times`]: (received, values) => {
      const count = all(received).filter(({ holds }) => holds).length;
      return plain(count === values[0], `to have ${verbText} ${asText(values[0])} times, but it did ${count} times`);
    },
    [`toHave${verb}With`]: (received, values) =>
      plain(
        all(received).some(({ holds, value }) => holds && equals(value, values[0])),
        `to have ${verbText} ${short(values[0])}`,
      ),
    [`toHaveLast${verb}With`]: (received, values) => {
      const last = all(received).at(-1);
      const holds = last?.holds === true && equals(last.value, values[0]);
      return plain(holds, `to have ${verbText} ${short(values[0])} last, but it was ${short(last?.value)}`);
    },
    [`toHaveNth${verb}With`]: (received, values) => {
      const nth = all(received)[Number(values[0]) - 1];
      const holds = nth?.holds === true && equals(nth.value, values[1]);
      return plain(holds, `to have ${verbText} ${short(values[1])} at call ${asText(values[0])}`);
    },
  };
}

const order = (received: unknown): readonly number[] => mockOf(received).mock.invocationCallOrder;

export const mockMatchers: Readonly<Record<string, Matcher>> = {
  toHaveBeenCalled: called,
  toBeCalled: called,
  toHaveBeenCalledOnce: (received) => {
    const count = mockOf(received).mock.calls.length;
    return plain(count === 1, `to have been called once, but it was called ${count} times`);
  },
  toHaveBeenCalledTimes: calledTimes,
  toBeCalledTimes: calledTimes,
  toHaveBeenCalledWith: calledWith,
  toBeCalledWith: calledWith,
  toHaveBeenLastCalledWith: lastCalledWith,
  lastCalledWith,
  toHaveBeenNthCalledWith: nthCalledWith,
  nthCalledWith,
  toHaveBeenCalledExactlyOnceWith: (received, values) => {
    const calls = mockOf(received).mock.calls;
    const holds = calls.length === 1 && equals(calls[0], values);
    return plain(holds, `to have been called exactly once with ${short(values)}, but the calls were ${short(calls)}`);
  },
  toHaveBeenCalledBefore: (received, values) => {
    const [first] = order(received);
    const other = order(values[0])[0];
    return plain(first !== undefined && (other === undefined || first < other), 'to have been called before the other');
  },
  toHaveBeenCalledAfter: (received, values) => {
    const last = order(received).at(-1);
    const other = order(values[0]).at(-1);
    return plain(last !== undefined && other !== undefined && last > other, 'to have been called after the other');
  },
  ...resultMatchers('Returned', false),
  toReturn: (received) =>
    plain(
      outcomes(received, false).some(({ holds }) => holds),
      'to have returned',
    ),
  ...resultMatchers('Resolved', true),
};
