/** Finding tools that a task does not begin with, and reading on where a result was too long. */
import { z } from 'zod';
import { findRole } from '../team/roles/index.ts';
import { cardOf, describeCard, searchTools } from './catalogue.ts';
import { connectTool } from './connected-tool.ts';
import { decideGrant, type GrantSubject } from './grants.ts';
import { laterPage, readCursor } from './results.ts';
import { defineTool, toolError, type Tool, type ToolContext, type ToolResult } from './tool.ts';

const mostFound = 10;

export const subjectOf = ({ assignment, role }: Pick<ToolContext, 'assignment' | 'role'>): GrantSubject => ({
  kind: assignment.task.kind,
  role,
  task: assignment.task.key,
});

interface FindParts {
  /** Every tool of the platform. */
  readonly all: () => readonly Tool[];
  /** True when tasks of this kind begin with the tool. */
  readonly isCore: (kind: GrantSubject['kind'], name: string) => boolean;
}

interface FindArguments {
  readonly query: string;
  readonly limit: number;
}

const findTools = async (
  parts: FindParts,
  { query, limit }: FindArguments,
  context: ToolContext,
): Promise<ToolResult> => {
  const settings = await context.toolSettings();
  if (!settings.ok) return toolError(settings.error.detail);
  const subject = subjectOf(context);
  const roleTools = findRole(subject.role)?.tools ?? [];
  const { tools: own, grants } = settings.value;
  const platform = parts.all().filter(({ capability }) => capability !== 'outcome' && capability !== 'discovery');
  const candidates = [...platform, ...own.map(connectTool)];
  const toolByName = new Map(candidates.map((tool) => [tool.name, tool]));
  const isMeant = (name: string): boolean =>
    parts.isCore(subject.kind, name) || own.some((tool) => tool.name === name && tool.taskKinds.includes(subject.kind));
  const cards = searchTools(candidates.map(cardOf), query, candidates.length);
  const decided = cards.flatMap((card) => {
    const tool = toolByName.get(card.name);
    return tool === undefined ? [] : [{ card, ...decideGrant(tool, isMeant(card.name), subject, roleTools, grants) }];
  });
  const found = decided.filter(({ allowed }) => allowed).slice(0, limit);
  const refused = decided.flatMap((each) => (each.allowed ? [] : [`Not for you: ${each.reason}`])).slice(0, 3);
  if (found.length === 0) return { content: ['No tool fits. Try other words.', ...refused].join('\n') };
  const names = new Set(found.map(({ card }) => card.name));
  return {
    content: [...found.map(({ card }) => describeCard(card)), ...refused, 'You can call these now.'].join('\n'),
    found: {
      tools: platform
        .filter(({ name }) => names.has(name) && !parts.isCore(subject.kind, name))
        .map(({ name }) => name),
      connected: own.filter(({ name }) => names.has(name)),
    },
  };
};

/** The tool that finds others; it needs to know them. */
export const createFindTools = (parts: FindParts): Tool =>
  defineTool({
    name: 'find_tools',
    description:
      'Finds tools for what you want to do, beyond those you have. Say it in plain words. What it finds you can call from then on, until your task ends.',
    parameters: z.strictObject({
      query: z.string().min(1).max(300).describe('For example: apply a patch, run a shell script, fetch a web page.'),
      limit: z.int().min(1).max(mostFound).default(5),
    }),
    effectClass: 'pure',
    capability: 'discovery',
    cost: 'low',
    examples: [{ arguments: { query: 'find text by a regular expression' }, shows: 'tools that search files' }],
    describe: ({ query }) => query,
    run: (asked, context) => findTools(parts, asked, context),
  });

export const readMore = defineTool({
  name: 'read_more',
  description: 'Reads on in a result that was too long to be shown at once. The result itself names the cursor.',
  parameters: z.strictObject({ cursor: z.string().min(3).max(500) }),
  effectClass: 'pure',
  capability: 'discovery',
  cost: 'low',
  examples: [{ arguments: { cursor: 'tool/3/call_7@60000' }, shows: 'the second page of the fourth call' }],
  describe: ({ cursor }) => cursor,
  run: ({ cursor }, context) => {
    const place = readCursor(cursor);
    if (place === undefined)
      return toolError('This is no cursor: take it from the end of the result, as it stands there.');
    const whole = context.wholeResult(place.call);
    if (whole === undefined) return toolError('Nothing is kept under this cursor: make the call again.');
    const page = laterPage(whole, place.from, place.call);
    return page === undefined ? toolError(`The result ends at character ${whole.length}.`) : { content: page };
  },
});
