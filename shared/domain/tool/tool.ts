/**
 * One shape for every tool: a name, a description, a schema for the arguments, an effect class, a capability, what a
 * call costs, examples, and what it does. Models, the HTTP API and the command line are served from it alike. Tools
 * reach the outside only through the ports in their context.
 */
import { z } from 'zod';
import type { AppBrowser } from '../../ports/app-browser.ts';
import type { Discovery } from '../../ports/service-lookup.ts';
import type { ToolDefinition } from '../../ports/model-client.ts';
import type { WebFetcher } from '../../ports/web-fetcher.ts';
import type { ToolServer } from '../../ports/tool-server.ts';
import type { FoundTools, ToolProvenance, ToolSettings } from '../../protocol/tool-settings.ts';
import type { AgentActivity } from '../../protocol/agent-activity.ts';
import type { RoleName } from '../../protocol/stages.ts';
import type { ComposerRpc } from '../../rpc/composer.ts';
import type { ProjectRpc } from '../../rpc/project.ts';
import type { Author, RepositoryRpc } from '../../rpc/repository.ts';
import type { ProgramCalls, SandboxRpc } from '../../rpc/sandbox.ts';
import type { ToolchainRpc } from '../../rpc/toolchain.ts';
import type { Outcome, TaskAssignment } from '../agent/assignment.ts';
import type { EffectClass } from '../engine/effect-class.ts';
import type { GenerationReport } from '../quality/generation/report.ts';
import type { GenerationRequest } from '../quality/generation/request.ts';
import type { Capability } from './capability.ts';
import type { ServiceCriteria } from '../service-registry/criteria.ts';
import type { FetchRules } from './fetch-rules.ts';
import type { Result } from '../../errors/result.ts';

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

/** Where a call works: a branch or commit to read, and what it may write there. */
export interface ToolPlace {
  readonly ref: string;
  readonly specificationPath: string;
  /**
   * Absent for who only reads. `paths` are those it may write, exact or folders that end in a slash; absent: all, on a
   * branch of a person's own.
   */
  readonly writing?: { readonly fencingToken: number; readonly paths?: readonly string[] };
}

/** What a tool reaches, whoever calls it: an agent in a run, or a person over HTTP. */
export interface OpenContext {
  readonly place: ToolPlace;
  readonly author: Author;
  /** The same over all attempts of this call. */
  readonly commandId: string;
  /** Names the sandbox host that this caller's runs share. */
  readonly sandboxHost: string;
  readonly repository: RepositoryRpc;
  readonly toolchain: ToolchainRpc;
  readonly sandbox: Pick<SandboxRpc, 'runTests' | 'runProgram' | 'runShell' | 'driveApp' | 'reset' | 'ping'>;
  /** Drives deployed apps as `sandbox.driveApp` does, with their scripts. */
  readonly browser: AppBrowser;
  /** Makes tests for code, and tries them in the sandbox. */
  readonly generateTests: (request: GenerationRequest) => Promise<Result<GenerationReport>>;
  /** The name of the project's deployed app in the sandbox. */
  readonly app: string;
  readonly overview: Pick<ProjectRpc, 'get' | 'tasks' | 'usage'>;
  readonly web: WebFetcher;
  /** Where may be fetched from, as persons decided it; asked anew for each call. */
  readonly fetchRules: () => Promise<Result<FetchRules>>;
  /** Does a part of the call once and keeps its answer under its name: after a crash the call goes on from there. */
  readonly once: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** For a program that calls tools. */
  readonly program: ProgramParts;
}

/** What a program is run with. */
export interface ProgramParts {
  /** Names of the tools that it may call. */
  readonly tools: readonly string[];
  readonly calls: ProgramCalls;
  readonly startedAt: number;
  readonly seed: string;
}

