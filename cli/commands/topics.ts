/** `aidevos topics`: the topics of the event bus, their consumer groups, schemas and subscriptions. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { usageFailure } from '../exit-codes.ts';
import { answer, dateText, table } from '../output/print.ts';
import { wholeNumber } from '../whole-number.ts';

/** A whole number of an option; undefined when it was not given. */
const parseNumber = (option: string, text: string | undefined): number | undefined =>
  text === undefined ? undefined : wholeNumber(option, text);

/** Only what was given. */
const given = <Fields extends Record<string, unknown>>(fields: Fields): Partial<Fields> =>
  // SAFETY: a part of the fields, as they were.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>;

const list = async (
  pattern: string | undefined,
  options: { readonly after?: string },
  command: Command,
): Promise<void> => {
  const { client, json } = await createContext(command);
  const query = { ...given({ pattern, after: options.after }), limit: '1000' };
  answer(json, await answerOf(client.api.topics.$get({ query })), ({ topics, next }) =>
    topics.length === 0
      ? 'There are no topics. One is made by its first event:  aidevos events publish orders.placed \'{"total":3}\''
      : [
          table(
            ['TOPIC', 'KEEPS AT MOST', 'MADE (UTC)'],
            topics.map(({ topic, maxBytes, createdAt }) => [topic, `${maxBytes} bytes`, dateText(createdAt)]),
          ),
          ...(next === undefined ? [] : [`More:  aidevos topics list --after ${next}`]),
        ].join('\n'),
  );
};

interface ShownTarget {
  readonly kind: string;
  readonly topic?: string;
  readonly projectId?: string;
  readonly recipient?: string;
}

const targetText = ({ kind, topic, projectId, recipient }: ShownTarget): string =>
  [kind, topic, projectId, recipient].filter((part) => part !== undefined).join(' ');

const show = async (topic: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(client.api.topics[':topic'].$get({ param: { topic } }));
  answer(json, document, ({ sequence, oldest, events, bytes, settings, groups }) =>
    [
      `${topic}: ${events} events (${oldest} to ${sequence}), ${bytes} bytes`,
      `keeps ${settings.maxAgeMs / 3_600_000} hours, ${settings.maxBytes} bytes, compaction ${settings.compaction}; takes ${settings.eventsPerSecond} events a second`,
      groups.length === 0
        ? `No consumer groups. Make one:  aidevos topics group ${topic} <group>`
        : table(
            ['GROUP', 'TARGET', 'STATUS', 'NEXT', 'LEASED', 'WAITING', 'LAG', 'DEAD'],
            groups.map(({ group, settings: { target }, status, next, leased, waiting, lag, deadLetters }) => [
              group,
              targetText(target),
              status === 'gone' ? 'gone: seek' : status,
              ...[next, leased, waiting, lag, deadLetters].map(String),
            ]),
          ),
    ].join('\n'),
  );
};

interface SetOptions {
  readonly maxAge?: string;
  readonly maxBytes?: string;
  readonly compaction?: 'none' | 'latest';
  readonly rate?: string;
}

const set = async (topic: string, options: SetOptions, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const seconds = parseNumber('--max-age', options.maxAge);
  const body = given({
    maxAgeMs: seconds === undefined ? undefined : seconds * 1_000,
    maxBytes: parseNumber('--max-bytes', options.maxBytes),
    compaction: options.compaction,
    eventsPerSecond: parseNumber('--rate', options.rate),
  });
  const document = await answerOf(client.api.topics[':topic'].$put({ param: { topic }, json: body }));
  answer(json, document, () => `${topic} is set:  aidevos topics show ${topic}`);
};

const remove = async (topic: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(client.api.topics[':topic'].$delete({ param: { topic } }));
  answer(json, document, () => `${topic} is removed, with its events, groups and schemas.`);
};

interface GroupOptions {
  readonly app?: string;
  readonly path: string;
  readonly to?: string;
  readonly tell?: string;
  readonly types?: string;
  readonly order?: 'none' | 'key';
  readonly start?: 'oldest' | 'new';
  readonly attempts?: string;
}

/** `prj_…/role:qa`; everybody when only the project is named. */
const teamOf = (text: string) => {
  const [projectId = '', recipient = '*'] = text.split('/', 2);
  return { kind: 'message' as const, projectId, recipient };
};

const targetOf = ({ app, path, to, tell }: GroupOptions) => {
  if (tell !== undefined) return teamOf(tell);
  if (app !== undefined) return { kind: 'app' as const, projectId: app, path };
  return to === undefined ? { kind: 'pull' as const } : { kind: 'topic' as const, topic: to };
};

