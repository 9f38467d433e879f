/** `aidevos compose`: services made of members, by a manifest. */
import type { Command } from 'commander';
import { answerOf, type PlatformClient } from '../api/client.ts';
import { createContext } from '../context.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { readManifestFile } from '../manifest-file.ts';
import { answer, dateText, table } from '../output/print.ts';

type View = Awaited<ReturnType<typeof readView>>;

const readView = async (client: PlatformClient, composition: string) =>
  await answerOf(client.api.compositions[':composition'].$get({ param: { composition } }));

const pollMs = 250;

const describe = (view: View, url: string): string => {
  const { name, status, version, revision, title, parts, routes, addresses, operation, lastFailure } = view;
  const versionText = version === undefined ? '' : ` ${version}`;
  const lines = [
    `${name}${versionText}: ${status}${revision === 0 ? '' : `, revision ${revision}`}${title === undefined ? '' : `, ${title}`}`,
    '',
    table(
      ['MEMBER', 'KIND', 'HEALTH', 'WHAT WAS SEEN'],
      parts.map(({ member, kind, health, detail }) => [member, kind, health, detail ?? '']),
    ),
    '',
    table(
      ['PATH', 'MEMBER'],
      routes.map(({ path, member }) => [path, member]),
    ),
  ];
  if (operation !== undefined) {
    const next = operation.steps[operation.direction === 'forward' ? operation.done : operation.done - 1];
    const way = operation.direction === 'forward' ? '' : 'undoing: ';
    lines.push('', `${operation.done} of ${operation.steps.length} steps done; ${way}${next?.text ?? 'the end'}`);
  }
  if (lastFailure !== undefined) lines.push('', failureText(lastFailure));
  for (const [index, address] of addresses.entries()) {
    lines.push(`${index === 0 ? '\n' : ''}${index === 0 ? 'With a key:    ' : 'For everybody: '}${url}${address}`);
  }
  return lines.join('\n');
};

const failureText = ({ member, type, reason }: NonNullable<View['lastFailure']>): string =>
  `Failed at ${member === undefined ? type : `the member ${member} (${type})`}: ${reason}`;

