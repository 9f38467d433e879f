/** `aidevos state`: what an object is, was and has been through; going back; one object as a file; migrations. */
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { managedKinds, type ManagedKind } from '../../shared/schemas/managed-object.ts';
import { clean, fit } from '../../shared/domain/progress/style.ts';
import { answerOf } from '../api/client.ts';
import { callFile } from '../api/files.ts';
import { createContext } from '../context.ts';
import { usageFailure } from '../exit-codes.ts';
import { answer, dateText, table } from '../output/print.ts';

interface Place {
  readonly kind: ManagedKind;
  readonly objectId: string;
}

const prefixes: Readonly<Record<string, ManagedKind>> = {
  wsp: 'workspace',
  prj: 'project',
  agt: 'agent',
  resp: 'conversation',
  conv: 'conversation',
};

/** `prj_…`, or `repository/prj_…` where the id alone does not say the kind. */
export const placeOf = (text: string): Place => {
  const [first = '', second] = text.split('/', 2);
  if (second !== undefined) {
    const kind = managedKinds.find((known) => known === first);
    if (kind === undefined)
      throw usageFailure(`"${first}" is no kind of object; there are ${managedKinds.join(', ')}.`);
    return { kind, objectId: second };
  }
  const kind = prefixes[first.slice(0, first.indexOf('_'))];
  if (kind === undefined)
    throw usageFailure(`"${text}" is no object: give an id, or a kind and an id as repository/prj_….`);
  return { kind, objectId: text };
};

const longestEvent = 160;

const show = async (
  object: string,
  options: { readonly at?: string; readonly time?: string },
  command: Command,
): Promise<void> => {
  const { client, json } = await createContext(command);
  const query = {
    ...(options.at === undefined ? {} : { version: options.at }),
    ...(options.time === undefined ? {} : { time: options.time }),
  };
  const objects = client.api.objects[':kind'][':objectId'];
  answer(json, await answerOf(objects.$get({ param: placeOf(object), query })), (state) =>
    [
      `${state.kind} ${state.objectId}`,
      state.source === 'tables'
        ? `  version ${state.version} of ${state.newestVersion}, of tables: it is never set back`
        : `  version ${state.version} of ${state.newestVersion}${state.recordedAt === undefined ? '' : `, recorded ${dateText(state.recordedAt)} UTC`}`,
      `  hash    ${state.hash}`,
      JSON.stringify(state.state, undefined, 2),
    ].join('\n'),
  );
};

const history = async (
  object: string,
  options: { readonly after?: string; readonly limit?: string },
  command: Command,
): Promise<void> => {
  const { client, json } = await createContext(command);
  const objects = client.api.objects[':kind'][':objectId'];
  const query = { ...options };
  answer(json, await answerOf(objects.history.$get({ param: placeOf(object), query })), ({ events, next }) =>
    events.length === 0
      ? 'Nothing more happened.'
      : [
          table(
            ['VERSION', 'RECORDED (UTC)', 'EVENT', 'WHAT'],
            events.map(({ version, recordedAt, type, event }) => [
              String(version),
              dateText(recordedAt),
              type,
              fit(JSON.stringify(event), longestEvent),
            ]),
          ),
          ...(next === undefined ? [] : [`More: aidevos state history ${object} --after ${next}`]),
        ].join('\n'),
  );
};

const diff = async (
  object: string,
  from: string,
  to: string | undefined,
  _options: unknown,
  command: Command,
): Promise<void> => {
  const { client, json } = await createContext(command);
  const objects = client.api.objects[':kind'][':objectId'];
  const query = { from, ...(to === undefined ? {} : { to }) };
  answer(json, await answerOf(objects.diff.$get({ param: placeOf(object), query })), (found) =>
    found.lines.length === 0
      ? `Versions ${found.from} and ${found.to} are the same.`
      : found.lines.map(clean).join('\n'),
  );
};

const restore = async (
  object: string,
  version: string,
  options: { readonly reason?: string; readonly ifVersion?: string; readonly dryRun?: boolean },
  command: Command,
): Promise<void> => {
  const { client, json } = await createContext(command);
  const objects = client.api.objects[':kind'][':objectId'];
  const { reason, ifVersion, dryRun = false } = options;
  const body = { version: Number(version), dryRun, ...(reason === undefined ? {} : { reason }) };
  const header = ifVersion === undefined ? {} : { 'if-match': `"${ifVersion}"` };
  const headers = { 'idempotency-key': randomUUID() };
  const document = await answerOf(objects.restore.$post({ param: placeOf(object), json: body, header }, { headers }));
  answer(json, document, ({ restored, version: now, lines }) =>
    lines.length === 0
      ? `The state is that of version ${restored} already.`
      : [
          dryRun
            ? `Restoring version ${restored} would change:`
            : `Version ${restored} is restored, as version ${now}:`,
          ...lines.map((line) => `  ${clean(line)}`),
        ].join('\n'),
  );
};

