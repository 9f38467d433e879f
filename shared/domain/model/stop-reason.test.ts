import { describe, expect, it } from 'vitest';
import { toStopReason } from './stop-reason.ts';

describe('toStopReason', () => {
  it('lets the calls that arrived decide between an end and tool calls', () => {
    expect(toStopReason('stop', 1)).toBe('tool_calls');
    expect(toStopReason('tool_use', 0)).toBe('end');
    expect(toStopReason('max_tokens', 1)).toBe('length');
    expect(toStopReason('content_filter', 0)).toBe('refusal');
    expect(toStopReason('something new', 0)).toBe('end');
    expect(toStopReason('constructor', 0)).toBe('end');
  });
});
