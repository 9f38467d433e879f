/**
 * Compares `docs/openapi.json` with the document that the gateway's routes make; with `--write` it writes it.
 * Exit code 1 when they differ. The layout of the file is the formatter's affair, so contents are compared.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createApi, openApiDocument } from '../workers/gateway/api.ts';

const root = join(import.meta.dirname, '..');
const path = join(root, 'docs', 'openapi.json');

const layOut = (document: unknown): string => JSON.stringify(document, null, 2);

const readPresent = async (): Promise<string> => {
  try {
    return layOut(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (error instanceof SyntaxError) return '';
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
};

/** The first line that differs, for the message. */
const firstDifference = (present: string, wanted: string): string => {
  const presentLines = present.split('\n');
  const index = wanted.split('\n').findIndex((line, position) => line !== presentLines[position]);
  return presentLines[index]?.trim() ?? 'the file is missing or shorter';
};

const write = async (wanted: string): Promise<void> => {
  await writeFile(path, `${wanted}\n`);
  await promisify(execFile)(process.execPath, [join(root, 'node_modules', 'oxfmt', 'bin', 'oxfmt'), path]);
  console.log('docs/openapi.json written');
};

const wanted = layOut(openApiDocument(createApi()));
if (process.argv.includes('--write')) await write(wanted);
else {
  const present = await readPresent();
  if (present === wanted) console.log('docs/openapi.json is up to date');
  else {
    console.error(`docs/openapi.json is not what the routes say: ${firstDifference(present, wanted)}`);
    console.error('Run: node scripts/check-openapi.ts --write');
    process.exitCode = 1;
  }
}
