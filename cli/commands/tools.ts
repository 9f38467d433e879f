/** `aidevos tools`: the tools that agents have, found by words, shown, and run on a project by a person. */
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { readObject, readText } from '../json-object.ts';
import { usageFailure } from '../exit-codes.ts';
import { answer, table } from '../output/print.ts';
import { clean, fit } from '../../shared/domain/progress/style.ts';
import { capabilities, type Capability } from '../../shared/domain/tool/capability.ts';

interface ToolDocument {
  readonly name: string;
  readonly version: number;
  readonly description: string;
  readonly capability: string;
  readonly effectClass: string;
  readonly cost: string;
  readonly parameters: unknown;
  readonly examples: readonly { readonly arguments: unknown; readonly shows: string }[];
  readonly source: string;
  readonly open: boolean;
}

const lines = (tools: readonly ToolDocument[]): string =>
  table(
    ['TOOL', 'CAPABILITY', 'EFFECT', 'COST', 'RUN', 'WHAT'],
    tools.map(({ name, capability, effectClass, cost, open, description }) => [
      name,
      capability,
      effectClass,
      cost,
      open ? 'yes' : 'agents',
      fit(description, 90),
    ]),
  );

const describeTool = (tool: ToolDocument): string =>
  [
    `${tool.name} (version ${tool.version})`,
    `  ${clean(tool.description)}`,
    `  capability  ${tool.capability}`,
    `  effect      ${tool.effectClass}`,
    `  cost        ${tool.cost}`,
    `  run by      ${tool.open ? `people and agents: aidevos tools run <project> ${tool.name}` : 'agents, within a task'}`,
    `  arguments   ${clean(JSON.stringify(tool.parameters))}`,
    ...tool.examples.map(
      (example) => `  example     ${clean(JSON.stringify(example.arguments))}: ${clean(example.shows)}`,
    ),
  ].join('\n');

const list = async (
  options: { readonly capability?: string; readonly after?: string; readonly limit?: string },
  command: Command,
): Promise<void> => {
  const { client, json } = await createContext(command);
  const { capability, after, limit } = options;
  const query = {
    ...(capability === undefined ? {} : { capability: knownCapability(capability) }),
    ...(after === undefined ? {} : { after }),
    ...(limit === undefined ? {} : { limit }),
  };
  const document = await answerOf(client.api.tools.$get({ query }));
  answer(json, document, ({ tools, next }) =>
    tools.length === 0
      ? 'There is no such tool.'
      : lines(tools) + (next === undefined ? '' : `\nMore: aidevos tools list --after ${clean(next)}`),
  );
};

const knownCapability = (text: string): Capability => {
  const found = capabilities.find((capability) => capability === text);
  if (found !== undefined) return found;
  throw usageFailure(`--capability: "${text}" is not one of ${capabilities.join(', ')}`);
};

const search = async (
  words: readonly string[],
  options: { readonly limit?: string },
  command: Command,
): Promise<void> => {
  const { client, json } = await createContext(command);
  const query = { query: words.join(' '), limit: options.limit ?? '10' };
  const document = await answerOf(client.api.tools.$get({ query }));
  answer(json, document, ({ tools }) => (tools.length === 0 ? 'No tool fits: try other words.' : lines(tools)));
};

const show = async (name: string, _options: object, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  answer(json, await answerOf(client.api.tools[':tool'].$get({ param: { tool: name } })), describeTool);
};

interface RunOptions {
  readonly arguments?: string;
  readonly file?: string;
  readonly ref?: string;
  readonly branch?: string;
  readonly cursor?: string;
  readonly idempotencyKey?: string;
}

/** `name=value` pairs, for arguments that are texts, numbers or truth values. */
const readPairs = (pairs: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw usageFailure(`"${pair}" is not name=value`);
      const value = readText(pair.slice(at + 1));
      return [pair.slice(0, at), /^(?:-?\d{1,15}|true|false)$/.test(value) ? JSON.parse(value) : value];
    }),
  );

/** A result as it is, without what could move a terminal's cursor or change its colours. */
const shown = (content: string): string => content.replaceAll(/[^\P{Cc}\n\t]/gu, '');

const run = async (
  projectId: string,
  name: string,
  pairs: readonly string[],
  options: RunOptions,
  command: Command,
): Promise<void> => {
  const { client, json } = await createContext(command);
  const given = options.arguments === undefined ? {} : readObject(readText(options.arguments), '--arguments');
  const { ref, branch, cursor } = options;
  const body = {
    arguments: { ...given, ...readPairs(pairs) },
    ...(ref === undefined ? {} : { ref }),
    ...(branch === undefined ? {} : { branch }),
    ...(cursor === undefined ? {} : { cursor }),
  };
  const headers = { 'idempotency-key': options.idempotencyKey ?? randomUUID() };
  const route = client.api.projects[':projectId'].tools[':tool'];
  const document = await answerOf(route.$post({ param: { projectId, tool: name }, json: body }, { headers }));
  answer(json, document, ({ content, next }) =>
    next === undefined ? shown(content) : `${shown(content)}\n[more: the same with --cursor ${next}]`,
  );
  if (document.isError) process.exitCode = 1;
};

