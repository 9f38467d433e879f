/** An editor that starts the command line as its language server, and speaks to it as editors do. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { buildProject, request } from './client.ts';

const root = 'file:///home/ada/notes';
let projectId = '';
let text = '';
let child: ChildProcess | undefined;

beforeAll(async () => {
  ({ projectId } = await buildProject('# Notes\n\nA note has a title (required) and a text.\n'));
  const { json } = await request(`/api/projects/${projectId}/file?path=src/clock.ts`);
  text = (json as { readonly content: string }).content;
});

afterEach(() => {
  child?.kill();
});

interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly exitCode: number | null; readonly stderr: string }>;
}

const start = (project: string): Started => {
  const script = join(import.meta.dirname, '..', '..', 'cli', 'index.ts');
  const started = spawn(process.execPath, [script, 'code', 'language-server', project], {
    env: { ...process.env, AIDEVOS_URL: inject('url'), AIDEVOS_KEY: inject('apiKey') },
  });
  child = started;
  let stderr = '';
  started.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise<{ readonly exitCode: number | null; readonly stderr: string }>((resolve) => {
    started.on('close', (exitCode) => resolve({ exitCode, stderr }));
  });
  return { process: started, ended };
};

const connect = ({ process: { stdin, stdout } }: Started): MessageConnection => {
  if (stdin === null || stdout === null) throw new Error('The command has no standard streams.');
  const connection = createMessageConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
  connection.listen();
  return connection;
};

interface Diagnostics {
  readonly version?: number;
  readonly diagnostics: readonly { readonly code: string }[];
}

describe('aidevos code language-server', () => {
  it('shows an editor hovers and mistakes, and ends when it is told to', async () => {
    const started = start(projectId);
    const connection = connect(started);
    await connection.sendRequest('initialize', { processId: process.pid, rootUri: root, capabilities: {} });
    await connection.sendNotification('initialized', {});
    const uri = `${root}/src/clock.ts`;
    const published = new Promise<Diagnostics>((resolve) => {
      connection.onNotification('textDocument/publishDiagnostics', (found: Diagnostics) => {
        if (found.version === 2) resolve(found);
      });
    });
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'typescript', version: 1, text },
    });
    const line = text.split('\n').findIndex((row) => row.startsWith('export interface Clock'));
    const position = { line, character: 'export interface '.length };
    const hover = await connection.sendRequest('textDocument/hover', { textDocument: { uri }, position });
    expect(JSON.stringify(hover)).toContain('interface Clock');
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [{ text: `${text}export const wrong: number = 'no';\n` }],
    });
    expect((await published).diagnostics.map(({ code }) => code)).toEqual(['TS2322']);
    await connection.sendRequest('shutdown');
    await connection.sendNotification('exit');
    expect(await started.ended).toEqual({ exitCode: 0, stderr: '' });
  });

  it('ends with its editor', async () => {
    const started = start(projectId);
    await connect(started).sendRequest('initialize', { processId: null, rootUri: root, capabilities: {} });
    started.process.stdin?.end();
    expect(await started.ended).toEqual({ exitCode: 0, stderr: '' });
  });

  it('says what is wrong, and writes nothing to the editor', async () => {
    const missing = await start('prj_00000000000000000000000000').ended;
    expect(missing).toMatchObject({ exitCode: 3 });
    const typed = start(projectId);
    typed.process.stdin?.write('hello?\r\n\r\n');
    expect(await typed.ended).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('is not the Language Server Protocol'),
    });
  });
});
