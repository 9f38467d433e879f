/** The project's desk for tools: those it brings, and the rules about all of them. */
import { isOrigin, parseOrigins, refuseToolUrl } from '../../shared/adapters/tools/origins.ts';
import {
  decideRegisterTool,
  decideRemoveTool,
  decideToolRules,
  toolSettingsOf,
} from '../../shared/domain/project/decide-tools.ts';
import { err, ok, type AppError, type Issue, type Result } from '../../shared/errors/result.ts';
import type { ConnectedTool } from '../../shared/protocol/connected-tools.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { ToolSettings } from '../../shared/protocol/tool-settings.ts';
import type { ProjectToolsRpc } from '../../shared/rpc/project-tools.ts';
import type { Storage } from '../platform/index.ts';
import type { Engine } from './engine.ts';
import { PersonPrograms } from './person-programs.ts';

const notFound: AppError = { type: 'resource.not_found', detail: 'There is no such project.' };

const notAnOrigin = 'must be an origin like https://example.com: scheme, name and port, in lower case, nothing else';

export interface ToolsDeskParts {
  readonly storage: Storage;
  readonly now: () => number;
  readonly engine: Engine;
  /** Origins, separated by commas, on which the tools of projects may be. */
  readonly toolOrigins: string | undefined;
  /** Does a command once; a repeat gets the first answer. */
  readonly once: <T>(commandId: string, body: unknown, handle: () => Result<T>) => Result<T>;
}

type Command<Method extends keyof ProjectToolsRpc> = Parameters<ProjectToolsRpc[Method]>[0];

export class ToolsDesk {
  /** What persons run by programs under a key. */
  readonly programs: PersonPrograms;
  readonly #parts: ToolsDeskParts;

  constructor(parts: ToolsDeskParts) {
    this.#parts = parts;
    const { storage, now, engine } = parts;
    this.programs = new PersonPrograms({ storage, now, isMade: () => engine.state.identity !== undefined });
  }

  settings(): Result<ToolSettings> {
    const { state } = this.#parts.engine;
    return state.identity === undefined ? err(notFound) : ok(toolSettingsOf(state));
  }

  register({ commandId, tool, by }: Command<'registerTool'>): Result<ToolSettings> {
    return this.#change(commandId, { tool, by }, () =>
      decideRegisterTool(this.#parts.engine.state, tool, by, this.#urlFaults(tool)),
    );
  }

  remove({ commandId, name, by }: Command<'removeTool'>): Result<ToolSettings> {
    return this.#change(commandId, { name, by }, () => decideRemoveTool(this.#parts.engine.state, name, by));
  }

  configure({ commandId, grants, fetchOrigins, by }: Command<'configureTools'>): Result<ToolSettings> {
    const faults = fetchOrigins.flatMap((origin, index) =>
      isOrigin(origin) ? [] : [{ field: `fetchOrigins.${index}`, reason: notAnOrigin }],
    );
    return this.#change(commandId, { grants, fetchOrigins, by }, () =>
      decideToolRules(this.#parts.engine.state, { grants, fetchOrigins }, by, faults),
    );
  }

  #urlFaults({ url, lookupUrl }: ConnectedTool): readonly Issue[] {
    const allowed = parseOrigins(this.#parts.toolOrigins);
    const addresses = [
      { field: 'url', url },
      ...(lookupUrl === undefined ? [] : [{ field: 'lookupUrl', url: lookupUrl }]),
    ];
    return addresses.flatMap(({ field, url: address }) => {
      const reason = refuseToolUrl(address, allowed);
      return reason === undefined ? [] : [{ field, reason }];
    });
  }

  #change(commandId: string, body: unknown, decide: () => Result<readonly ProjectEvent[]>): Result<ToolSettings> {
    const { engine, once } = this.#parts;
    return once(commandId, body, () => {
      if (engine.state.identity === undefined) return err(notFound);
      const events = decide();
      if (!events.ok) return events;
      engine.apply(() => events.value);
      return this.settings();
    });
  }
}
