/** Generates applications, runs their own tests and type checks, breaks them to see the tests fail, and uses them. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { AppModel } from '../app-model.ts';
import type { Blueprint, BlueprintFile } from '../blueprint.ts';
import { awkward } from './fixtures/awkward.ts';
import { bookshelf } from './fixtures/bookshelf.ts';
import { fieldNotes } from './fixtures/field-notes.ts';
import { everyField } from './fixtures/every-field.ts';
import { keptNotes, keptOrders } from './fixtures/kept.ts';
import { issueTracker } from './fixtures/issue-tracker.ts';
import { orders } from './fixtures/orders.ts';
import { roomBooking } from './fixtures/room-booking.ts';
import { createBlueprint } from './index.ts';

const modules = resolve(import.meta.dirname, '../../../../node_modules');
const node = join(modules, '.bin/node');
const scratch = mkdtempSync(join(tmpdir(), 'generated-'));

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

const models: Readonly<Record<string, AppModel>> = {
  bookshelf,
  issueTracker,
  orders,
  roomBooking,
  everyField,
  awkward,
  fieldNotes,
  keptOrders,
  keptNotes,
};

const write = (name: string, files: readonly Pick<BlueprintFile, 'path' | 'content'>[]): string => {
  const folder = join(scratch, name);
  rmSync(folder, { recursive: true, force: true });
  for (const { path, content } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
};

interface Run {
  readonly passed: number;
  readonly failed: number;
  readonly output: string;
}

/** Runs test files in one process, which is fast enough to do it many times. */
const runTests = (folder: string, ...paths: readonly string[]): Run => {
  const { stdout, stderr } = spawnSync(node, ['--test', '--test-isolation=none', '--test-reporter=tap', ...paths], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const figure = (name: string): number => Number(new RegExp(`^# ${name} (\\d+)$`, 'mu').exec(stdout)?.[1] ?? -1);
  const failures = stdout.split('\n').filter((line) => /^\s*(?:not ok|error:)/u.test(line));
  return { passed: figure('pass'), failed: figure('fail'), output: [...failures, stderr].join('\n') };
};

/** So many files that the start of a process does not count, and so few that their shared hooks do not either. */
const filesInProcess = 8;

/** Runs all test files; in groups, because in one process the hooks of each file run for the tests of every other. */
const runAllTests = (folder: string, files: readonly Pick<BlueprintFile, 'path'>[]): Run => {
  const paths = files.map(({ path }) => path).filter((path) => path.endsWith('.test.ts'));
  const groups = Array.from({ length: Math.ceil(paths.length / filesInProcess) }, (_, index) =>
    paths.slice(index * filesInProcess, (index + 1) * filesInProcess),
  );
  const runs = groups.map((group) => runTests(folder, ...group));
  return {
    passed: runs.reduce((sum, { passed }) => sum + passed, 0),
    failed: runs.reduce((sum, { failed }) => sum + failed, 0),
    output: runs.map(({ output }) => output).join(''),
  };
};

const workersDeclaration = `declare module 'cloudflare:workers' {
  export abstract class DurableObject<Environment = unknown> {
    protected ctx: { storage: { sql: { exec(sql: string, ...values: unknown[]): { toArray(): Record<string, string | number | null>[] } } } };
    protected env: Environment;
    constructor(ctx: unknown, env: Environment);
    fetch?(request: Request): Response | Promise<Response>;
  }
}
`;

const checkTypes = (folder: string): string => {
  const config = JSON.parse(readFileSync(join(folder, 'tsconfig.json'), 'utf8')) as {
    compilerOptions: Record<string, unknown>;
    include: string[];
  };
  Object.assign(config.compilerOptions, {
    lib: ['ES2024', 'DOM', 'DOM.Iterable'],
    types: ['node'],
    typeRoots: [join(modules, '@types')],
  });
  config.include.push('workers.d.ts');
  writeFileSync(join(folder, 'workers.d.ts'), workersDeclaration);
  writeFileSync(join(folder, 'tsconfig.check.json'), JSON.stringify(config));
  return spawnSync(join(modules, '.bin/tsc'), ['-p', 'tsconfig.check.json'], { cwd: folder, encoding: 'utf8' }).stdout;
};

/** The items whose work an item stands on, itself included. */
const closure = (blueprint: Blueprint, key: string, found = new Set<string>()): ReadonlySet<string> => {
  if (!found.has(key)) {
    found.add(key);
    for (const other of blueprint.items.find((item) => item.key === key)?.dependsOn ?? [])
      closure(blueprint, other, found);
  }
  return found;
};

describe.each(Object.entries(models))('the application made from %s', (name, model) => {
  const blueprint = createBlueprint(model);

  it('passes its own tests', { timeout: 120_000 }, () => {
    const run = runAllTests(write(name, blueprint.files), blueprint.files);
    expect(run.output).toBe('');
    expect(run.failed).toBe(0);
    expect(run.passed).toBeGreaterThan(250);
  });

  it('is free of type errors', { timeout: 120_000 }, () => {
    expect(checkTypes(write(`${name}-types`, blueprint.files))).toBe('');
  });

  it('is formatted', { timeout: 60_000 }, () => {
    const folder = write(`${name}-format`, blueprint.files);
    writeFileSync(
      join(folder, '.oxfmtrc.json'),
      JSON.stringify({ singleQuote: true, printWidth: 120, trailingComma: 'all' }),
    );
    const { stdout } = spawnSync(join(modules, '.bin/oxfmt'), ['--list-different', '.'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout.split('\n').filter((line) => line !== '' && line !== '.oxfmtrc.json')).toEqual([]);
  });

  it('is the same each time', () => {
    expect(createBlueprint(model)).toEqual(blueprint);
  });

  it('has items that own their paths, and files that belong to their items', () => {
    const keys = blueprint.items.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { dependsOn } of blueprint.items) for (const key of dependsOn) expect(keys).toContain(key);
    const paths = blueprint.items.flatMap((item) => item.paths.map((path) => ({ path, item: item.key })));
    for (const file of blueprint.files) {
      const owners = paths.filter(
        ({ path }) => path === file.path || (path.endsWith('/') && file.path.startsWith(path)),
      );
      expect(
        owners.map(({ item }) => item),
        file.path,
      ).toEqual([file.item]);
    }
    for (const item of blueprint.items) expect(item.acceptanceCriteria.length, item.key).toBeGreaterThan(0);
    expect(blueprint.files.map(({ path }) => path)).toContain(blueprint.entry);
  });
});

describe.each(Object.entries({ orders, keptNotes }))('each item of %s', (name, model) => {
  const blueprint = createBlueprint(model);

  it.each(blueprint.items.filter(({ key }) => key !== 'design'))(
    '$key stands on what it depends on alone',
    { timeout: 60_000 },
    ({ key }) => {
      const items = closure(blueprint, key);
      const files = blueprint.files.filter(({ item }) => items.has(item));
      const folder = write(`${name}-item`, [...files, { path: 'package.json', content: '{"type":"module"}' }]);
      const own = files.filter((file) => file.kind === 'test' && file.item === key && file.path.endsWith('.test.ts'));
      for (const { path } of own) {
        const run = runTests(folder, path);
        expect(run.output, path).toBe('');
        expect(run.passed, path).toBeGreaterThan(0);
      }
    },
  );
});

const mutations: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/ === /u, ' !== '],
  [/ !== /u, ' === '],
  [/ <= /u, ' > '],
  [/ >= /u, ' < '],
  [/ < (?=\w)/u, ' >= '],
  [/ > (?=\w)/u, ' <= '],
  [/ && /u, ' || '],
  [/ - (?=\w)/u, ' + '],
  [/ \+ (?=\w)/u, ' - '],
];