const project = async (projectId: string, _options: object, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(client.api.projects[':projectId'].tools.$get({ param: { projectId } }));
  answer(json, document, ({ tools, grants, fetchOrigins }) =>
    [
      tools.length === 0 ? 'The project brings no tools of its own.' : lines(tools),
      ...grants.map(
        ({ effect, tools: names, roles, taskKinds, tasks, reason }) =>
          `${effect} ${names.join(', ')} to ${[...(roles ?? ['all roles']), ...(taskKinds ?? []), ...(tasks ?? [])].join(', ')}${reason === undefined ? '' : `: ${clean(reason)}`}`,
      ),
      `Agents may fetch from ${fetchOrigins.length === 0 ? 'nowhere' : fetchOrigins.join(', ')}.`,
    ].join('\n'),
  );
};

const setRules = async (projectId: string, file: string, _options: object, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  // SAFETY: the platform checks the rules and names what is wrong with them.
  const rules = readObject(readFileSync(file, 'utf8'), file) as { grants: [] };
  const route = client.api.projects[':projectId']['tool-rules'];
  const document = await answerOf(route.$put({ param: { projectId }, json: rules }));
  answer(json, document, ({ grants, fetchOrigins }) => `${grants.length} rules, ${fetchOrigins.length} origins.`);
};

const register = async (
  projectId: string,
  name: string,
  file: string,
  _options: object,
  command: Command,
): Promise<void> => {
  const { client, json } = await createContext(command);
  // SAFETY: the platform checks the tool and names what is wrong with it.
  const tool = readObject(readFileSync(file, 'utf8'), file) as {
    description: string;
    url: string;
    effectClass: 'pure';
  };
  const route = client.api.projects[':projectId'].tools[':tool'];
  const document = await answerOf(route.$put({ param: { projectId, tool: name }, json: tool }));
  answer(json, document, ({ tools }) => `${name} is registered; the project has ${tools.length} tools of its own.`);
};

const remove = async (projectId: string, name: string, _options: object, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const route = client.api.projects[':projectId'].tools[':tool'];
  const document = await answerOf(route.$delete({ param: { projectId, tool: name } }));
  answer(json, document, ({ tools }) => `${name} was taken away; ${tools.length} are left.`);
};

/** What a project itself says of its tools. */
const addProjectToolCommands = (tools: Command): void => {
  tools
    .command('project')
    .description('the tools that a project brings, and its rules')
    .argument('<project>')
    .action(project);
  tools
    .command('rules')
    .description('replace the rules: a JSON file with grants and fetchOrigins')
    .argument('<project>')
    .argument('<file>')
    .action(setRules);
  tools
    .command('register')
    .description('add an HTTP tool to a project, or replace it: a JSON file as of --tools')
    .argument('<project>')
    .argument('<name>')
    .argument('<file>')
    .action(register);
  tools
    .command('remove')
    .description('take a tool of a project away')
    .argument('<project>')
    .argument('<name>')
    .action(remove);
};

export const addToolCommands = (program: Command): void => {
  const tools = program.command('tools').description('the tools that agents have, and running them yourself');
  tools
    .command('list', { isDefault: true })
    .description('all tools of the platform by name')
    .option('--capability <name>', 'only those of one capability')
    .option('--after <name>', 'the next page: after this tool')
    .option('--limit <number>', 'how many, from 1 to 200')
    .action(list);
  tools
    .command('search')
    .description('tools for what you want to do')
    .argument('<words...>')
    .option('--limit <number>', 'how many')
    .action(search);
  tools.command('show').description('one tool with its arguments and examples').argument('<tool>').action(show);
  tools
    .command('run')
    .description('run a tool on a project; it reads main unless told')
    .argument('<project>')
    .argument('<tool>')
    .argument('[pairs...]', 'arguments as name=value; value may be @file')
    .option('--arguments <json>', 'arguments as JSON, @file, or - for the input')
    .option('--ref <ref>', 'a branch or commit to read')
    .option('--branch <branch>', 'a branch people/… of your own to write to')
    .option('--cursor <cursor>', 'the next page of a long result')
    .option('--idempotency-key <key>', 'a second run with the same key answers what the first did, and goes on with it')
    .action(run);
  addProjectToolCommands(tools);
};
