import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Blueprint, BlueprintFile } from '../blueprint.ts';
import { bodyValue, parameterValue, sampleRequest } from './generate/requests.ts';
import type { SampleRequest } from './generate/requests.ts';
import { createApiBlueprint, readOpenApiSpec } from './index.ts';
import type { ApiModel } from './index.ts';
import type { ApiOperation } from './model.ts';
import { successOf } from './plan/forms.ts';
import { createPlan } from './plan/plan.ts';

/**
 * Writes the applications to a folder, runs their own tests under plain Node, checks their types, and calls every
 * operation over HTTP. `OPENAPI_DOCUMENTS=all` takes every public document instead of a few.
 */
const repository = join(import.meta.dirname, '../../../..');
const examples = join(repository, 'node_modules/@readme/oas-examples');
const binaries = join(repository, 'node_modules/.bin');
const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => /\.(json|yaml)$/u.test(name))
    .map((name) => join(folder, name));
const few = ['3.0/json/petstore.json', '3.0/yaml/petstore-expanded.yaml', '3.1/yaml/train-travel.yaml'].map((path) =>
  join(examples, path),
);
const all = ['3.0', '3.1'].flatMap((version) => filesIn(join(examples, version, 'json')));
const documents = [
  ...filesIn(join(import.meta.dirname, 'testing')),
  ...(process.env['OPENAPI_DOCUMENTS'] === 'all' ? all : few),
];
const folder = mkdtempSync(join(tmpdir(), 'openapi-apps-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const write = (target: string, files: readonly BlueprintFile[]): void => {
  for (const file of files) {
    mkdirSync(dirname(join(target, file.path)), { recursive: true });
    writeFileSync(join(target, file.path), file.content);
  }
};

const runTests = (target: string): { readonly passed: number; readonly failed: number; readonly text: string } => {
  const run = spawnSync(join(binaries, 'node'), ['--test', '--test-reporter=tap', 'test/**/*.test.ts'], {
    cwd: target,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  const count = (name: string): number =>
    Number(new RegExp(`^# ${name} (\\d+)`, 'mu').exec(run.stdout)?.[1] ?? Number.NaN);
  return { passed: count('pass'), failed: count('fail'), text: run.stdout };
};

const runtimeTypes = `declare module 'cloudflare:workers' {
  export class DurableObject { ctx: { storage: { sql: import('./src/database.ts').SqlStorageLike } }; fetch?(request: Request): Promise<Response>; }
}
`;

/** The generated project's own settings, with the few types of the runtime that it uses. */
const checkTypes = (target: string): string => {
  writeFileSync(join(target, 'runtime.d.ts'), runtimeTypes);
  const settings = {
    extends: './tsconfig.json',
    compilerOptions: { types: ['node'], typeRoots: [join(repository, 'node_modules/@types')] },
    include: ['runtime.d.ts', 'src/**/*.ts', 'test/**/*.ts'],
  };
  writeFileSync(join(target, 'tsconfig.check.json'), JSON.stringify(settings));
  return spawnSync(join(binaries, 'tsc'), ['-p', 'tsconfig.check.json'], { cwd: target, encoding: 'utf8' }).stdout;
};

const serveScript = `import { createServer } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';

type Answer = (request: Request) => Promise<Response>;

const folder = process.argv[2] ?? '.';
const load = async (path: string): Promise<Record<string, unknown>> =>
  (await import(pathToFileURL(join(folder, path)).href)) as Record<string, unknown>;

const { createApp } = (await load('src/app.ts')) as { createApp: (options: object) => Answer };
const { openTestDatabase } = (await load('test/support/database.ts')) as { openTestDatabase: () => object };
const answer = createApp({ database: openTestDatabase(), clock: { now: () => Date.now() } });

const server = createServer((incoming, outgoing) => {
  const hasBody = incoming.method !== 'GET' && incoming.method !== 'HEAD';
  const request = new Request(\`http://localhost\${incoming.url ?? '/'}\`, {
    method: incoming.method ?? 'GET',
    headers: Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as [string, string]),
    ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' } : {}),
  });
  void answer(request).then(
    async (response) => {
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      outgoing.end(Buffer.from(await response.arrayBuffer()));
    },
    (error: unknown) => {
      outgoing.writeHead(599);
      outgoing.end(String(error));
    },
  );
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(\`\${typeof address === 'object' && address !== null ? address.port : 0}\\n\`);
});
`;

/** Serves the application and calls back with its address. */
const whileServed = async <Result>(target: string, use: (origin: string) => Promise<Result>): Promise<Result> => {
  const script = join(target, 'serve.ts');
  writeFileSync(script, serveScript);
  const child = spawn(join(binaries, 'node'), [script, target], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (data: Buffer) => {
        resolve(data.toString().trim());
      });
      child.once('exit', () => {
        reject(new Error('the application did not start'));
      });
    });
    return await use(`http://127.0.0.1:${port}`);
  } finally {
    child.kill();
  }
};

