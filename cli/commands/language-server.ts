/** `aidevos code language-server`: what an editor starts to see a project's code as the platform does. */
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { bridge } from '../language-server/bridge.ts';

export const languageServerHelp = `
Let your editor start this for the files of a clone of the project, whose root is the root of the repository. What is open
in the editor stands over the files of --ref; nothing is written. Start it as "aidevos" or as "node cli/bin.mjs": npm prints
lines of its own before the first message.`;

/** Standard output belongs to the protocol: nothing else may be written there. */
export const serveLanguage = async (
  projectId: string,
  { ref }: { readonly ref: string },
  command: Command,
): Promise<void> => {
  const { client, connection } = await createContext(command);
  const { api } = client;
  // A socket cannot say that there is no such project, or no such key.
  await answerOf(api.projects[':projectId'].files.$get({ param: { projectId }, query: { ref, limit: '1' } }));
  const { ticket } = await answerOf(api.tickets.$post({ json: {} }));
  const address = new URL(`${connection.url}/api/projects/${projectId}/code/lsp`);
  address.protocol = address.protocol.replace('http', 'ws');
  address.search = new URLSearchParams({ ref, ticket }).toString();
  await bridge({ socket: new WebSocket(address.href), input: process.stdin, output: process.stdout });
};
