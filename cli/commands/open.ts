/** `aidevos open`: the running app in a browser. */
import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';

const programs: Readonly<Record<string, readonly string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
  linux: ['xdg-open'],
};

/** Whether a program took the address. */
const openInBrowser = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const [program, ...args] = programs[process.platform] ?? [];
    if (program === undefined) {
      resolve(false);
      return;
    }
    const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });

const open = async (projectId: string, options: { readonly print?: boolean }, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const { appUrl, deployments } = await answerOf(client.api.projects[':projectId'].$get({ param: { projectId } }));
  const deployed = deployments.some(({ slot }) => slot === 'production');
  const opened = options.print !== true && !json && deployed && (await openInBrowser(appUrl));
  if (json) console.log(JSON.stringify({ appUrl, deployed }));
  else console.log(appUrl);
  if (!json && !deployed) console.error('nothing is deployed to production yet');
  else if (!json && !opened && options.print !== true) console.error('no browser was found; open the address yourself');
};

export const addOpenCommand = (program: Command): void => {
  program
    .command('open')
    .description('open the running app in a browser')
    .argument('<project>')
    .option('--print', 'only print the address')
    .action(open);
};
