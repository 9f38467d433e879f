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

export const toolCases: Cases<ProjectToolsRpc> = {
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