/** Every file that one changed operator makes of this one. */
const mutate = (content: string): readonly string[] =>
  content.split('\n').flatMap((line, index, lines) => {
    if (/^\s*(?:\*|\/|import|export|type|return async)/u.test(line)) return [];
    return mutations
      .filter(([pattern]) => pattern.test(line))
      .map(([pattern, replacement]) => lines.with(index, line.replace(pattern, replacement)).join('\n'));
  });

describe.each(Object.entries({ orders, roomBooking }))('the tests of %s', (name, model) => {
  const blueprint = createBlueprint(model);
  const rules = blueprint.files.filter(({ path }) => path.endsWith('/rules.ts'));

  it.each(rules.map(({ path }) => path))('notice a changed operator in %s', { timeout: 240_000 }, (path) => {
    const folder = write(`${name}-mutants`, blueprint.files);
    const original = blueprint.files.find((file) => file.path === path)?.content ?? '';
    const plural = path.split('/')[2] ?? '';
    const survivors = mutate(original).filter((mutant) => {
      writeFileSync(join(folder, path), mutant);
      const run = runTests(folder, `test/resources/${plural}-rules.test.ts`);
      return run.failed === 0 && run.passed > 0;
    });
    const changes = survivors.map((mutant) =>
      mutant.split('\n').find((line, index) => line !== original.split('\n')[index]),
    );
    expect(changes).toEqual([]);
  });

  it('notice a field that takes too much', { timeout: 60_000 }, () => {
    const file = blueprint.files.find(
      ({ path, content }) => path.startsWith('src/model/') && /minimum: \d+/u.test(content),
    );
    if (!file) throw new Error('No field has a minimum.');
    const broken = { ...file, content: file.content.replace(/minimum: \d+/u, 'minimum: -7') };
    const folder = write(`${name}-mutants`, [...blueprint.files, broken]);
    expect(runTests(folder, 'test/model/*.test.ts').failed).toBeGreaterThan(0);
  });
});

