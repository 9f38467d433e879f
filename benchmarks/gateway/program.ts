/** Programs of the bench that run in a process of their own and talk with it by messages. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

export interface Program<Job, Answer> {
  readonly pid: number;
  /** One at a time. Rejects when the program ends first. */
  readonly run: (job: Job) => Promise<Answer>;
  readonly stop: () => void;
}

const once = <Answer>(child: ChildProcess): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('a program of the bench ended early'));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      // SAFETY: both ends are files of this folder, which share the type of their messages.
      resolve(message as Answer);
    });
  });

/** Starts `benchmarks/gateway/<name>`. */
export const startProgram = <Job extends object, Answer>(name: string): Program<Job, Answer> => {
  const child = fork(join(import.meta.dirname, name), { execArgv: ['--disable-warning=ExperimentalWarning'] });
  return {
    pid: child.pid ?? 0,
    run: async (job) => {
      const answer = once<Answer>(child);
      child.send(job);
      return await answer;
    },
    stop: () => {
      child.kill();
    },
  };
};

/** The other end: answers each job that comes. Its sender shares the type of the job with this file. */
export const serveJobs = (work: (job: unknown) => Promise<object>): void => {
  const answerOne = async (job: unknown): Promise<void> => {
    const answer = await work(job);
    process.send?.(answer);
  };
  process.on('message', (job) => {
    answerOne(job).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  });
  process.on('disconnect', () => process.exit(0));
};
