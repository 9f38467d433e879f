/** Test generation of a project as its object offers it: one run at a time, the last one is kept. */
import type { GenerationReport } from '../domain/quality/generation/report.ts';
import type { Result } from '../errors/result.ts';

export interface StartGeneration {
  readonly commandId: string;
  /** Mutants to try at most; of more a sample is taken. */
  readonly limit: number;
  /** Path or folder (`src/prices/`) of the code to make tests for; absent: all code that is no test. */
  readonly path?: string;
  readonly seed: number;
}

export interface GenerationView {
  readonly runId: string;
  readonly status: 'running' | 'done' | 'refused';
  readonly limit: number;
  readonly path?: string;
  readonly seed: number;
  readonly requestedAt: number;
  readonly finishedAt?: number;
  /** From 0 to 1. */
  readonly progress: number;
  /** Why it was refused, and what to do. */
  readonly reason?: string;
  /** What was found, on exactly one commit of main. Nothing is committed: the kept files stand in it. */
  readonly report?: GenerationReport & { readonly commit: string };
}

export interface ProjectGenerationRpc {
  /** Starts a run on the head of main. Refused while one is running. */
  startGeneration(command: StartGeneration): Promise<Result<GenerationView>>;
  /** The last run; `resource.not_found` before the first. */
  generation(): Promise<Result<GenerationView>>;
}
