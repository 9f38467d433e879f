/** `aidevos events`: publish to topics of the event bus, follow them, and consume as a group. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { fit } from '../../shared/domain/progress/style.ts';
import { answerOf } from '../api/client.ts';
import { followTopic, type StoredTopicEvent } from '../api/follow.ts';
import { createContext } from '../context.ts';
import { usageFailure } from '../exit-codes.ts';
import { answer, dateText, table } from '../output/print.ts';
import { interruptSignal } from '../watch.ts';
import { wholeNumber } from '../whole-number.ts';

const longestData = 160;

const parseData = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw usageFailure('the data is not JSON; a text is written \'"like this"\'.');
  }
};

type ShownEvent = Pick<StoredTopicEvent, 'sequence' | 'recordedAt'> & {
  readonly event: { readonly type: string; readonly key?: string | undefined; readonly data?: unknown };
};

const lineOf = ({ sequence, recordedAt, event }: ShownEvent): string => {
  const key = event.key === undefined ? '' : ` [${event.key}]`;
  return `${sequence}  ${dateText(recordedAt)}  ${fit(`${event.type}${key} ${JSON.stringify(event.data ?? null)}`, longestData)}`;
};

interface PublishOptions {
  readonly type?: string;
  readonly about?: string;
}

const publish = async (topic: string, text: string, options: PublishOptions, command: Command): Promise<void> => {
  const data = parseData(text);
  const { client, json } = await createContext(command);
  const event = {
    type: options.type ?? topic,
    data,
    ...(options.about === undefined ? {} : { key: options.about }),
  };
  // One key for this command: should the answer be lost, a repeat adds nothing.
  const headers = { 'idempotency-key': randomUUID() };
  const pending = client.api.topics[':topic'].events.$post(
    { param: { topic }, json: { events: [event] } },
    { headers },
  );
  answer(json, await answerOf(pending), ({ first }) => `Event ${first} of ${topic} is published.`);
};

const tail = async (
  topic: string,
  options: { readonly follow?: boolean; readonly after: string },
  command: Command,
): Promise<void> => {
  const after = wholeNumber('--after', options.after);
  const { connection, json } = await createContext(command);
  const ended = new AbortController();
  const signal = AbortSignal.any([interruptSignal(), ended.signal]);
  for await (const item of followTopic(connection, topic, { after, signal })) {
    if (item.type === 'event') console.log(json ? JSON.stringify(item.stored) : lineOf(item.stored));
    else if (options.follow !== true) break;
  }
  ended.abort();
};

interface PullOptions {
  readonly limit: string;
  readonly wait: string;
  readonly acknowledge?: boolean;
}

const pull = async (topic: string, group: string, options: PullOptions, command: Command): Promise<void> => {
  const body = { limit: wholeNumber('--limit', options.limit), waitMs: wholeNumber('--wait', options.wait) * 1_000 };
  const { client, json } = await createContext(command);
  const param = { topic, group };
  const groups = client.api.topics[':topic'].groups[':group'];
  const pulled = await answerOf(groups.pull.$post({ param, json: body }));
  const leases = pulled.events.map(({ sequence, lease }) => ({ sequence, lease }));
  answer(json, pulled, ({ events, lag }) =>
    events.length === 0
      ? `Nothing to hand out; ${lag} events are not settled.`
      : events.map((event) => `${lineOf(event)}  lease ${event.sequence}:${event.lease}`).join('\n'),
  );
  // After they were shown: what was never seen is not done.
  if (options.acknowledge === true && leases.length > 0) {
    await answerOf(groups.acknowledge.$post({ param, json: { leases } }));
  }
};

/** `12:3` is the event 12 under lease 3. */
const parseLease = (text: string): { readonly sequence: number; readonly lease: number } => {
  const [, sequence, lease] = /^(\d{1,15}):(\d{1,15})$/.exec(text) ?? [];
  if (sequence === undefined || lease === undefined) {
    throw usageFailure(`"${text}" is not <sequence>:<lease>, as "aidevos events pull" shows them.`);
  }
  return { sequence: Number(sequence), lease: Number(lease) };
};