const bodyOf = (options: GroupOptions) => ({
  target: targetOf(options),
  ...given({
    order: options.order,
    start: options.start,
    types: options.types?.split(',').map((type) => type.trim()),
    maxAttempts: parseNumber('--attempts', options.attempts),
  }),
});

const group = async (topic: string, name: string, options: GroupOptions, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const param = { topic, group: name };
  const groups = client.api.topics[':topic'].groups[':group'];
  const document = await answerOf(groups.$put({ param, json: bodyOf(options) }));
  answer(json, document, ({ next, lag }) => `${name} of ${topic} goes on at ${next}; ${lag} events wait for it.`);
};

const subscribe = async (name: string, pattern: string, options: GroupOptions, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const param = { subscription: name };
  const subscriptions = client.api.subscriptions[':subscription'];
  const document = await answerOf(subscriptions.$put({ param, json: { pattern, ...bodyOf(options) } }));
  answer(json, document, () => `Every topic that ${pattern} stands for, present or to come, has the group ${name}.`);
};

const subscriptions = async (_options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  answer(json, await answerOf(client.api.subscriptions.$get()), ({ subscriptions: all }) =>
    all.length === 0
      ? 'There are no subscriptions.'
      : table(
          ['SUBSCRIPTION', 'PATTERN', 'TARGET', 'MADE (UTC)'],
          all.map(({ name, pattern, settings, createdAt }) => [
            name,
            pattern,
            targetText(settings.target),
            dateText(createdAt),
          ]),
        ),
  );
};

const unsubscribe = async (name: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const removed = client.api.subscriptions[':subscription'].$delete({ param: { subscription: name } });
  answer(json, await answerOf(removed), () => `${name} is removed; its groups go within a second.`);
};

const schema = async (topic: string, type: string, file: string, _options: unknown, command: Command) => {
  const { client, json } = await createContext(command);
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw usageFailure(`no JSON can be read from ${file}: ${error instanceof Error ? error.message : 'unknown'}.`);
  }
  const body = { type, schema: parsed };
  const document = await answerOf(client.api.topics[':topic'].schemas.$post({ param: { topic }, json: body }));
  answer(
    json,
    document,
    ({ version }) => `Version ${version} of ${type}: every event of the type is checked from now on.`,
  );
};

const withTarget = (command: Command): Command =>
  command
    .option('--app <project>', 'push to the deployed app of this project')
    .option('--path <path>', 'where in the app', '/events')
    .option('--to <topic>', 'push to another topic')
    .option('--tell <team>', 'send as messages: prj_…/role:qa, prj_…/agent:agt_…, or prj_… for everybody')
    .option('--types <types>', 'only events of these types: task.failed,gates.*')
    .option('--order <order>', 'none, or key: one event of a key at a time, in order')
    .option('--start <start>', 'oldest or new: where a new group begins')
    .option('--attempts <count>', 'before an event becomes a dead letter');

export const addTopicCommands = (program: Command): void => {
  const topics = program.command('topics').description('topics of the event bus, and who consumes them');
  topics
    .command('list', { isDefault: true })
    .description('list topics')
    .argument('[pattern]', 'orders.* or orders.>')
    .option('--after <topic>', 'only topics behind this name')
    .action(list);
  topics.command('show').description('show a topic and its consumer groups').argument('<topic>').action(show);
  topics
    .command('set')
    .description('make a topic, or change its settings')
    .argument('<topic>')
    .option('--max-age <seconds>', 'drop older events')
    .option('--max-bytes <bytes>', 'drop the oldest beyond it')
    .option('--compaction <kind>', 'none, or latest: keep only the newest event of each key')
    .option('--rate <events>', 'events a second that it takes')
    .action(set);
  topics.command('remove').description('remove a topic and all it holds').argument('<topic>').action(remove);
  withTarget(
    topics.command('group').description('make a consumer group, or change it').argument('<topic>').argument('<group>'),
  ).action(group);
  withTarget(
    topics
      .command('subscribe')
      .description('a consumer group on every topic of a pattern')
      .argument('<subscription>')
      .argument('<pattern>'),
  ).action(subscribe);
  topics.command('subscriptions').description('list subscriptions').action(subscriptions);
  topics.command('unsubscribe').description('remove a subscription').argument('<subscription>').action(unsubscribe);
  topics
    .command('schema')
    .description('add a version of the schema of an event type')
    .argument('<topic>')
    .argument('<type>')
    .argument('<file>', 'a JSON Schema')
    .action(schema);
};
