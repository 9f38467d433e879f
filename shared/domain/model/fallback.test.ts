import { describe, expect, it } from 'vitest';
import type { ModelFailureKind } from '../../ports/model-client.ts';
import { createFailure } from './failure.ts';
import { concludeChain, findNext } from './fallback.ts';

describe('findNext', () => {
  const helped: Readonly<Record<ModelFailureKind, boolean>> = {
    rate_limited: true,
    overloaded: true,
    provider_error: true,
    timeout: true,
    connection_lost: true,
    malformed_response: true,
    authentication: true,
    invalid_request: false,
    context_too_long: true,
    cancelled: false,
  };

  it.each(Object.entries(helped))('another provider helps against %s: %s', (kind, helps) => {
    // SAFETY: the keys of the table above.
    const failure = createFailure(kind as ModelFailureKind, '');
    expect(findNext(failure, [{}, {}], 0)).toBe(helps ? 1 : undefined);
    expect(findNext(failure, [{}, {}], 1)).toBeUndefined();
  });

  it('sends a request that is too long to a larger model only', () => {
    const tooLong = createFailure('context_too_long', '');
    const chain = [{ contextTokens: 100 }, { contextTokens: 100 }, { contextTokens: 50 }, { contextTokens: 101 }];
    expect(findNext(tooLong, chain, 0)).toBe(3);
    expect(findNext(tooLong, chain.slice(0, 3), 0)).toBeUndefined();
    expect(findNext(tooLong, [{ contextTokens: 100 }, {}], 0)).toBe(1);
  });
});

describe('concludeChain', () => {
  const soon = createFailure('overloaded', 'soon', 1_000);
  const later = createFailure('rate_limited', 'later', 30_000);
  const never = createFailure('authentication', 'never');
  const cancelled = createFailure('cancelled', 'cancelled');

  it('says the failure that passes first', () => {
    expect(concludeChain([later, soon, never], false)).toBe(soon);
    expect(concludeChain([later, never], false)).toBe(later);
    expect(concludeChain([never], false)).toBe(never);
    expect(concludeChain([], false)).toBeUndefined();
  });

  it('says a broken answer and a cancellation as they are', () => {
    expect(concludeChain([soon, later], true)).toBe(later);
    expect(concludeChain([soon, cancelled], false)).toBe(cancelled);
  });
});
