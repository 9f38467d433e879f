/** Every command that a document shows is run here, or in the test that is named beside it. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The commands in `sh` blocks and the ones that begin with npm, npx, git or node between backticks. */
const commandsOf = (markdown: string): readonly string[] => {
  const blocks = [...markdown.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((match) => (match[1] ?? '').split('\n'));
  const inline = [...markdown.matchAll(/`((?:npm|npx|git clone|node) [^`]+)`/g)].map((match) => match[1] ?? '');
  return [...blocks, ...inline].map((line) => line.replace(/\s+#.*$/, '').trim()).filter((line) => line !== '');
};

interface Ended {
  readonly exitCode: number;
  readonly output: string;
}

const runNpm = (args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const environment = { ...process.env, AIDEVOS_URL: inject('url'), AIDEVOS_KEY: inject('apiKey') };
    execFile('npm', [...args], { cwd: root, env: environment, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      resolve({
        exitCode: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1,
        output: stdout + stderr,
      });
    });
  });

let folder = '';
let projectId = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aidevos-documents-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const succeed = async (...args: string[]): Promise<string> => {
  const { exitCode, output } = await runNpm(args);
  expect(exitCode, output).toBe(0);
  return output;
};

/** Run in this order, because the later ones are about the project of the first. */
const runnable: ReadonlyMap<string, () => Promise<void>> = new Map<string, () => Promise<void>>([
  [
    'npm run aidevos -- build examples/bookshelf/spec.md',
    async () => {
      const output = await succeed(
        'run',
        '--silent',
        'aidevos',
        '--',
        'build',
        'examples/bookshelf/spec.md',
        '--json',
        '--wait',
      );
      projectId = /"projectId":"(prj_[a-z0-9]+)"/.exec(output)?.[1] ?? '';
    },
  ],
  [
    'npm run aidevos -- projects list',
    async () => {
      expect(await succeed('run', 'aidevos', '--', 'projects', 'list')).toContain('Bookshelf');
    },
  ],
  [
    'npm run aidevos -- logs <project> --follow',
    async () => {
      expect(await succeed('run', 'aidevos', '--', 'logs', projectId, '--follow')).toContain('completed');
    },
  ],
  [
    'npm run aidevos -- export <project> ./bookshelf',
    async () => {
      await succeed('run', 'aidevos', '--', 'export', projectId, join(folder, 'bookshelf'));
      expect(existsSync(join(folder, 'bookshelf', 'README.md'))).toBe(true);
    },
  ],
  [
    'npm run aidevos -- questions list <project>',
    async () => {
      await succeed('run', 'aidevos', '--', 'questions', 'list', projectId);
    },
  ],
  [
    'npm run aidevos -- effects list <project>',
    async () => {
      await succeed('run', 'aidevos', '--', 'effects', 'list', projectId);
    },
  ],
  [
    'npm run aidevos -- quality criteria <project>',
    async () => {
      expect(await succeed('run', 'aidevos', '--', 'quality', 'criteria', projectId)).toMatch(
        /\d+ of \d+ criteria proven/,
      );
    },
  ],
  [
    'npm run aidevos -- quality verify <project> --slot preview',
    async () => {
      const output = await succeed('run', 'aidevos', '--', 'quality', 'verify', projectId, '--slot', 'preview');
      expect(output).toContain('0 failed');
    },
  ],
  [
    'npm run aidevos -- quality generate <project> --path src/time.ts --out .',
    async () => {
      const options = ['--path', 'src/time.ts', '--limit', '20'];
      expect(await succeed('run', 'aidevos', '--', 'quality', 'generate', projectId, ...options)).toMatch(
        /\d+ candidates/,
      );
    },
  ],
  [
    'npm run aidevos -- tools run <project> generate_tests path=src/time.ts',
    async () => {
      const input = ['generate_tests', 'path=src/time.ts', 'limit=10'];
      expect(await succeed('run', 'aidevos', '--', 'tools', 'run', projectId, ...input)).toMatch(/\d+ candidates/);
    },
  ],
  [
    'npm run aidevos -- quality mutation <project>',
    async () => {
      const output = await succeed('run', 'aidevos', '--', 'quality', 'mutation', projectId, '--limit', '20');
      expect(output).toMatch(/mutation score \d/);
    },
  ],
  [
    'npm run aidevos -- quality measure <project>',
    async () => {
      const kinds = ['documentation', 'api', 'quality', 'size', 'coverage'];
      const output = await succeed('run', 'aidevos', '--', 'quality', 'measure', projectId, ...kinds);
      expect(output).toMatch(/coverage .* % of the changed lines/);
    },
  ],
  [
    'npm run aidevos -- quality lcov <project>',
    async () => {
      expect(await succeed('run', 'aidevos', '--', 'quality', 'lcov', projectId)).toContain('SF:src/');
    },
  ],
  [
    'npm run aidevos -- quality load <project>',
    async () => {
      const output = await succeed('run', 'aidevos', '--', 'quality', 'load', projectId, '--pairs', '1');
      expect(output).toMatch(/usual requests .* 0 % failed/);
    },
  ],
  [
    'npm run aidevos -- usage <project>',
    async () => {
      expect(await succeed('run', 'aidevos', '--', 'usage', projectId)).toContain('offline/engineer');
    },
  ],
  [
    'npm run aidevos -- usage',
    async () => {
      expect(await succeed('run', 'aidevos', '--', 'usage')).toContain('of the API');
    },
  ],
  [
    'npm run aidevos -- models',
    async () => {
      const output = await succeed('run', 'aidevos', '--', 'models');
      expect(output).toMatch(/offline\/engineer .*tools json_schema/);
      expect(output).toMatch(/offline\/embedder .*embeddings/);
    },
  ],
  [
    'npm run aidevos -- models quality',
    async () => {
      expect(await succeed('run', 'aidevos', '--', 'models', 'quality')).toMatch(/offline\/engineer|No model was used/);
    },
  ],
  [
    'npm run aidevos -- models alarms',
    async () => {
      await succeed('run', 'aidevos', '--', 'models', 'alarms');
    },
  ],
  [
    'npm run aidevos -- feedback list',
    async () => {
      await succeed('run', 'aidevos', '--', 'feedback', 'list');
    },
  ],
  [
    'npm run aidevos -- runs list <project>',
    async () => {
      expect(await succeed('run', 'aidevos', '--', 'runs', 'list', projectId)).toContain('run_');
    },
  ],
  [
    'npm run aidevos -- chat --model role/architect --file examples/bookshelf/spec.md',
    async () => {
      const words = ['chat', '--model', 'role/architect', '--file', 'examples/bookshelf/spec.md'];
      expect(await succeed('run', 'aidevos', '--', ...words)).toContain('**Bookshelf**');
    },
  ],
  ...['outline', 'symbols', 'references', 'graph', 'cycles', 'impact', 'metrics', 'dead-exports'].map((name) => {
    const words: Readonly<Record<string, string>> = {
      symbols: ' note',
      references: ' createApp',
      impact: ' src/clock.ts',
    };
    const rest = words[name] ?? '';
    const run = async (): Promise<void> => {
      await succeed('run', 'aidevos', '--', 'code', name, projectId, ...rest.split(' ').filter((word) => word !== ''));
    };
    return [`npm run aidevos -- code ${name} <project>${rest}`, run] as const;
  }),
  [
    'npm run aidevos -- --help',
    async () => {
      expect(await succeed('run', 'aidevos', '--', '--help')).toContain('build');
    },
  ],
  [
    'npm run deploy -- --dry-run',
    async () => {
      expect(await succeed('run', 'deploy', '--', '--dry-run')).toContain('gateway');
    },
  ],
]);

/** Commands that cannot be run from inside this test, and what shows them instead. */
const shownElsewhere: ReadonlyMap<RegExp, string> = new Map([
  [/^npm run demo/, 'test/e2e/command-line.e2e.test.ts'],
  [/^npm (?:start|test)/, 'test/e2e/start-platform.ts starts the platform; this is npm test'],
  [/^(?:ANTHROPIC|OPENAI)_API_KEY=… .*npm start$/, 'test/e2e/real-models.e2e.test.ts'],
  [/^npm run clients$/, 'test/clients, of which npm test leaves out the coding tools'],
  [/^export (?:OPENAI|ANTHROPIC)_(?:BASE_URL|API_KEY)=/, 'test/clients, whose tools are given the same'],
  [/^npm run (?:scan|advisories)/, 'scripts/scan/scan.test.ts'],
  [/^npm run check:code/, 'needs the network; workers/toolchain/code has tests of its own'],
  [/^npm run check:openai/, 'scripts/openai/document.test.ts, with a document of its own'],
  [/^npm run (?:check|format|bench|crash)/, '.ci/run runs check; the others change or measure this machine'],
  [/^(?:OLLAMA|OPENROUTER)_\w+=… .*npm start$/, 'shared/adapters/models/accounts.test.ts'],
  [/^npm run models:update/, 'needs the network; shared/domain/model/registry reads what it wrote'],
  [/^npm run lab/, 'test/e2e/lab.e2e.test.ts'],
  [/^npm run experiment/, 'scripts/experiments/faults/fate.test.ts; the experiment itself takes an hour'],
  [/^npm run simulate/, 'scripts/simulate/simulate.test.ts'],
  [/^git clone http/, 'test/e2e/git.e2e.test.ts'],
  [/^node cli\/bin.mjs code language-server/, 'test/e2e/editor.e2e.test.ts'],
  [/^npm run aidevos -- export <project> notes/, 'test/e2e/command-line.e2e.test.ts, with a folder of its own'],
  [/^npx wrangler|^npm run deploy$/, 'needs an account'],
  [/^AIDEVOS_URL=/, 'test/e2e/command-line.e2e.test.ts, with these variables'],
  [/^node scripts\/check-openapi/, 'npm run check'],
  [/^node scripts\/bootstrap\.mjs scripts\/record-golden/, 'test/golden reads what it wrote'],
  [/^npm run deploy -- --new-key/, 'needs an account'],
  [/^npm run aidevos -- quality bench/, 'test/system/performance.worker.test.ts: needs a project with benchmarks'],
  [/^npm run aidevos -- credentials/, 'test/e2e/credentials.e2e.test.ts'],
  [/^npm run aidevos -- compose/, 'test/e2e/composed-shop.e2e.test.ts'],
  [/^npm run aidevos -- state \w+ service\//, 'test/e2e/composed-shop.e2e.test.ts'],
  [/^npm run aidevos -- objects call/, 'test/e2e/composed-shop.e2e.test.ts'],
  [/^npm run aidevos -- services/, 'test/e2e/services.e2e.test.ts'],
  [/^npm run aidevos -- (?:events|topics)/, 'test/e2e/event-bus.e2e.test.ts'],
]);

const documents = [
  'README.md',
  'AGENTS.md',
  'examples/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

describe('the documents', () => {
  it.each(documents)('show no command that no test runs: %s', (path) => {
    const unknown = commandsOf(read(path)).filter(
      (command) => !runnable.has(command) && ![...shownElsewhere.keys()].some((pattern) => pattern.test(command)),
    );
    expect(unknown).toEqual([]);
  });

  it('link only to what is there', () => {
    const decisions = readdirSync(join(root, 'docs/decisions')).map((name) => `docs/decisions/${name}`);
    for (const path of ['README.md', 'AGENTS.md', 'docs/architecture.md', 'docs/deploy.md', ...decisions]) {
      const base = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
      const links = [...read(path).matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1] ?? '');
      for (const link of links)
        if (!link.includes('://')) expect(existsSync(join(root, base, link)), `${path}: ${link}`).toBe(true);
    }
  });

  for (const [command, run] of runnable) it(command, run);
});
