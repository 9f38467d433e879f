/**
 * The kept logs of one version, under `test/golden/v<version>`: for each object a file of events and one of journal rows,
 * each row a line of JSON, and `expected.jsonl` with what the code of that version made of them.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectationOf, type Expectation } from './replay.ts';
import type { LoggedEvent, StoredObject } from './state-folder-objects.ts';

export const goldenFolder = join(import.meta.dirname, '..', '..', 'test', 'golden');

export interface GoldenObject extends StoredObject {
  /** The name of its files: `project`, `agent-backend-1`. */
  readonly name: string;
}

interface NamedExpectation extends Expectation {
  readonly name: string;
}

const expectedFile = 'expected.jsonl';

/** Longest text kept; what steps follow each other depends on no text that is longer. */
const maxTextLength = 100;

const shorten = (value: unknown): unknown => {
  if (typeof value === 'string') {
    return value.length <= maxTextLength ? value : `${value.slice(0, maxTextLength).toWellFormed()}…`;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(shorten);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, shorten(entry)]));
};

const lines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const parseLines = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));

const nameOf = ({ kind, events }: StoredObject): string =>
  kind === 'agent' ? `agent-${String(events[0]?.payload['name'])}` : kind;

const shortenJournal = (row: Readonly<Record<string, unknown>>): unknown => ({
  ...row,
  value: typeof row['value'] === 'string' ? JSON.stringify(shorten(JSON.parse(row['value']))) : null,
});

/** Writes the logs of a version, long texts cut; answers the number of bytes. */
export const writeGolden = (folder: string, objects: readonly StoredObject[]): number => {
  mkdirSync(folder, { recursive: true });
  const files: Record<string, string> = {};
  const expected: NamedExpectation[] = [];
  for (const object of objects) {
    const name = nameOf(object);
    // SAFETY: only texts were shortened.
    const events = object.events.map(shorten) as LoggedEvent[];
    files[`${name}.events.jsonl`] = lines(events);
    if (object.journal.length > 0) files[`${name}.journal.jsonl`] = lines(object.journal.map(shortenJournal));
    expected.push({ name, ...expectationOf(object.kind, events) });
  }
  files[expectedFile] = lines(expected);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
};

/** Names of the versions kept: `v1`. */
export const goldenVersions = (): readonly string[] => readdirSync(goldenFolder).filter((name) => /^v\d+$/.test(name));

/** The logs of one version with what is expected of each. */
export const readGolden = (
  version: string,
): readonly { readonly object: GoldenObject; readonly expected: Expectation }[] => {
  const folder = join(goldenFolder, version);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const present = new Set(readdirSync(folder));
  // SAFETY: written by `writeGolden`.
  const expectations = parseLines(read(expectedFile)) as NamedExpectation[];
  return expectations.map(({ name, ...expected }) => {
    // SAFETY: as above.
    const events = parseLines(read(`${name}.events.jsonl`)) as LoggedEvent[];
    const journal = present.has(`${name}.journal.jsonl`)
      ? // SAFETY: as above.
        (parseLines(read(`${name}.journal.jsonl`)) as Record<string, unknown>[])
      : [];
    const kind = name === 'project' || name === 'repository' ? name : 'agent';
    return { object: { name, kind, events, journal }, expected };
  });
};
