import { describe, expect, it } from 'vitest';
import { ok } from '../../errors/result.ts';
import type { BrowserAnswer } from '../../ports/app-browser.ts';
import type { DriveReport } from '../../rpc/sandbox.ts';
import { driveApp } from './app-tool.ts';
import type { OpenContext } from './tool.ts';

const report = (parts: Partial<DriveReport> = {}): DriveReport => ({
  taken: ['200 /'],
  page: '200 / "Notes"',
  notes: ['2 scripts of / were not run'],
  ...parts,
});

const call = async (answer: BrowserAnswer, asked: object = {}, more: object = {}) => {
  const calls: string[] = [];
  const parts = {
    app: 'w/app-host/p',
    browser: {
      drive: async (request: object) => {
        calls.push(`browser ${JSON.stringify(request)}`);
        return answer;
      },
    },
    sandbox: {
      reset: async (_app: string, slot: string) => {
        calls.push(`empty ${slot}`);
        return ok(null);
      },
      driveApp: async () => {
        calls.push('http');
        return ok(report());
      },
    },
    ...more,
  };
  const input = JSON.stringify({ steps: [{ action: 'visit', path: '/' }], ...asked });
  // SAFETY: the tool reaches nothing else of its context.
  const result = await driveApp.runOpen?.(input, parts as unknown as OpenContext);
  return { result, calls };
};

describe('drive_app', () => {
  it('is driven by the browser where one answers', async () => {
    const failed = { step: 2, action: 'click', reason: 'there is no button' };
    const { result, calls } = await call({ status: 'driven', report: report({ notes: [], failed }) });
    expect(result?.content).toBe(
      'drivenBy: browser\n1. visit: 200 /\n2. click FAILED: there is no button\n\n200 / "Notes"',
    );
    expect(result?.isError).toBe(true);
    expect(calls).toEqual(['empty preview', expect.stringContaining('browser')]);
  });

  it('falls back to HTTP and says why, and what was not done', async () => {
    const { result, calls } = await call({
      status: 'unavailable',
      reason: 'there is no browser here',
      mayHaveActed: false,
    });
    expect(result?.content).toContain('drivenBy: http (without a browser: there is no browser here;');
    expect(result?.content).toContain('- 2 scripts of / were not run');
    expect(result?.isError).toBe(false);
    expect(calls.filter((each) => each.startsWith('empty'))).toHaveLength(1);
  });

  it('empties the data once more after a browser that may have acted', async () => {
    const { calls } = await call({ status: 'unavailable', reason: 'it ended', mayHaveActed: true });
    expect(calls.map((each) => each.split(' ')[0])).toEqual(['empty', 'browser', 'empty', 'http']);
  });

  it('makes a picture for persons, and none for models', async () => {
    const driven = { status: 'driven', report: report({ screenshot: 'data:image/jpeg;base64,AAAA' }) } as const;
    const person = await call(driven, { screenshot: true });
    expect(person.result?.content).toContain('data:image/jpeg;base64,AAAA');
    expect(person.calls.join()).toContain('"screenshot":true');
    const model = await call(driven, { screenshot: true }, { ownRun: {} });
    expect(model.calls.join()).not.toContain('screenshot');
  });
});
