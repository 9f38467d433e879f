import { describe, expect, it } from 'vitest';
import { classifyProviderError, parseRetryAfter } from './failure.ts';

const headers =
  (values: Readonly<Record<string, string>>) =>
  (name: string): string | undefined =>
    values[name];

describe('classifyProviderError', () => {
  it('quotes the provider where it says what is wrong with the request', () => {
    const failure = classifyProviderError({
      status: 400,
      type: 'invalid_request_error',
      message: 'tools.0: too\n long',
    });
    expect(failure).toEqual({
      kind: 'invalid_request',
      message: 'The provider refused the request (status 400): tools.0: too long',
      retryable: false,
      status: 400,
    });
  });

  it('quotes nothing where a credential may stand', () => {
    const failure = classifyProviderError({ status: 401, message: 'Incorrect API key provided: sk-abc' });
    expect(failure.message).not.toContain('sk-abc');
    expect(failure.kind).toBe('authentication');
  });

  it('bounds what it quotes', () => {
    expect(classifyProviderError({ status: 400, message: 'x'.repeat(10_000) }).message.length).toBeLessThan(400);
  });

  it('lets the provider say whether trying again helps', () => {
    expect(classifyProviderError({ status: 500, shouldRetry: false }).retryable).toBe(false);
    expect(classifyProviderError({ status: 409, shouldRetry: true }).retryable).toBe(true);
  });

  it('knows a request that is too long by its words too', () => {
    const message = 'prompt is too long: 210000 tokens > 200000 maximum';
    expect(classifyProviderError({ status: 400, type: 'invalid_request_error', message }).kind).toBe(
      'context_too_long',
    );
    expect(classifyProviderError({ status: 413 }).kind).toBe('context_too_long');
  });

  it('is not led astray by names of things every object has', () => {
    expect(classifyProviderError({ status: 500, type: 'constructor', code: '__proto__' }).kind).toBe('provider_error');
  });
});

describe('parseRetryAfter', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  it('reads milliseconds, seconds and dates', () => {
    expect(parseRetryAfter(headers({ 'retry-after-ms': '1500', 'retry-after': '9' }), now)).toBe(1_500);
    expect(parseRetryAfter(headers({ 'retry-after': '30' }), now)).toBe(30_000);
    expect(parseRetryAfter(headers({ 'retry-after': 'Thu, 01 Jan 2026 00:00:10 GMT' }), now)).toBe(10_000);
  });

  it('never waits into the past, and ignores what it cannot read', () => {
    expect(parseRetryAfter(headers({ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }), now)).toBe(0);
    expect(parseRetryAfter(headers({ 'retry-after-ms': '-5' }), now)).toBe(0);
    expect(parseRetryAfter(headers({ 'retry-after': 'soon' }), now)).toBeUndefined();
    expect(parseRetryAfter(headers({}), now)).toBeUndefined();
  });
});
