import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startService, type ServiceProcess } from './service-process.ts';

let folder = '';
let service: ServiceProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aidevos-service-'));
});
afterEach(async () => {
  await service?.stop(0);
  rmSync(folder, { recursive: true, force: true });
});

/** A program with a child of its own that ignores every polite signal, as a hung runtime does. */
const program = `
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); for (;;) {}'], { stdio: 'inherit' });
process.on('SIGTERM', () => {});
writeFileSync(process.argv[2], String(child.pid));
setInterval(() => {}, 1000);
`;

const start = async (): Promise<{ started: ServiceProcess; childPid: number }> => {
  const programPath = join(folder, 'program.mjs');
  const pidPath = join(folder, 'pid');
  writeFileSync(programPath, program);
  const started = startService({
    name: 'test',
    program: programPath,
    args: [pidPath],
    cwd: folder,
    environment: {},
    logPath: join(folder, 'log'),
    staleFiles: [],
  });
  service = started;
  for (;;) {
    try {
      const childPid = Number(readFileSync(pidPath, 'utf8'));
      if (childPid > 0) return { started, childPid };
    } catch {
      // Not written yet.
    }
    await sleep(10);
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const isGone = async (pid: number): Promise<boolean> => {
  for (let turn = 0; turn < 300 && isAlive(pid); turn += 1) await sleep(10);
  return !isAlive(pid);
};

describe.skipIf(process.platform === 'win32')('startService', () => {
  it('ends a service that does not listen together with its children', async () => {
    const { started, childPid } = await start();
    await started.stop(50);
    expect(await isGone(childPid)).toBe(true);
    expect(isAlive(started.pid)).toBe(false);
  });

  it('leaves no child behind when the service itself is killed', async () => {
    const { started, childPid } = await start();
    process.kill(started.pid, 'SIGKILL');
    expect(await started.ended).toContain('SIGKILL');
    expect(await isGone(childPid)).toBe(true);
  });
});
