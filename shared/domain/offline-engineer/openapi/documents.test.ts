import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createApiBlueprint, readOpenApiSpec } from './index.ts';
import type { Blueprint } from '../blueprint.ts';

const examples = join(import.meta.dirname, '../../../../node_modules/@readme/oas-examples');
const own = join(import.meta.dirname, 'testing');
const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => /\.(json|yaml)$/u.test(name))
    .map((name) => join(folder, name));

const understood = [
  ...['3.0', '3.1'].flatMap((version) => ['json', 'yaml'].flatMap((kind) => filesIn(join(examples, version, kind)))),
  ...filesIn(own),
];
const tooOld = ['json', 'yaml'].flatMap((kind) => filesIn(join(examples, '2.0', kind)));

/** What every blueprint promises to those who build it. */
const faultsOf = (blueprint: Blueprint): readonly string[] => {
  const faults: string[] = [];
  const items = new Map(blueprint.items.map((item) => [item.key, item]));
  if (items.size !== blueprint.items.length) faults.push('two items have one key');
  const paths = blueprint.files.map((file) => file.path.toLowerCase());
  if (new Set(paths).size !== paths.length) faults.push('two files have one path');
  for (const file of blueprint.files) {
    const owns = (path: string): boolean => (path.endsWith('/') ? file.path.startsWith(path) : file.path === path);
    const owners = blueprint.items.filter((item) => item.paths.some(owns)).map((item) => item.key);
    if (owners.join() !== file.item) faults.push(`${file.path} of ${file.item} is owned by ${owners.join()}`);
  }
  for (const item of blueprint.items) {
    for (const other of item.dependsOn) if (!items.has(other)) faults.push(`${item.key} depends on ${other}`);
  }
  if (!blueprint.files.some((file) => file.path === blueprint.entry)) faults.push('the entry is missing');
  return faults;
};

describe('public documents', () => {
  it.each(understood.map((path) => [path.split('/').slice(-3).join('/'), path]))('%s', (name, path) => {
    const result = readOpenApiSpec(readFileSync(path, 'utf8'));
    if (!result.ok) {
      expect(name).toMatch(/webhooks/u);
      expect(result.error[0]?.reason).toMatch(/webhooks/u);
      return;
    }
    const blueprint = createApiBlueprint(result.value);
    expect(faultsOf(blueprint)).toEqual([]);
    expect(blueprint.files.filter((file) => file.kind === 'test').length).toBeGreaterThan(5);
  });

  it.each(tooOld.map((path) => [path.split('/').slice(-3).join('/'), path]))('%s is refused', (_name, path) => {
    const result = readOpenApiSpec(readFileSync(path, 'utf8'));
    expect(result.ok ? [] : result.error).toMatchObject([
      { reason: expect.stringContaining('Swagger 2.0') as unknown },
    ]);
  });

  it('always give the same blueprint', () => {
    const text = readFileSync(join(examples, '3.0/yaml/petstore.yaml'), 'utf8');
    const build = (): Blueprint | undefined => {
      const result = readOpenApiSpec(text);
      return result.ok ? createApiBlueprint(result.value) : undefined;
    };
    expect(build()).toEqual(build());
    expect(build()?.title).toBe('Swagger Petstore');
  });
});
