/** The work that the kills are to hit: whole projects, one after the other, a few at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import { Follower } from './followers.ts';

/** Small enough for many runs in a minute, and with every stage of the workflow. */
export const specifications: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'Notes', text: 'A note has a title (required) and a text.\n' },
  {
    name: 'Shelf',
    text: `A book has a title (required), an author (required) and a genre: one of fiction, reference (default fiction).

A reader has a name (required) and an email (required, unique).
`,
  },
];

const models: readonly [string, ...string[]] = ['openai/engineer', 'anthropic/engineer'];

export interface ProjectDocument {
  readonly projectId: string;
  readonly name: string;
  readonly status: string;
  readonly stage: string;
  readonly revision: number;
  readonly reason?: string;
  readonly sequence: number;
  readonly progress: { readonly tasksDone: number; readonly tasksTotal: number };
}

export interface TrackedProject {
  readonly projectId: string;
  readonly name: string;
  /** Which of the specifications it builds. */
  readonly specification: string;
  readonly follower: Follower;
  /** When something of it was last seen: an event, a model call, a call of a tool. Milliseconds since the epoch. */
  lastSignAt: number;
  status: string;
}

const final = new Set(['completed', 'blocked', 'failed', 'cancelled']);

export const isFinal = ({ status }: { readonly status: string }): boolean => final.has(status);

export class Projects {
  readonly all: TrackedProject[] = [];
  readonly #client: () => Client;
  readonly #tools: readonly object[];

  constructor(client: () => Client, tools: readonly object[]) {
    this.#client = client;
    this.#tools = tools;
  }

  get live(): readonly TrackedProject[] {
    return this.all.filter((project) => !isFinal(project));
  }

  /** Creates a project and follows it. */
  async start(): Promise<TrackedProject> {
    const index = this.all.length;
    const specification = specifications[index % specifications.length] ?? { name: '', text: '' };
    const name = `${specification.name} ${index + 1}`;
    const { status, body } = await this.#client().command('POST', '/api/projects', {
      specification: `# ${specification.name}\n\n${specification.text}`,
      name,
      model: models[index % models.length],
      tools: this.#tools,
    });
    if (status !== 201) throw new Error(`creating a project answered ${status}: ${JSON.stringify(body)}`);
    // SAFETY: the documented answer of the route.
    const { projectId } = body as ProjectDocument;
    const follower = new Follower(this.#client(), projectId, ({ recordedAt }) => {
      project.lastSignAt = Math.max(project.lastSignAt, recordedAt);
    });
    const project: TrackedProject = {
      projectId,
      name,
      specification: specification.name,
      follower,
      lastSignAt: Date.now(),
      status: 'active',
    };
    this.all.push(project);
    return project;
  }

  /** Notes that the outside has heard of this project. */
  noteSign(name: string): void {
    const project = this.all.find((candidate) => candidate.name === name);
    if (project !== undefined) project.lastSignAt = Math.max(project.lastSignAt, Date.now());
  }

  /** Asks for the status of each live project. */
  async refresh(): Promise<void> {
    for (const project of this.live) {
      const { status } = await this.#client().read<ProjectDocument>(`/api/projects/${project.projectId}`);
      project.status = status;
    }
  }

  /** Waits until nothing moves any more; false when the time is over before. */
  async settle(timeoutMs: number): Promise<boolean> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      await this.refresh();
      if (this.live.length === 0) return true;
      if (Date.now() > deadline) return false;
      await sleep(100);
    }
  }
}
