/** The methods of a project about its tools. */
import { env } from 'cloudflare:test';
import type { ProjectToolsRpc } from '../../../shared/rpc/project-tools.ts';
import { command, query, type Cases } from './cases.ts';
import { valueOf, type World } from './world.ts';

const by = 'person:key_1';
const grants = [{ effect: 'deny' as const, tools: ['send_message'], roles: ['backend'] }];

/** The ledger of the tests is the only origin that the operator allows here. */
// SAFETY: bound by this project's vitest.config.ts; the generated types know only wrangler.toml.
const origin = (): string => (env as unknown as { readonly LEDGER_ORIGIN: string }).LEDGER_ORIGIN;

const tool = (name: string) => ({
  name,
  description: 'Books a room.',
  parameters: { type: 'object' },
  url: `${origin()}/tools/${name}`,
  effectClass: 'pure' as const,
  taskKinds: ['implement' as const],
  timeoutMs: 1_000,
});

const registered = async ({ project }: World): Promise<void> =>
  void valueOf(await project().registerTool({ commandId: 'before', tool: tool('book_room'), by }));

const opened = async ({ project }: World): Promise<void> =>
  void valueOf(await project().openProgram({ commandId: 'op', bodyHash: 'a' }));

const keepAnswer = ({ project }: World, tool: string) =>
  project().keepProgramAnswer({
    commandId: 'op',
    index: 0,
    tool,
    argumentsHash: 'h',
    answer: { content: 'text', isError: false },
  });

export const toolCases: Cases<ProjectToolsRpc> = {
  openProgram: command(
    ({ project }) =>
      () =>
        project().openProgram({ commandId: 'op', bodyHash: 'a' }),
    { otherBody: ({ project }) => project().openProgram({ commandId: 'op', bodyHash: 'b' }) },
  ),
  keepProgramAnswer: command((world) => () => keepAnswer(world, 'read_file'), {
    prepare: opened,
    otherBody: (world) => keepAnswer(world, 'grep'),
  }),
  keepProgramResult: command(
    ({ project }) =>
      () =>
        project().keepProgramResult({ commandId: 'op', result: '{}' }),
    {
      prepare: opened,
      otherBody: ({ project }) => project().keepProgramResult({ commandId: 'op', result: '[]' }),
      otherAnswer: (first) => first,
    },
  ),
  toolSettings: query(({ project }) => project().toolSettings()),
  registerTool: command(
    ({ project }) =>
      () =>
        project().registerTool({ commandId: 'rt', tool: tool('book_room'), by }),
    { otherBody: ({ project }) => project().registerTool({ commandId: 'rt', tool: tool('book_table'), by }) },
  ),
  removeTool: command(
    ({ project }) =>
      () =>
        project().removeTool({ commandId: 'rm', name: 'book_room', by }),
    {
      prepare: registered,
      otherBody: ({ project }) => project().removeTool({ commandId: 'rm', name: 'book_table', by }),
    },
  ),
  configureTools: command(
    ({ project }) =>
      () =>
        project().configureTools({ commandId: 'ct', grants, fetchOrigins: ['https://example.com'], by }),
    { otherBody: ({ project }) => project().configureTools({ commandId: 'ct', grants: [], fetchOrigins: [], by }) },
  ),
};
