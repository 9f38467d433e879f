import { env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { generateTests } from '../../shared/adapters/services/test-generation.ts';
import type { SandboxRpc } from '../../shared/rpc/sandbox.ts';
import type { SourceFiles, ToolchainRpc } from '../../shared/rpc/toolchain.ts';
import { valueOf } from './method-cases/world.ts';

// SAFETY: bound by the wrangler.toml of this ring, whose types are not generated.
const services = env as unknown as { readonly TOOLCHAIN: ToolchainRpc; readonly SANDBOX: SandboxRpc };

const parts = { toolchain: services.TOOLCHAIN, sandbox: services.SANDBOX, runId: 'run', host: 'host' };

const files: SourceFiles = {
  'src/money.ts': `export interface Money { readonly amount: number; readonly currency: 'EUR' | 'USD' }

export const formatMoney = ({ amount, currency }: Money): string => \`\${currency} \${amount}\`;

export const parseMoney = (text: string): Money => {
  const [currency, amount] = text.split(' ');
  if (currency !== 'EUR' && currency !== 'USD') throw new RangeError(\`unknown currency \${currency ?? ''}\`);
  return { amount: Number(amount), currency };
};

export const discount = (amount: number, percent: number): number => {
  if (percent < 0 || percent > 100) throw new RangeError('percent');
  return amount > 50 ? amount - (amount * percent) / 100 : amount;
};

export const tidy = (text: string): string => text.trim().toLowerCase();

let count = 0;
export const next = (): number => (count += 1);
export const onClick = (handler: () => void): void => handler();
`,
  'src/money.test.ts': `import { expect, test } from 'vitest';
import { discount } from './money.ts';
test('a discount', () => { expect(discount(100, 10)).toBe(90); });
`,
};

const request = { files, tests: ['src/money.test.ts'], sources: ['src/money.ts'], limit: 80, seed: 1 };

describe('generated tests', () => {
  it('are kept when they pass each time and notice what nothing noticed, and stand in a file that passes', async () => {
    const report = valueOf(await generateTests(parts, request));
    expect(report.functions).toBe(6);
    expect(report.skipped).toEqual([
      { file: 'src/money.ts', name: 'onClick', reason: expect.stringContaining('parameters') },
    ]);
    expect(report.survivedBefore).toBeGreaterThan(5);
    expect(report.noticedNow).toBeGreaterThan(report.survivedBefore * 0.7);
    const [file] = report.files;
    expect(report.files).toHaveLength(1);
    expect(file).toMatchObject({ path: 'test/generated/money.test.ts', kills: report.noticedNow });
    const names = file?.tests.map(({ name }) => name) ?? [];
    expect(names).toContain('parseMoney gives back what formatMoney was given');
    // What depends on what was called before is not written down.
    expect(names.some((name) => name.startsWith('next('))).toBe(false);
    expect(report.refuted.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['discount answers whatever it is given', 'parseMoney answers whatever it is given']),
    );
    const written = { ...files, [file?.path ?? '']: file?.content ?? '' };
    const { diagnostics } = await services.TOOLCHAIN.check(written);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('are refused for code whose own tests fail, and for code that does not build', async () => {
    const failing = {
      ...files,
      'src/money.test.ts': `import { test } from 'vitest'; test('x', () => { throw new Error('no'); });`,
    };
    expect(await generateTests(parts, { ...request, files: failing })).toMatchObject({
      ok: false,
      error: { detail: expect.stringContaining('The suite must pass first') },
    });
    const broken = { ...files, 'src/money.ts': 'export const a = (b: number) => {' };
    expect(await generateTests(parts, { ...request, files: broken })).toMatchObject({ ok: false });
  });
});
