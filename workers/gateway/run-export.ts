/**
 * A project's whole record as JSON lines: its log, its agents' logs and journals, messages, files. Read page by page
 * while the caller reads, so that neither side holds more than a page; hashes in between and at the end tell a file that
 * was cut or changed.
 */
import { createRunningHash } from '../../shared/adapters/crypto/text-hash.ts';
import type { AgentId } from '../../shared/domain/ids.ts';
import { exportFormat, type ExportHeader, type ExportedSeat } from '../../shared/domain/replay/run-export.ts';
import { ok, type Result } from '../../shared/errors/result.ts';
import type { ProjectView } from '../../shared/rpc/project.ts';
import type { ExportLine } from '../../shared/schemas/run-export.ts';
import { ask, type AskOptions } from './objects.ts';
import type { AgentAccess, ProjectAccess, RepositoryAccess } from './services.ts';

export interface ExportSources {
  readonly project: () => ProjectAccess;
  readonly agent: (agentId: AgentId) => AgentAccess;
  readonly repository: () => RepositoryAccess;
  readonly options: AskOptions;
  readonly now: () => number;
}

/** Entries are up to 1 MB each, and an answer between objects up to 32 MB. */
const largeAtOnce = 24;
const messagesAtOnce = 50;
const projectEventsAtOnce = 200;
const filesAtOnce = 1_000;

/** Thrown to end a stream that has begun: without its last line the caller sees that it was cut. */
class ExportBroken extends Error {
  override readonly name = 'ExportBroken';
}

type Page = readonly ExportLine[];

export class RunExporter {
  readonly #sources: ExportSources;

  constructor(sources: ExportSources) {
    this.#sources = sources;
  }

  /** What the export will hold: the logs up to now, and nothing that happens later. */
  async header(view: ProjectView): Promise<Result<ExportHeader>> {
    const { project, agent, options, now } = this.#sources;
    const state = await ask(() => project().stateHash({ sequence: view.sequence }), options);
    if (!state.ok) return state;
    const seats = await ask(() => project().agents(), options);
    if (!seats.ok) return seats;
    const agents: ExportedSeat[] = [];
    for (const { agentId } of seats.value) {
      const detail = await ask(() => agent(agentId).get(), options);
      // Agents get their identity with their first work.
      if (!detail.ok && detail.error.type === 'resource.not_found') continue;
      if (!detail.ok) return detail;
      const { role, name, model, sequence } = detail.value;
      const hashed = await ask(() => agent(agentId).stateHash({ sequence }), options);
      if (!hashed.ok) return hashed;
      agents.push({ agentId, role, name, model, sequence, stateHash: hashed.value.hash });
    }
    const { projectId, workspaceId, name, sequence } = view;
    const stateHash = state.value.hash;
    return ok({ format: exportFormat, projectId, workspaceId, name, exportedAt: now(), sequence, stateHash, agents });
  }

  /** The text of the export, a page at a time. */
  async *text(header: ExportHeader): AsyncGenerator<string> {
    const hash = createRunningHash();
    let lines = 0;
    const write = (page: Page): string => {
      const text = page.map((line) => `${JSON.stringify(line)}\n`).join('');
      hash.add(text);
      lines += page.length;
      return text;
    };
    for await (const page of this.#pages(header)) {
      if (page.length === 0) continue;
      const text = write(page);
      yield text + write([{ line: 'checkpoint', lines, sha256: hash.hex() }]);
    }
    yield write([{ line: 'end', lines, sha256: hash.hex() }]);
  }

  async *#pages(header: ExportHeader): AsyncGenerator<Page> {
    yield [{ line: 'header', ...header, agents: [...header.agents] }];
    yield* this.#projectEvents(header.sequence);
    for (const seat of header.agents) {
      yield* this.#agentEvents(seat);
      yield* this.#journal(seat.agentId);
    }
    yield* this.#messages();
    yield* this.#files();
  }

  async *#projectEvents(upTo: number): AsyncGenerator<Page> {
    const { project, options } = this.#sources;
    for (let after = 0; after < upTo;) {
      const limit = Math.min(projectEventsAtOnce, upTo - after);
      const page = this.#expect(await ask(() => project().events({ after, limit }), options));
      yield page.map(({ event, ...stored }) => ({ line: 'event', ...stored, event: { ...event } }));
      after = this.#advance(page.at(-1)?.sequence, after);
    }
  }

  async *#agentEvents({ agentId, sequence: upTo }: ExportedSeat): AsyncGenerator<Page> {
    const { agent, options } = this.#sources;
    for (let after = 0; after < upTo;) {
      const limit = Math.min(largeAtOnce, upTo - after);
      const page = this.#expect(await ask(() => agent(agentId).events({ after, limit }), options));
      yield page.map(({ event, ...stored }) => ({ line: 'agent_event', agentId, ...stored, event: { ...event } }));
      after = this.#advance(page.at(-1)?.sequence, after);
    }
  }

  async *#journal(agentId: AgentId): AsyncGenerator<Page> {
    const { agent, options } = this.#sources;
    for (let after = ''; ;) {
      const page = this.#expect(await ask(() => agent(agentId).journalEntries({ after, limit: largeAtOnce }), options));
      yield page.map((entry) => ({ line: 'journal', agentId, entry }));
      if (page.length < largeAtOnce) return;
      after = page.at(-1)?.key ?? after;
    }
  }

  async *#messages(): AsyncGenerator<Page> {
    const { project, options } = this.#sources;
    for (let after = 0; ;) {
      const page = this.#expect(await ask(() => project().messages({ after, limit: messagesAtOnce }), options));
      yield page.map((message) => ({ line: 'message', message }));
      if (page.length < messagesAtOnce) return;
      after = page.at(-1)?.sequence ?? after;
    }
  }

  async *#files(): AsyncGenerator<Page> {
    const { repository, options } = this.#sources;
    for (let after: string | undefined = ''; after !== undefined;) {
      const query: Parameters<RepositoryAccess['listFiles']>[0] = {
        ref: 'main',
        limit: filesAtOnce,
        ...(after === '' ? {} : { after }),
      };
      const listed: Awaited<ReturnType<RepositoryAccess['listFiles']>> = await ask(
        () => repository().listFiles(query),
        options,
      );
      if (!listed.ok && listed.error.type === 'resource.not_found') return;
      const { files, next } = this.#expect(listed);
      yield files.map(({ path, oid }) => ({ line: 'file', path, oid }));
      after = next;
    }
  }

  /** A log that ends before its own head would be asked for the same page for ever. */
  #advance(last: number | undefined, after: number): number {
    if (last === undefined || last <= after) throw new ExportBroken('Events of the log are no longer kept.');
    return last;
  }

  #expect<Value>(result: Result<Value>): Value {
    if (result.ok) return result.value;
    throw new ExportBroken(result.error.detail);
  }
}
