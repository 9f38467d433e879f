/** The person in charge: settles effects in doubt by looking at the outside, and writes notes all the while. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import type { Ledger } from './ledger.ts';
import type { Projects } from './projects.ts';

interface EffectDocument {
  readonly effectId: string;
  readonly tool: string;
  readonly detail: string;
}

export interface Settlements {
  done: number;
  redo: number;
}

/** Runs `work` again and again until stopped; what the platform refuses for the moment is tried the next time. */
export const repeatedly = (pauseMs: number, work: () => Promise<void>): (() => Promise<void>) => {
  const stop = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await work();
      await sleep(pauseMs);
    }
  };
  const running = loop();
  return async () => {
    stop.abort();
    await running;
  };
};

const idIn = (detail: string): string => /[a-z]+:[^"\\]+/.exec(detail)?.[0] ?? '';

/** Settles every effect in doubt of the live projects, as somebody does who can see whether it happened. */
export const settleDoubts = async (
  client: Client,
  projects: Projects,
  ledger: Ledger,
  settlements: Settlements,
): Promise<void> => {
  for (const { projectId } of projects.live) {
    const { effects } = await client.read<{ readonly effects: readonly EffectDocument[] }>(
      `/api/projects/${projectId}/effects?status=in_doubt`,
    );
    for (const { effectId, detail } of effects) {
      const happened = (ledger.intentions.get(idIn(detail))?.effects ?? 0) > 0;
      const body = happened ? { decision: 'done', result: 'seen in the ledger' } : { decision: 'redo' };
      const { status } = await client.command('POST', `/api/projects/${projectId}/effects/${effectId}/settle`, body);
      if (status < 300) settlements[happened ? 'done' : 'redo'] += 1;
    }
  }
};

export interface Notes {
  /** Contents that the platform has acknowledged. */
  readonly acknowledged: Set<string>;
}

/** Writes a note into the project's log; it counts as acknowledged when the platform said so. */
export const writeNote = async (client: Client, projectId: string, content: string, notes: Notes): Promise<void> => {
  const { status } = await client.command('POST', `/api/projects/${projectId}/messages`, {
    recipient: `project:${projectId}`,
    content,
  });
  if (status === 202) notes.acknowledged.add(content);
};