/** What `src/worker.ts` wires on the platform, with services in memory. */
const serverOf = ({ files }: Blueprint): string => {
  const has = (path: string): boolean => files.some((file) => file.path === path);
  const [isGated, isCounted, isKept] = [
    has('src/access/gate.ts'),
    has('src/access/usage.ts'),
    has('src/records/desk.ts'),
  ];
  return `import { createServer } from 'node:http';
import { createApp } from './src/app.ts';
import { openTestDatabase } from './test/support/database.ts';
${isGated ? "import { createGate } from './src/access/gate.ts';\nimport { createFakeAuth } from './test/access/fake-services.ts';" : ''}
${isCounted ? "import { countUsage } from './src/access/usage.ts';\nimport { createFakeAnalytics } from './test/access/fake-services.ts';\nconst analytics = createFakeAnalytics();" : ''}
${isKept ? "import { openDesk } from './src/records/desk.ts';\nimport { collections, offers } from './src/records/collections.ts';\nimport { createFakeData } from './test/records/fake-data.ts';" : ''}
const clock = { now: () => Date.now() };
const database = openTestDatabase();
${isKept ? 'const desk = openDesk({ data: createFakeData(), database, clock, collections, offers });' : 'const desk = { database, around: (application) => application };'}
const answerFor = (owner) => {
  const kept = desk.around(createApp({ database: desk.database, clock, ...(owner && { owner }) }), owner);
  return ${isCounted ? 'countUsage(analytics, clock, owner, kept)' : 'kept'};
};
const answer = ${isGated ? 'createGate({ auth: createFakeAuth(), clock, answerFor: (account) => answerFor(account?.accountId) })' : 'answerFor(undefined)'};
createServer(async (incoming, outgoing) => {
  const body = incoming.method === 'GET' || incoming.method === 'HEAD' ? undefined : await new Response(incoming).arrayBuffer();
  const response = await answer(new Request('http://localhost' + incoming.url, { method: incoming.method, headers: incoming.headers, body }));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });
`;
};

