/** Reads a specification as the API takes it. What is wrong with the file is told with its name. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { usageFailure } from './exit-codes.ts';

export interface SpecificationFile {
  readonly specification: string;
  /** Absent when the name is not one that the platform takes. */
  readonly fileName?: string;
}

/** The platform takes a million characters; more than this cannot be it and is not read at all. */
const maxBytes = 4 * 1024 * 1024;

const decode = (bytes: Uint8Array, name: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw usageFailure(`${name} is not text in UTF-8; a specification is Markdown, YAML or JSON.`);
  }
};

const readStandardInput = async (): Promise<Uint8Array> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of process.stdin) {
    const bytes = Buffer.from(part as Uint8Array);
    size += bytes.length;
    if (size > maxBytes) throw usageFailure(`standard input is longer than ${maxBytes} bytes.`);
    parts.push(bytes);
  }
  return Buffer.concat(parts);
};

const readBytes = async (path: string): Promise<Uint8Array> => {
  let size: number;
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw usageFailure(`${path} is a folder; give the specification's file.`);
    size = found.size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw usageFailure(`there is no file ${path}.`);
    throw error;
  }
  if (size > maxBytes) throw usageFailure(`${path} has ${size} bytes; a specification has at most ${maxBytes}.`);
  return readFile(path);
};

/** `-` reads standard input. */
export const readSpecificationFile = async (path: string): Promise<SpecificationFile> => {
  const fromInput = path === '-';
  const name = fromInput ? 'standard input' : path;
  const specification = decode(fromInput ? await readStandardInput() : await readBytes(path), name);
  if (specification.trim() === '') throw usageFailure(`${name} is empty; write what is to be built.`);
  const fileName = basename(path);
  const usable = !fromInput && fileName.length <= 200 && /^[A-Za-z0-9][A-Za-z0-9 ._-]*$/.test(fileName);
  return { specification, ...(usable ? { fileName } : {}) };
};
