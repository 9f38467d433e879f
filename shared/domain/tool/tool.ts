/**
 * One shape for every tool: a name, a description, a schema for the arguments, an effect class, and what it does.
 * Tools reach the outside only through the ports in their context.
 */
import { z } from 'zod';
import type { ToolDefinition } from '../../ports/model-client.ts';
import type { ToolServer } from '../../ports/tool-server.ts';
import type { AgentActivity } from '../../protocol/project-events.ts';
import type { RoleName } from '../../protocol/stages.ts';
import type { ProjectRpc } from '../../rpc/project.ts';
import type { Author, RepositoryRpc } from '../../rpc/repository.ts';
import type { SandboxRpc } from '../../rpc/sandbox.ts';
import type { ToolchainRpc } from '../../rpc/toolchain.ts';
import type { Outcome, TaskAssignment } from '../agent/assignment.ts';
import type { EffectClass } from '../engine/effect-class.ts';

/** One call as the outside knows it. */
export interface CallIdentity {
  /** The same over all attempts of this call and of no other, safe in addresses and headers. */
  readonly key: string;
  /** Counts from 1. */
  readonly attempt: number;
  readonly run: string;
  readonly task: string;
  readonly agent: string;
}

export interface ToolContext {
  readonly assignment: TaskAssignment;
  readonly role: RoleName;
  readonly author: Author;
  /** The same over all attempts of this call. */
  readonly commandId: string;
  readonly call: CallIdentity;
  /** Names the sandbox host that this agent's runs share. */
  readonly sandboxHost: string;
  readonly repository: RepositoryRpc;
  readonly toolchain: ToolchainRpc;
  readonly sandbox: Pick<SandboxRpc, 'runTests'>;
  readonly project: Pick<ProjectRpc, 'deploy' | 'promote' | 'runChecks' | 'measurements'>;
  /** The servers behind the project's own tools. */
  readonly toolServer: ToolServer;
  readonly sendMessage: (recipient: string, messageType: string, content: string) => void;
}

export interface ToolResult {
  readonly content: string;
  readonly isError?: boolean;
  /** Told to the people who watch, instead of the plain “called a tool”. */
  readonly activity?: AgentActivity;
  /** Ends the run. */
  readonly outcome?: Outcome;
  /** It is not known whether the effect happened; `content` says why. No result to go on with. */
  readonly effect?: 'unknown';
}

/** What the other side says became of a call. */
export type LookupAnswer =
  | { readonly status: 'found'; readonly result: ToolResult }
  | { readonly status: 'absent' }
  | { readonly status: 'unknown'; readonly reason: string };

interface ToolParts {
  readonly name: string;
  readonly definition: ToolDefinition;
  /** A few words on one call, for people who watch. */
  readonly describe: (argumentsJson: string) => string;
  /** Checks the arguments and runs. Wrong arguments are an error result that says what is wrong, never a throw. */
  readonly run: (argumentsJson: string, context: ToolContext) => Promise<ToolResult>;
  /** Tries within one step before the call counts as failed, for calls that may be made twice; 1 unless told. */
  readonly attempts?: number;
  /** Brought by the project: another's server, which may take its time. */
  readonly isConnected?: boolean;
}

/** Asks, before a call is made again, whether it happened. */
type LookUp = (context: ToolContext) => Promise<LookupAnswer>;

export type Tool = ToolParts &
  (
    | { readonly effectClass: Exclude<EffectClass, 'lookup'>; readonly lookUp?: undefined }
    | { readonly effectClass: 'lookup'; readonly lookUp: LookUp }
  );

interface ToolSource<Schema extends z.ZodType> {
  readonly name: string;
  readonly description: string;
  readonly parameters: Schema;
  readonly effectClass: 'pure' | 'idempotent';
  readonly describe?: (input: z.infer<Schema>) => string;
  readonly run: (input: z.infer<Schema>, context: ToolContext) => Promise<ToolResult> | ToolResult;
}

export const toolError = (content: string): ToolResult => ({ content, isError: true });

const parse = <Schema extends z.ZodType>(
  schema: Schema,
  argumentsJson: string,
): { readonly ok: true; readonly input: z.infer<Schema> } | { readonly ok: false; readonly message: string } => {
  let value: unknown;
  try {
    value = JSON.parse(argumentsJson === '' ? '{}' : argumentsJson);
  } catch (error) {
    return {
      ok: false,
      message: `The arguments are not JSON: ${error instanceof Error ? error.message : 'unreadable'}`,
    };
  }
  const parsed = schema.safeParse(value);
  return parsed.success
    ? { ok: true, input: parsed.data }
    : {
        ok: false,
        message: `The arguments do not fit: ${parsed.error.issues
          .slice(0, 10)
          .map(({ path, message }) => `${path.length === 0 ? 'arguments' : path.join('.')}: ${message}`)
          .join('; ')}`,
      };
};

/** A call that reaches a part which is just being started again is made again. */
const builtInAttempts = 3;

/** Makes a tool from its typed source. Those of the platform are all harmless to repeat. */
export const defineTool = <Schema extends z.ZodType>(source: ToolSource<Schema>): Tool => {
  const { $schema: _dialect, ...parameters } = z.toJSONSchema(source.parameters, { io: 'input' });
  return {
    name: source.name,
    effectClass: source.effectClass,
    attempts: builtInAttempts,
    definition: { name: source.name, description: source.description, parameters },
    describe: (argumentsJson) => {
      const parsed = parse(source.parameters, argumentsJson);
      return parsed.ok ? (source.describe?.(parsed.input) ?? '') : '';
    },
    run: async (argumentsJson, context) => {
      const parsed = parse(source.parameters, argumentsJson);
      return parsed.ok ? source.run(parsed.input, context) : toolError(parsed.message);
    },
  };
};

/** Longest text that a tool gives back, in characters. */
export const maxToolResultLength = 60_000;

/** Cuts a text and says so, with what to do instead. */
export const cut = (text: string, hint: string): string =>
  text.length <= maxToolResultLength
    ? text
    : `${text.slice(0, maxToolResultLength)}\n[cut after ${maxToolResultLength} of ${text.length} characters; ${hint}]`;
