import { describe, expect, it } from 'vitest';
import type { ModelFailureKind } from '../../ports/model-client.ts';
import { createFailure } from './failure.ts';
import { concludeChain, decideFallback } from './fallback.ts';

describe('decideFallback', () => {
  const helped: Readonly<Record<ModelFailureKind, boolean>> = {
    rate_limited: true,
    overloaded: true,
    provider_error: true,
    timeout: true,
    connection_lost: true,
    malformed_response: true,
    authentication: true,
    invalid_request: false,
    context_too_long: false,
    cancelled: false,
  };

  it.each(Object.entries(helped))('another provider helps against %s: %s', (kind, helps) => {
    // SAFETY: the keys of the table above.
    const failure = createFailure(kind as ModelFailureKind, '');
    expect(decideFallback(failure, { delivered: false, left: 1 })).toBe(helps);
    expect(decideFallback(failure, { delivered: true, left: 1 })).toBe(false);
    expect(decideFallback(failure, { delivered: false, left: 0 })).toBe(false);
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
