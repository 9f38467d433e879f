/** HTTP tools that a project brings for its agents, as they stand in its log and travel to the agents. */
import type { EffectClass } from '../domain/engine/effect-class.ts';
import type { TaskKind } from './stages.ts';

/** A JSON Schema object that describes the arguments. */
type Parameters = { readonly [keyword: string]: unknown };

export interface ConnectedTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Parameters;
  /** Takes the calls as `POST`. */
  readonly url: string;
  readonly effectClass: EffectClass;
  /** For the class `lookup`: answers `GET ?key=<key>` with what became of a call. It must know a call before its effect. */
  readonly lookupUrl?: string;
  /** The kinds of task whose agents may call it. */
  readonly taskKinds: readonly TaskKind[];
  /** Time for one call, its answer included. */
  readonly timeoutMs: number;
}

export const defaultToolKinds: readonly TaskKind[] = ['implement', 'test', 'deploy'];
export const defaultToolTimeoutMs = 15_000;
export const maxToolTimeoutMs = 60_000;
export const maxConnectedTools = 20;
/** Longest schema of one tool's arguments, as JSON, in characters. */
export const maxToolParametersLength = 8_000;