/** Reads until nothing is being done; undefined when it is gone. Tells each step on the way. */
const follow = async (
  client: PlatformClient,
  name: string,
  tell: (line: string) => void,
): Promise<View | undefined> => {
  let told = '';
  for (;;) {
    let view: View;
    try {
      view = await readView(client, name);
    } catch (error) {
      if (error instanceof CommandFailure && error.exitCode === exitCodes.notFound) return undefined;
      throw error;
    }
    const { operation } = view;
    if (operation === undefined) return view;
    const back = operation.direction === 'back';
    const step = operation.steps[back ? operation.done - 1 : operation.done];
    const line = step === undefined ? '' : `${back ? 'undo: ' : ''}${step.text}`;
    if (line !== told && line !== '') tell(line);
    told = line;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
};

const tellProgress =
  (json: boolean) =>
  (line: string): void => {
    if (!json) console.error(line);
  };

const validate = async (file: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const manifest = await readManifestFile(file);
  const document = await answerOf(client.api.compositions.validate.$post({ json: { manifest } }));
  answer(
    json,
    document,
    ({ name, version, members, routes }) =>
      `${name} ${version}: ${members.length} members, ${routes.length} routes. It can be used.`,
  );
};

type Plan = Awaited<ReturnType<typeof readPlan>>;

const readPlan = async (client: PlatformClient, manifest: string) =>
  await answerOf(client.api.compositions.plan.$post({ json: { manifest } }));

const describePlan = ({ name, version, isChange, members, routes, steps }: Plan): string =>
  isChange
    ? [
        `${name} ${version}`,
        '',
        table(
          ['MEMBER', 'KIND', 'CHANGE', 'WHAT DIFFERS'],
          members.map(({ member, kind, change, differs }) => [member, kind, change, differs.join(', ')]),
        ),
        '',
        table(
          ['PATH', 'MEMBER', 'CHANGE'],
          routes.map(({ path, member, change }) => [path, member, change]),
        ),
        '',
        ...steps.map((step, index) => `${index + 1}. ${step}`),
      ].join('\n')
    : `${name} ${version} is up as the manifest says; nothing would be done.`;

const plan = async (file: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  answer(json, await readPlan(client, await readManifestFile(file)), describePlan);
};

const up = async (file: string, options: { readonly wait: boolean }, command: Command): Promise<void> => {
  const { client, connection, json } = await createContext(command);
  const manifest = await readManifestFile(file);
  const document = await answerOf(client.api.compositions.$post({ json: { manifest } }));
  const { name } = document.composition;
  const view = options.wait ? await follow(client, name, tellProgress(json)) : document.composition;
  if (view === undefined) throw new CommandFailure(exitCodes.notFound, 'composition.gone', `${name} was taken down.`);
  const isDone = view.lastOperation === undefined || view.lastOperation.outcome === 'done' || !options.wait;
  answer(json, view, (shown) => describe(shown, connection.url));
  if (!isDone) process.exitCode = exitCodes.projectFailed;
};

const status = async (name: string, _options: unknown, command: Command): Promise<void> => {
  const { client, connection, json } = await createContext(command);
  answer(json, await readView(client, name), (shown) => describe(shown, connection.url));
};

const heal = async (name: string, _options: unknown, command: Command): Promise<void> => {
  const { client, connection, json } = await createContext(command);
  await answerOf(client.api.compositions[':composition'].heal.$post({ param: { composition: name } }));
  const view = await follow(client, name, tellProgress(json));
  if (view === undefined) throw new CommandFailure(exitCodes.notFound, 'composition.gone', `${name} was taken down.`);
  answer(json, view, (shown) => describe(shown, connection.url));
};

const topology = async (name: string, options: { readonly format: string }, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const param = { composition: name };
  if (json || options.format === 'json') {
    answer(true, await answerOf(client.api.compositions[':composition'].topology.$get({ param, query: {} })), () => '');
    return;
  }
  const query = { format: options.format === 'mermaid' ? ('mermaid' as const) : ('json' as const) };
  const picture = await client.api.compositions[':composition'].topology.$get({ param, query });
  if (picture.ok) console.log((await picture.text()).trimEnd());
  else await answerOf(Promise.resolve(picture));
};

const down = async (name: string, options: { readonly wait: boolean }, command: Command): Promise<void> => {
  const { client, connection, json } = await createContext(command);
  const begun = await answerOf(client.api.compositions[':composition'].$delete({ param: { composition: name } }));
  const left = options.wait ? await follow(client, name, tellProgress(json)) : begun;
  answer(json, left ?? { ...begun, status: 'gone' as const }, (view) =>
    left === undefined
      ? `${name} is down; nothing of it is left.`
      : describe({ ...view, status: begun.status }, connection.url),
  );
  if (options.wait && left !== undefined) process.exitCode = exitCodes.projectFailed;
};

const list = async (options: { readonly after?: string }, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(client.api.compositions.$get({ query: { limit: '100', ...options } }));
  answer(json, document, ({ compositions, next }) =>
    compositions.length === 0
      ? 'There are no compositions. Bring one up:  aidevos compose up examples/shop/shop.yaml'
      : table(
          ['NAME', 'STATUS', 'VERSION', 'REVISION', 'HEALTHY', 'CHANGED (UTC)'],
          compositions.map((entry) => [
            entry.name,
            entry.status,
            entry.version ?? '',
            String(entry.revision),
            `${entry.healthy} of ${entry.members}`,
            dateText(entry.updatedAt),
          ]),
        ) + (next === undefined ? '' : `\nMore:  aidevos compose list --after ${next}`),
  );
};

export const addComposeCommands = (program: Command): void => {
  const compose = program
    .command('compose')
    .description('services made of members: check, plan, bring up, watch, take down');
  const withManifest = (name: string, description: string): Command =>
    compose
      .command(name)
      .description(description)
      .argument('<manifest>', 'a YAML or JSON file, or - for standard input');
  const withName = (name: string, description: string): Command =>
    compose.command(name).description(description).argument('<name>', 'the composition');
  withManifest('validate', 'check a manifest, and change nothing').action(validate);
  withManifest('plan', 'show what bringing it up would do, and change nothing').action(plan);
  withManifest('up', 'bring it up, or to what the manifest says now')
    .option('--no-wait', 'do not follow it')
    .action(up);
  withName('status', 'members, their health, routes, and what is being done').action(status);
  withName('heal', 'look at every member now, and bring up what is gone').action(heal);
  withName('topology', 'the picture: members, who calls whom, what leads where')
    .option('--format <format>', 'mermaid or json', 'mermaid')
    .action(topology);
  withName('down', 'take it down, with everything that its services hold')
    .option('--no-wait', 'do not follow it')
    .action(down);
  compose
    .command('list', { isDefault: true })
    .description('list compositions')
    .option('--after <name>', 'only later names')
    .action(list);
};
