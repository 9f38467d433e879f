import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CheckResult, ToolchainRpc } from '../../rpc/toolchain.ts';
import { guardToolchain } from './guarded-toolchain.ts';

const clean: CheckResult = { diagnostics: [], filesChecked: 1 };

const toolchain = (check: ToolchainRpc['check']): ToolchainRpc => ({
  check,
  build: () => Promise.reject(new Error('is not asked here')),
  cover: () => Promise.reject(new Error('is not asked here')),
  mutate: () => Promise.reject(new Error('is not asked here')),
  signatures: () => Promise.reject(new Error('is not asked here')),
  scan: () => Promise.reject(new Error('is not asked here')),
  sbom: () => Promise.reject(new Error('is not asked here')),
  code: () => Promise.reject(new Error('is not asked here')),
});

describe('guardToolchain', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('waits for a toolchain that is being started again', async () => {
    let calls = 0;
    const guarded = guardToolchain(
      toolchain(async () => {
        calls += 1;
        if (calls < 4) throw new Error('Network connection lost.');
        return clean;
      }),
    );
    const checked = guarded.check({});
    await vi.runAllTimersAsync();
    expect(await checked).toEqual(clean);
    expect(calls).toBe(4);
  });

  it('gives up when it stays away', async () => {
    const guarded = guardToolchain(toolchain(() => Promise.reject(new Error('not found'))));
    const checked = guarded.check({});
    const outcome = expect(checked).rejects.toThrow('not found');
    await vi.runAllTimersAsync();
    await outcome;
  });
});