/** Starts a generated application over HTTP, hands its address over, and stops it. */
const withServer = async (
  name: string,
  blueprint: Blueprint,
  use: (origin: string) => Promise<void>,
): Promise<void> => {
  const folder = write(`${name}-server`, [...blueprint.files, { path: 'server.ts', content: serverOf(blueprint) }]);
  const child = spawn(node, ['server.ts'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const port = await new Promise<string>((settle, fail) => {
      child.stdout.once('data', (data: Buffer) => settle(data.toString().trim()));
      child.once('exit', () => fail(new Error('The server ended.')));
    });
    await use(`http://127.0.0.1:${port}`);
  } finally {
    child.kill();
  }
};

const runChecks = async (origin: string, blueprint: Blueprint): Promise<void> => {
  const captured = new Map<string, string>();
  const fill = (text: string): string =>
    text.replaceAll(/\{(?<name>\w+)\}/gu, (whole, key: string) => captured.get(key) ?? whole);
  for (const check of blueprint.acceptanceChecks) {
    const response = await fetch(`${origin}${fill(check.path)}`, {
      method: check.method,
      headers: {
        ...(check.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...Object.fromEntries(Object.entries(check.headers ?? {}).map(([name, value]) => [name, fill(value)])),
      },
      ...(check.body === undefined ? {} : { body: fill(check.body) }),
    });
    const text = await response.text();
    const what = `${check.criterion}: ${check.method} ${check.path} ${fill(check.body ?? '')} ${text}`;
    expect(response.status, what).toBe(check.expectStatus);
    if (check.expectContains !== undefined) expect(text, what).toContain(check.expectContains);
    for (const [key, path] of Object.entries(check.capture ?? {})) {
      captured.set(key, String((JSON.parse(text) as Record<string, unknown>)[path]));
    }
  }
};

describe.each(Object.entries(models))('the running application of %s', (name, model) => {
  const blueprint = createBlueprint(model);

  it('meets its acceptance checks, and again when they are run once more', { timeout: 60_000 }, async () => {
    expect(blueprint.acceptanceChecks.length).toBeGreaterThan(20);
    await withServer(name, blueprint, async (origin) => {
      await runChecks(origin, blueprint);
      await runChecks(origin, blueprint);
    });
  });
});

describe('the running bookshelf', () => {
  it('serves a person with pages and a program with JSON', { timeout: 60_000 }, async () => {
    await withServer('person', createBlueprint(bookshelf), async (origin) => {
      const form = (fields: Record<string, string>): RequestInit => ({
        method: 'POST',
        body: new URLSearchParams(fields),
        redirect: 'manual',
      });
      const created = await fetch(`${origin}/pages/authors`, form({ name: '<b>Ann</b>' }));
      expect(created.status).toBe(303);
      const page = await (
        await fetch(`${origin}/pages/authors`, { headers: { 'x-forwarded-prefix': '/apps/x' } })
      ).text();
      expect(page).toContain('&lt;b&gt;Ann&lt;/b&gt;');
      expect(page).not.toContain('<b>Ann');
      expect(page).toContain('<base href="/apps/x/"');
      const authors = (await (await fetch(`${origin}/authors`)).json()) as { items: { id: string }[]; total: number };
      expect(authors.total).toBe(1);
      const refused = await fetch(
        `${origin}/pages/books`,
        form({ title: 'A', isbn: 'wrong', authorId: authors.items[0]?.id ?? '' }),
      );
      expect(refused.status).toBe(422);
      expect(await refused.text()).toContain('must match the pattern');
      const injected = await fetch(`${origin}/books?sort=title;DROP TABLE books&q=' OR 1=1`);
      expect(injected.status).toBe(400);
    });
  });
});
