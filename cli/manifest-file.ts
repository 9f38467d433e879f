/** Reads a composition's manifest as the API takes it. What is wrong with the file is told with its name. */
import { readFile } from 'node:fs/promises';
import { usageFailure } from './exit-codes.ts';

/** The platform takes 256 KB; more than this cannot be it and is not sent. */
const maxBytes = 1_024 * 1_024;

const readStandardInput = async (): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of process.stdin) {
    const bytes = Buffer.from(part as Uint8Array);
    size += bytes.length;
    if (size > maxBytes) throw usageFailure(`standard input is longer than ${maxBytes} bytes; that is no manifest.`);
    parts.push(bytes);
  }
  return Buffer.concat(parts);
};

const readPath = async (path: string): Promise<Uint8Array> => {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw usageFailure(`the manifest cannot be read from ${path} (${code}).`);
  }
};

/** `-` reads standard input. */
export const readManifestFile = async (path: string): Promise<string> => {
  const name = path === '-' ? 'standard input' : path;
  const bytes = path === '-' ? await readStandardInput() : await readPath(path);
  if (bytes.length > maxBytes) throw usageFailure(`${name} has ${bytes.length} bytes; a manifest has at most 262144.`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw usageFailure(`${name} is not text in UTF-8; a manifest is YAML or JSON.`);
  }
};
