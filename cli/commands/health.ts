/** `aidevos health` and `aidevos objects`: how every component is, and the life of one object. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { clean, fit } from '../../shared/domain/progress/style.ts';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { exitCodes, usageFailure } from '../exit-codes.ts';
import { readObject, readText } from '../json-object.ts';
import { answer, dateText, table } from '../output/print.ts';
import { placeOf } from './state.ts';

interface Life {
  readonly phase: string;
  readonly since?: number | undefined;
  readonly reason?: string | undefined;
  readonly failure?: string | undefined;
  readonly work: {
    readonly running: number;
    readonly deliveries: number;
    readonly deadLetters: number;
    readonly nextTimerAt?: number | undefined;
  };
  readonly storageBytes: number;
}

const longestFailure = 100;

const describeLife = (object: string, life: Life): string =>
  [
    `${object} is ${life.phase}${life.since === undefined ? '' : ` since ${dateText(life.since)} UTC`}`,
    ...(life.reason === undefined ? [] : [`  reason      ${clean(life.reason)}`]),
    ...(life.failure === undefined ? [] : [`  failure     ${clean(life.failure)}`]),
    `  work        ${life.work.running} running, ${life.work.deliveries} to deliver, ${life.work.deadLetters} given up`,
    `  next timer  ${life.work.nextTimerAt === undefined ? 'none' : `${dateText(life.work.nextTimerAt)} UTC`}`,
    `  storage     ${life.storageBytes} bytes`,
  ].join('\n');

const health = async (
  options: { readonly after?: string; readonly afterTopic?: string; readonly limit?: string },
  command: Command,
): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(client.api.health.components.$get({ query: { ...options } }));
  answer(json, document, ({ status, parts, components, next, nextTopic }) =>
    [
      `The platform is ${status}.`,
      table(
        ['COMPONENT', 'NAME', 'STATUS', 'PHASE', 'WORK', 'MS', 'REMARK'],
        [
          ...Object.entries(parts).map(([name, part]) => [
            name,
            '',
            part.status,
            '',
            '',
            String(part.durationMs),
            part.reason ?? '',
          ]),
          ...components.map((one) => [
            `${one.kind} ${one.objectId}`,
            one.name ?? '',
            one.status,
            one.phase ?? '',
            one.work === undefined ? '' : `${one.work.running}/${one.work.deliveries}/${one.work.deadLetters}`,
            String(one.durationMs),
            fit(one.failure ?? one.reason ?? '', longestFailure),
          ]),
        ],
      ),
      'WORK is: running/to deliver/given up.',
      ...(next === undefined ? [] : [`More: aidevos health --after ${next}`]),
      ...(nextTopic === undefined ? [] : [`More topics: aidevos health --after-topic ${nextTopic}`]),
    ].join('\n'),
  );
  if (document.status !== 'healthy') process.exitCode = exitCodes.differs;
};

const life = async (object: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const objects = client.api.objects[':kind'][':objectId'];
  answer(json, await answerOf(objects.lifecycle.$get({ param: placeOf(object) })), (found) =>
    describeLife(object, found),
  );
};

const deactivate = async (object: string, options: { readonly reason?: string }, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const objects = client.api.objects[':kind'][':objectId'];
  const body = options.reason === undefined ? {} : { reason: options.reason };
  const headers = { 'idempotency-key': randomUUID() };
  const document = await answerOf(objects.deactivate.$post({ param: placeOf(object), json: body }, { headers }));
  answer(json, document, (found) => describeLife(object, found));
};

const revive = async (object: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const objects = client.api.objects[':kind'][':objectId'];
  const headers = { 'idempotency-key': randomUUID() };
  const document = await answerOf(objects.revive.$post({ param: placeOf(object) }, { headers }));
  answer(json, document, (found) => describeLife(object, found));
};

const call = async (
  object: string,
  method: string,
  input: string | undefined,
  _options: unknown,
  command: Command,
): Promise<void> => {
  const { client, json } = await createContext(command);
  const { kind, objectId } = placeOf(object);
  if (kind !== 'service')
    throw usageFailure('only services can be called: service/shop.data, service/prj_….preview.auth');
  const service = client.api.objects.service[':objectId'];
  const document = await answerOf(
    service.call.$post({ param: { objectId }, json: { method, input: readObject(readText(input ?? '{}'), 'input') } }),
  );
  answer(json, document, ({ value }) => JSON.stringify(value, undefined, 2));
};

export const addHealthCommands = (program: Command): void => {
  program
    .command('health')
    .description('how every component is; exit code 1 when one is not well')
    .option('--after <project>', 'the next page')
    .option('--after-topic <topic>', 'the next topics')
    .option('--limit <number>', 'projects on a page, from 1 to 50')
    .action(health);
  const objects = program.command('objects').description('the life of one object; calls of services');
  objects.command('life', { isDefault: true }).description('its phase and its work').argument('<object>').action(life);
  objects
    .command('deactivate')
    .description('end its work in good order, and rest until the next command')
    .argument('<object>')
    .option('--reason <text>', 'kept with it')
    .action(deactivate);
  objects.command('revive').description('wake it').argument('<object>').action(revive);
  objects
    .command('call')
    .description('call a service of your own app or composition: give a role, make a key, read a funnel')
    .argument('<object>', 'such as service/shop.user')
    .argument('<method>', 'such as grantRole')
    .argument('[input]', 'a JSON object, @file, or - for standard input')
    .action(call);
};
