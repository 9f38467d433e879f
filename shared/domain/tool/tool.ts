/**
 * One shape for every tool: a name, a description, a schema for the arguments, an effect class, and what it does.
 * Tools reach the outside only through the ports in their context.
 */
import { z } from 'zod';
import type { ToolDefinition } from '../../ports/model-client.ts';
import type { AgentActivity } from '../../protocol/project-events.ts';
import type { RoleName } from '../../protocol/stages.ts';
import type { ProjectRpc } from '../../rpc/project.ts';
import type { Author, RepositoryRpc } from '../../rpc/repository.ts';
import type { SandboxRpc } from '../../rpc/sandbox.ts';
import type { ToolchainRpc } from '../../rpc/toolchain.ts';
import type { Outcome, TaskAssignment } from '../agent/assignment.ts';

/**
 * What a crash in the middle of a call means: `pure` and `idempotent` calls are made again, `lookup` asks whether it
 * happened, `unsafe` waits for somebody to settle it.
 */
export type EffectClass = 'pure' | 'idempotent' | 'lookup' | 'unsafe';

export interface ToolContext {
  readonly assignment: TaskAssignment;
  readonly role: RoleName;
  readonly author: Author;
  /** The same over all attempts of this call. */
  readonly commandId: string;
  /** Names the sandbox host that this agent's runs share. */
  readonly sandboxHost: string;
  readonly repository: RepositoryRpc;
  readonly toolchain: ToolchainRpc;
  readonly sandbox: Pick<SandboxRpc, 'runTests'>;
  readonly project: Pick<ProjectRpc, 'deploy' | 'promote' | 'runChecks' | 'measurements'>;
  readonly sendMessage: (recipient: string, messageType: string, content: string) => void;
}

export interface ToolResult {
  readonly content: string;
  readonly isError?: boolean;
  /** Told to the people who watch, instead of the plain “called a tool”. */
  readonly activity?: AgentActivity;
  /** Ends the run. */
  readonly outcome?: Outcome;
}

export interface Tool {
  readonly name: string;
  readonly effectClass: EffectClass;
  readonly definition: ToolDefinition;
  /** A few words on one call, for people who watch. */
  readonly describe: (argumentsJson: string) => string;
  /** Checks the arguments and runs. Wrong arguments are an error result that says what is wrong, never a throw. */
  readonly run: (argumentsJson: string, context: ToolContext) => Promise<ToolResult>;
}

interface ToolSource<Schema extends z.ZodType> {
  readonly name: string;
  readonly description: string;
  readonly parameters: Schema;
  readonly effectClass: EffectClass;
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

/** Makes a tool from its typed source. */
export const defineTool = <Schema extends z.ZodType>(source: ToolSource<Schema>): Tool => {
  const { $schema: _dialect, ...parameters } = z.toJSONSchema(source.parameters, { io: 'input' });
  return {
    name: source.name,
    effectClass: source.effectClass,
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