type Json = Record<string, unknown>;

interface Finding {
  readonly operation: string;
  readonly status: number;
  readonly problem: string;
}

interface BlackBoxReport {
  readonly findings: readonly Finding[];
  readonly calls: number;
  readonly successes: number;
}

/** Calls each operation with a valid request, and those with a JSON body also with an empty object. */
const checkServedApp = async (given: ApiModel, origin: string): Promise<BlackBoxReport> => {
  const { sampler, model } = createPlan(given);
  const findings: Finding[] = [];
  let calls = 0;
  let successes = 0;
  for (const operation of model.operations.filter(canBeFetched)) {
    const path = Object.fromEntries(
      operation.parameters
        .filter((one) => one.in === 'path')
        .map((one) => [one.name, parameterValue(one, sampler) ?? 'value']),
    );
    const body = bodyValue(operation, sampler);
    const valid = sampleRequest(
      operation,
      { path, hasCredentials: true, ...(body === undefined ? {} : { body }) },
      sampler,
    );
    const empty =
      operation.body === undefined
        ? undefined
        : sampleRequest(operation, { path, hasCredentials: true, body: {} }, sampler);
    for (const request of [valid, empty]) {
      if (request !== undefined) {
        const response = await send(origin, request);
        calls += 1;
        if (response.status === successOf(operation).status) successes += 1;
        const problem = await problemOf(model, operation, response);
        if (problem !== undefined) {
          findings.push({ operation: `${operation.method} ${operation.path}`, status: response.status, problem });
        }
      }
    }
  }
  return { findings, calls, successes };
};

/** `fetch` knows no TRACE, and takes 407 for a matter between itself and a proxy. */
const canBeFetched = (operation: ApiOperation): boolean =>
  operation.method !== 'trace' && !operation.responses.some(({ status }) => status === '407');

const send = (origin: string, request: SampleRequest): Promise<Response> => {
  const headers: Record<string, string> = { ...request.headers };
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  let body: BodyInit | undefined = request.text;
  if (request.json !== undefined) {
    body = JSON.stringify(request.json);
    headers['content-type'] ??= 'application/json';
  } else if (request.form !== undefined) {
    const isMultipart = headers['content-type'] === 'multipart/form-data';
    const form = isMultipart ? new FormData() : new URLSearchParams();
    for (const [name, value] of request.form) form.append(name, value);
    delete headers['content-type'];
    body = form;
  }
  return fetch(origin + request.path, {
    method: request.method,
    headers,
    redirect: 'manual',
    ...(body === undefined || !hasBody ? {} : { body }),
  });
};

/** What is wrong with an answer: an undeclared status, or a body that its schema does not allow. */
const problemOf = async (model: ApiModel, operation: ApiOperation, response: Response): Promise<string | undefined> => {
  const { status } = response;
  const text = await response.text();
  if (status >= 500 && !operation.responses.some((one) => one.status === String(status)))
    return `a failure: ${text.slice(0, 300)}`;
  const declared =
    operation.responses.find((one) => one.status === String(status)) ??
    operation.responses.find((one) => one.status === `${String(status).charAt(0)}XX`) ??
    operation.responses.find((one) => one.status === 'default');
  const contentType = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  if (declared === undefined) {
    const isSilent = successOf(operation).response === undefined && status < 300;
    return isSilent || contentType === 'application/problem+json' ? undefined : `undeclared: ${text.slice(0, 200)}`;
  }
  if (contentType === 'application/problem+json' && !declared.contents.some((one) => one.mediaType === contentType)) {
    return declared.contents.length === 0 || declared === successOf(operation).response
      ? undefined
      : 'not in the declared shape';
  }
  const content = declared.contents.find((one) => one.mediaType === contentType);
  if (content === undefined || !contentType.endsWith('json') || operation.method === 'head') return undefined;
  return invalidReason(model, content.schema, JSON.parse(text));
};

const keyOf = (reference: string): string => encodeURIComponent(reference).replaceAll(/[%~]/g, '_');

const withLocalReferences = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withLocalReferences);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Json)
      .filter(([name]) => name !== 'examples' && name !== 'discriminator' && name !== 'default')
      .map(([name, part]) => [
        name,
        name === '$ref' && typeof part === 'string' ? `#/$defs/${keyOf(part)}` : withLocalReferences(part),
      ]),
  );
};

const invalidReason = (model: ApiModel, schema: unknown, value: unknown): string | undefined => {
  const definitions = Object.fromEntries(
    model.schemas.map((named) => [keyOf(named.reference), withLocalReferences(named.schema)]),
  );
  let parser: z.ZodType;
  try {
    parser = z.fromJSONSchema({ ...(withLocalReferences(schema) as Json), $defs: definitions } as never);
  } catch (error) {
    // Some keywords are unknown to this validator; the application's own tests cover them.
    return error instanceof Error && /not supported|cannot be/i.test(error.message) ? undefined : String(error);
  }
  const result = parser.safeParse(value);
  return result.success
    ? undefined
    : `${JSON.stringify(result.error.issues).slice(0, 400)} in ${JSON.stringify(value).slice(0, 300)}`;
};