/** What a tool reaches in a run. */
export interface ToolContext extends OpenContext {
  readonly assignment: TaskAssignment;
  readonly role: RoleName;
  /** The run so far, in figures. */
  readonly ownRun: { readonly [figure: string]: unknown };
  readonly call: CallIdentity;
  readonly projectId: string;
  /** The workspace's Composer, a fresh stub for each call. */
  readonly composer: () => Pick<ComposerRpc, 'plan' | 'compose' | 'get'>;
  /** Services of the workspace and single objects of the platform, as `ServiceFinder.discover`. */
  readonly findServices: (criteria: ServiceCriteria & { readonly limit?: number }) => Promise<Result<Discovery>>;
  readonly project: Pick<ProjectRpc, 'deploy' | 'promote' | 'runChecks' | 'measurements'>;
  /** The project's own tools and grants as they are now. */
  readonly toolSettings: () => Promise<Result<ToolSettings>>;
  /** The whole result of an earlier call of this run, of which only the beginning was shown. */
  readonly wholeResult: (cursor: string) => string | undefined;
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
  /** Tools that the run may call from now on. */
  readonly found?: FoundTools;
  /** Added by whoever made the call. */
  readonly provenance?: ToolProvenance;
  /** All of it, when `content` is only its beginning; kept for `read_more` until the run has ended. */
  readonly whole?: string;
  /** It is not known whether the effect happened; `content` says why. No result to go on with. */
  readonly effect?: 'unknown';
}

/** What the other side says became of a call. */
export type LookupAnswer =
  | { readonly status: 'found'; readonly result: ToolResult }
  | { readonly status: 'absent' }
  | { readonly status: 'unknown'; readonly reason: string };

/** What a call takes of time and machine, roughly: `low` a few milliseconds, `medium` up to a second, `high` more. */
export const toolCosts = ['low', 'medium', 'high'] as const;

export type ToolCost = (typeof toolCosts)[number];

export interface ToolExample {
  readonly arguments: { readonly [name: string]: unknown };
  /** What a call with these arguments shows or does. */
  readonly shows: string;
}

interface ToolParts {
  readonly name: string;
  /** Raised whenever its arguments or its results change their meaning. */
  readonly version: number;
  readonly capability: Capability;
  readonly cost: ToolCost;
  readonly examples: readonly ToolExample[];
  readonly definition: ToolDefinition;
  /** A few words on one call, for people who watch. */
  readonly describe: (argumentsJson: string) => string;
  /** Checks the arguments and runs. Wrong arguments are an error result that says what is wrong, never a throw. */
  readonly run: (argumentsJson: string, context: ToolContext) => Promise<ToolResult>;
  /** Tries within one step before the call counts as failed, for calls that may be made twice; 1 unless told. */
  readonly attempts?: number;
  /** Brought by the project: another's server, which may take its time. */
  readonly isConnected?: boolean;
  /** May take longer than a lease should wait without a sign of life. */
  readonly isLong?: boolean;
  /** `run` for a person, who has no task: absent for tools that belong to one. */
  readonly runOpen?: (argumentsJson: string, context: OpenContext) => Promise<ToolResult>;
}

/** Asks, before a call is made again, whether it happened. */
type LookUp = (context: ToolContext) => Promise<LookupAnswer>;

export type Tool = ToolParts &
  (
    | { readonly effectClass: Exclude<EffectClass, 'lookup'>; readonly lookUp?: undefined }
    | { readonly effectClass: 'lookup'; readonly lookUp: LookUp }
  );

interface ToolSource<Schema extends z.ZodType, Context> {
  readonly name: string;
  /** Default: 1. */
  readonly version?: number;
  readonly description: string;
  readonly parameters: Schema;
  readonly effectClass: 'pure' | 'idempotent';
  readonly capability: Capability;
  readonly cost: ToolCost;
  readonly examples?: readonly ToolExample[];
  readonly isLong?: boolean;
  readonly describe?: (input: z.infer<Schema>) => string;
  readonly run: (input: z.infer<Schema>, context: Context) => Promise<ToolResult> | ToolResult;
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

/** Makes a tool of a task from its typed source. Those of the platform are all harmless to repeat. */
export const defineTool = <Schema extends z.ZodType>(source: ToolSource<Schema, ToolContext>): Tool => {
  const { $schema: _dialect, ...parameters } = z.toJSONSchema(source.parameters, { io: 'input' });
  const { name, version = 1, capability, cost, examples = [] } = source;
  return {
    name,
    version,
    capability,
    cost,
    examples,
    ...(source.isLong === true ? { isLong: true } : {}),
    effectClass: source.effectClass,
    attempts: builtInAttempts,
    definition: { name, description: source.description, parameters },
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

/** Makes a tool that a person may call as well: it asks nothing of a task. */
export const defineOpenTool = <Schema extends z.ZodType>(source: ToolSource<Schema, OpenContext>): Tool => ({
  ...defineTool(source),
  runOpen: async (argumentsJson, context) => {
    const parsed = parse(source.parameters, argumentsJson);
    return parsed.ok ? source.run(parsed.input, context) : toolError(parsed.message);
  },
});