const exportTo = async (object: string, file: string, _options: unknown, command: Command): Promise<void> => {
  const { connection, json } = await createContext(command);
  const { kind, objectId } = placeOf(object);
  const text = await callFile(connection, `/api/objects/${kind}/${encodeURIComponent(objectId)}/export`);
  writeFileSync(file, text, { mode: 0o600 });
  answer(json, { file, bytes: Buffer.byteLength(text) }, ({ bytes }) => `${object} is in ${file} (${bytes} bytes).`);
};

interface Report {
  readonly rows: number;
  readonly migrated: readonly string[];
  readonly version: number;
  readonly hash: string;
}

const describeReport = ({ rows, migrated, version, hash }: Report): string =>
  [
    `  rows        ${rows}`,
    `  migrations  ${migrated.length === 0 ? 'none were missing' : migrated.join(', ')}`,
    `  version     ${version}`,
    `  hash        ${hash}`,
  ].join('\n');

const importFrom = async (object: string, file: string, _options: unknown, command: Command): Promise<void> => {
  const { connection, json } = await createContext(command);
  const { kind, objectId } = placeOf(object);
  const path = `/api/objects/${kind}/${encodeURIComponent(objectId)}/import`;
  // SAFETY: the route's own schema.
  const report = JSON.parse(await callFile(connection, path, readFileSync(file))) as Report;
  answer(json, report, () => `${object} is made again from ${file}:\n${describeReport(report)}`);
};

/** With `--test`: the file's kind stands in its first line. */
const kindOfFile = (text: string): ManagedKind => {
  const kind = /^\{[^\n]*?"object":"[^"/]*\/([\w-]+)\//.exec(text)?.[1];
  const known = managedKinds.find((one) => one === kind);
  if (known === undefined)
    throw usageFailure('the file is no export of an object: its first line does not say of which.');
  return known;
};

const migrations = async (
  object: string,
  options: { readonly test?: boolean | string },
  command: Command,
): Promise<void> => {
  const { client, connection, json } = await createContext(command);
  if (options.test === undefined || options.test === false) {
    const objects = client.api.objects[':kind'][':objectId'];
    const document = await answerOf(objects.migrations.$get({ param: placeOf(object) }));
    answer(json, document, (found) =>
      table(
        ['LIST', 'ID', 'NAME', 'FINGERPRINT', 'APPLIED (UTC)'],
        found.migrations.map(({ list, id, name, fingerprint, appliedAt }) => [
          list,
          String(id),
          name,
          fingerprint,
          appliedAt === undefined ? 'not yet' : dateText(appliedAt),
        ]),
      ),
    );
    return;
  }
  const source = typeof options.test === 'string' ? readFileSync(options.test, 'utf8') : undefined;
  const place = source === undefined ? placeOf(object) : { kind: kindOfFile(source), objectId: '' };
  const text =
    source ?? (await callFile(connection, `/api/objects/${place.kind}/${encodeURIComponent(place.objectId)}/export`));
  // SAFETY: the route's own schema.
  const report = JSON.parse(await callFile(connection, `/api/objects/${place.kind}/trial`, text)) as Report;
  answer(
    json,
    report,
    () => `The copy was migrated, its whole log was read, and nothing of it is left:\n${describeReport(report)}`,
  );
};

const object = '<object>';
const what = 'an id, or a kind and an id: repository/prj_…';

const addCopyCommands = (state: Command): void => {
  state.command('export').description('write it to a file').argument(object, what).argument('<file>').action(exportTo);
  state
    .command('import')
    .description('make it again from its file, where nothing is any longer')
    .argument(object, what)
    .argument('<file>')
    .action(importFrom);
  state
    .command('migrations')
    .description('its migrations; with --test, try those of this version on a copy')
    .argument('[object]', what, '')
    .addOption(new Option('--test [file]', 'on a copy of the object, or on an export of any platform'))
    .action(migrations);
};

export const addStateCommands = (program: Command): void => {
  const state = program.command('state').description('what an object is and was; going back; one object as a file');
  state
    .command('show', { isDefault: true })
    .description('the state, now or earlier')
    .argument(object, what)
    .option('--at <version>', 'as it was at a version')
    .option('--time <time>', 'as it was at a time, ISO 8601 or milliseconds')
    .action(show);
  state
    .command('at')
    .description('the state as it was at a version')
    .argument(object, what)
    .argument('<version>')
    .action((place: string, version: string, _options: unknown, command: Command) =>
      show(place, { at: version }, command),
    );
  state
    .command('history')
    .description('what happened, oldest first')
    .argument(object, what)
    .option('--after <version>', 'the next page')
    .option('--limit <number>', 'how many, from 1 to 500')
    .action(history);
  state
    .command('diff')
    .description('what is different between two versions')
    .argument(object, what)
    .argument('<from>', 'a version')
    .argument('[to]', 'another; the newest unless told')
    .action(diff);
  state
    .command('restore')
    .description('go back to an earlier version, by a new event')
    .argument(object, what)
    .argument('<version>')
    .option('--reason <text>', 'kept with it')
    .option('--if-version <version>', 'only while this is the newest version')
    .option('--dry-run', 'show what would change')
    .action(restore);
  addCopyCommands(state);
};