const modelOf = (path: string): ApiModel | undefined => {
  const result = readOpenApiSpec(readFileSync(path, 'utf8'));
  return result.ok ? result.value : undefined;
};

/** The items that an item builds on, itself included. */
const closure = (blueprint: Blueprint, key: string): ReadonlySet<string> => {
  const found = new Set([key]);
  for (const one of found)
    for (const other of blueprint.items.find((item) => item.key === one)?.dependsOn ?? []) found.add(other);
  return found;
};

describe('generated applications', () => {
  it.each(documents.map((path) => [basename(path), path]))(
    '%s: own tests pass, types hold, every operation answers as declared',
    async (name, path) => {
      const model = modelOf(path);
      if (model === undefined) {
        expect(name).toMatch(/webhooks/u);
        return;
      }
      const target = join(folder, path.split('/').slice(-3).join('-').replaceAll('.', '-'));
      write(target, createApiBlueprint(model).files);
      const tests = runTests(target);
      expect(tests.failed, tests.text.slice(0, 5_000)).toBe(0);
      expect(tests.passed).toBeGreaterThan(20);
      expect(checkTypes(target)).toBe('');
      const report = await whileServed(target, (origin) => checkServedApp(model, origin));
      expect(report.findings).toEqual([]);
      expect(report.calls).toBeGreaterThan(0);
    },
    60_000,
  );

  it('has items whose tests pass with what they depend on alone', () => {
    const model = modelOf(join(import.meta.dirname, 'testing/todo.yaml'));
    const blueprint = model === undefined ? undefined : createApiBlueprint(model);
    const keys =
      blueprint?.items.map((item) => item.key).filter((key) => key !== 'design' && key !== 'acceptance') ?? [];
    expect(keys).toEqual(['foundation', 'operations-todos', 'operations-stats', 'application']);
    for (const key of keys) {
      const present = closure(blueprint!, key);
      const target = join(folder, `alone-${key}`);
      write(
        target,
        blueprint!.files.filter((file) => present.has(file.item)),
      );
      const tests = runTests(target);
      expect(tests.failed, tests.text.slice(0, 5_000)).toBe(0);
      expect(tests.passed, key).toBeGreaterThan(10);
    }
  }, 60_000);

  it('keep what they are given', async () => {
    const model = modelOf(join(import.meta.dirname, 'testing/todo.yaml'));
    const target = join(folder, 'todo');
    write(target, createApiBlueprint(model!).files);
    await whileServed(target, async (origin) => {
      const call = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> => {
        const response = await fetch(origin + path, {
          method,
          ...(body === undefined
            ? {}
            : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        });
        const text = await response.text();
        return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Json) };
      };
      const created = await call('POST', '/api/v1/todos', { title: 'Buy milk', priority: 'high', id: 99 });
      expect(created).toMatchObject({
        status: 201,
        body: { id: 1, title: 'Buy milk', completed: false, priority: 'high' },
      });
      await call('POST', '/todos', { title: 'Sleep' });
      expect((await call('GET', '/todos?priority=high')).body).toMatchObject({
        total: 1,
        limit: 20,
        offset: 0,
        items: [{ id: 1 }],
      });
      expect((await call('GET', '/todos?limit=1&offset=1')).body).toMatchObject({
        total: 2,
        items: [{ title: 'Sleep' }],
      });
      expect((await call('POST', '/todos/1/complete')).body).toMatchObject({ id: 1, completed: true });
      expect((await call('PATCH', '/todos/1', { title: 'Buy oat milk' })).body).toMatchObject({
        title: 'Buy oat milk',
        completed: true,
      });
      expect((await call('PUT', '/todos/1', { title: 'Buy bread' })).body).toMatchObject({
        title: 'Buy bread',
        completed: false,
      });
      expect((await call('GET', '/stats')).body).toEqual({ totalTodos: 2 });
      expect(await call('POST', '/todos', { title: '' })).toMatchObject({
        status: 422,
        body: { error: { message: expect.stringContaining('title') as unknown } },
      });
      expect((await call('GET', '/todos/1?x=1')).status).toBe(200);
      expect((await call('DELETE', '/todos/1')).status).toBe(204);
      expect(await call('GET', '/todos/1')).toMatchObject({
        status: 404,
        body: { error: { message: 'There is no todo 1.' } },
      });
      expect((await call('GET', '/openapi.json')).body).toMatchObject({ openapi: '3.0.3', servers: [{ url: '/' }] });
      expect((await call('PUT', '/stats')).status).toBe(405);
    });
  });
});