const settle =
  (kind: 'acknowledge' | 'reject') =>
  async (
    topic: string,
    group: string,
    texts: readonly string[],
    _options: unknown,
    command: Command,
  ): Promise<void> => {
    const body = { leases: texts.map(parseLease) };
    const { client, json } = await createContext(command);
    const groups = client.api.topics[':topic'].groups[':group'];
    const param = { topic, group };
    const pending =
      kind === 'acknowledge'
        ? groups.acknowledge.$post({ param, json: body })
        : groups.reject.$post({ param, json: body });
    answer(json, await answerOf(pending), ({ settled, stale }) =>
      stale.length === 0 ? `${settled} settled.` : `${settled} settled; no longer yours: ${stale.join(', ')}.`,
    );
  };

const seek = async (
  topic: string,
  group: string,
  after: string,
  _options: unknown,
  command: Command,
): Promise<void> => {
  const body = { after: wholeNumber('<after>', after) };
  const { client, json } = await createContext(command);
  const pending = client.api.topics[':topic'].groups[':group'].seek.$post({ param: { topic, group }, json: body });
  answer(json, await answerOf(pending), ({ next, lag }) => `${group} goes on at ${next}; ${lag} events wait for it.`);
};

const letters = async (topic: string, group: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const pending = client.api.topics[':topic'].groups[':group']['dead-letters'].$get({
    param: { topic, group },
    query: {},
  });
  answer(json, await answerOf(pending), ({ deadLetters }) =>
    deadLetters.length === 0
      ? 'No dead letters: the group gave nothing up.'
      : [
          table(
            ['LETTER', 'EVENT', 'TYPE', 'TRIES', 'PARKED (UTC)', 'CAUSE'],
            deadLetters.map((letter) => [
              String(letter.letterId),
              String(letter.sequence),
              letter.event?.type ?? 'no longer kept',
              String(letter.attempts),
              dateText(letter.parkedAt),
              fit(letter.cause, 120),
            ]),
          ),
          `When the cause is mended:  aidevos events replay ${topic} ${group} <letter>`,
        ].join('\n'),
  );
};

const replay = async (topic: string, group: string, deadLetter: string, _options: unknown, command: Command) => {
  const { client, json } = await createContext(command);
  const headers = { 'idempotency-key': randomUUID() };
  const param = { topic, group, deadLetter };
  const replayed = client.api.topics[':topic'].groups[':group']['dead-letters'][':deadLetter'].replay;
  answer(
    json,
    await answerOf(replayed.$post({ param }, { headers })),
    () => `Letter ${deadLetter} is handed out again.`,
  );
};

const addConsumerCommands = (events: Command): void => {
  events
    .command('pull')
    .description('lease the next events of a group')
    .argument('<topic>')
    .argument('<group>')
    .option('--limit <count>', 'at most so many', '10')
    .option('--wait <seconds>', 'wait for events', '0')
    .option('--acknowledge', 'they are done when they were shown')
    .action(pull);
  for (const [name, kind, text] of [
    ['acknowledge', 'acknowledge', 'events are done'],
    ['reject', 'reject', 'events failed: they are handed out again after a pause'],
  ] as const) {
    events
      .command(name)
      .description(text)
      .argument('<topic>')
      .argument('<group>')
      .argument('<lease...>', '<sequence>:<lease>')
      .action(settle(kind));
  }
  events
    .command('seek')
    .description('move a group: back to replay, forward to skip')
    .argument('<topic>')
    .argument('<group>')
    .argument('<after>', 'the sequence after which it goes on')
    .action(seek);
  events
    .command('dead-letters')
    .description('what a group gave up')
    .argument('<topic>')
    .argument('<group>')
    .action(letters);
  events
    .command('replay')
    .description('hand a dead letter out again')
    .argument('<topic>')
    .argument('<group>')
    .argument('<letter>')
    .action(replay);
};

export const addEventCommands = (program: Command): void => {
  const events = program.command('events').description('publish to topics, follow them, and consume as a group');
  events
    .command('publish')
    .description('publish an event')
    .argument('<topic>')
    .argument('<data>', 'JSON')
    .option('--type <type>', 'the event’s type; the topic’s name unless told')
    .option('--about <key>', 'the event’s key: what it is about')
    .action(publish);
  events
    .command('tail')
    .description('show the events of a topic, and with --follow those that come')
    .argument('<topic>')
    .option('-f, --follow', 'go on until interrupted')
    .option('--after <sequence>', 'only events after this one', '0')
    .action(tail);
  addConsumerCommands(events);
};
