/** `aidevos services upgrade`: moves a service's requests to another version step by step, and shows how far it is. */
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext, type CommandContext } from '../context.ts';
import { usageFailure } from '../exit-codes.ts';
import { answer, dateText, table } from '../output/print.ts';
import { interruptSignal } from '../watch.ts';
import { wordsOf } from './service-metadata.ts';

interface VersionFigures {
  readonly requests: number;
  readonly faults: number;
  readonly medianMs?: number | undefined;
}

interface ShownUpgrade {
  readonly name: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly steps: readonly number[];
  readonly step: number;
  readonly stepRequests: number;
  readonly status: string;
  readonly end?: string | undefined;
  readonly startedAt: number;
  readonly figures: { readonly new: VersionFigures; readonly old: VersionFigures };
  readonly weights: readonly { readonly instance: string; readonly group: string; readonly weight: number }[];
}

const reasons: Readonly<Record<string, string>> = {
  passed: 'every step was passed',
  errors: 'the new version fails more often than the old one',
  latency: 'the new version takes longer than the old one',
  health: 'an instance of the new version says that it is failing',
  gone: 'no instance of the new version is left',
  old_gone: 'no instance of the old version is left',
  asked: 'a person aborted it',
};

const isOver = ({ status }: ShownUpgrade): boolean => status !== 'running' && status !== 'paused';

const seenText = ({ requests, faults, medianMs }: VersionFigures): string =>
  `${requests} requests, ${faults} failed${medianMs === undefined ? '' : `, half within ${medianMs} ms`}`;

/** `[5 >25< 50 100]`: the step that it is at stands out. */
const stepsText = (upgrade: ShownUpgrade): string =>
  upgrade.steps
    .map((percent, at) => (at === upgrade.step && !isOver(upgrade) ? `>${percent}%<` : `${percent}%`))
    .join(' ');

const progressLine = (upgrade: ShownUpgrade): string => {
  const { name, from, to, step, steps, status, end, stepRequests, figures } = upgrade;
  const versions = `${name} ${from.join(', ')} -> ${to}`;
  if (isOver(upgrade)) return `${versions}: ${status}, ${reasons[end ?? ''] ?? end ?? ''}`;
  const place = `step ${step + 1} of ${steps.length} (${steps[step]}%)`;
  return `${versions}: ${status}, ${place}, ${figures.new.requests} of ${stepRequests} requests, ${figures.new.faults} failed`;
};

const nextText = ({ name, status }: ShownUpgrade): string => {
  switch (status) {
    case 'completed':
      return 'The old instances get no new requests: deregister them when what they still answer has ended.';
    case 'stopped':
    case 'aborted':
      return 'The old version has all requests again; the instances of the new one have the weight 0.';
    case 'paused':
      return `It goes on with:  aidevos services upgrade ${name} --resume`;
    default:
      return `Follow it with:  aidevos services upgrade ${name} --watch`;
  }
};

const upgradeText = (upgrade: ShownUpgrade): string =>
  [
    progressLine(upgrade),
    `  began ${dateText(upgrade.startedAt)} UTC; steps ${stepsText(upgrade)}`,
    `  new version in this step: ${seenText(upgrade.figures.new)}`,
    `  old version in this step: ${seenText(upgrade.figures.old)}`,
    ...upgrade.weights.map(
      ({ instance, group, weight }) => `  ${upgrade.name}/${instance}  ${group}  weight ${weight}`,
    ),
    nextText(upgrade),
  ].join('\n');

interface UpgradeOptions {
  readonly to?: string;
  readonly steps?: string[];
  readonly requests?: string;
  readonly seconds?: string;
  readonly slowdown?: string;
  readonly watch?: boolean;
  readonly pause?: boolean;
  readonly resume?: boolean;
  readonly abort?: boolean;
}

const read = async ({ client }: CommandContext, service: string) =>
  await answerOf(client.api['service-upgrades'][':service'].$get({ param: { service } }));

/** Begins, steers or only reads, by what was asked. */
const act = async (context: CommandContext, name: string, options: UpgradeOptions) => {
  const { to, steps, requests, seconds, slowdown, pause, resume, abort } = options;
  const given = { pause, resume, abort };
  const actions = (['pause', 'resume', 'abort'] as const).filter((one) => given[one] === true);
  if (actions.length + Number(to !== undefined) > 1) throw usageFailure('give one of --to, --pause, --resume, --abort');
  const [action] = actions;
  const { client } = context;
  if (action !== undefined) {
    const param = { service: name, action };
    return await answerOf(client.api['service-upgrades'][':service'][':action'].$post({ param }));
  }
  if (to === undefined) return await read(context, name);
  const json = {
    name,
    to,
    ...(steps === undefined ? {} : { steps: steps.map(Number) }),
    ...(requests === undefined ? {} : { stepRequests: Number(requests) }),
    ...(seconds === undefined ? {} : { stepSeconds: Number(seconds) }),
    ...(slowdown === undefined ? {} : { maxSlowdown: Number(slowdown) }),
  };
  return await answerOf(client.api['service-upgrades'].$post({ json }));
};

/** How often the upgrade is read while it is watched. */
const watchMs = 1_000;

/** A line for each change until it is over, or Ctrl-C. Exit code 1 when it was not completed. */
const watch = async (context: CommandContext, begun: ShownUpgrade): Promise<void> => {
  const signal = interruptSignal();
  let shown = '';
  for (let upgrade = begun; ; upgrade = await read(context, begun.name)) {
    const line = context.json ? JSON.stringify(upgrade) : progressLine(upgrade);
    if (line !== shown) console.log(line);
    shown = line;
    if (isOver(upgrade)) {
      if (!context.json) console.log(nextText(upgrade));
      if (upgrade.status !== 'completed') process.exitCode = 1;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, watchMs);
      signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
    if (signal.aborted) return;
  }
};

const upgrade = async (name: string, options: UpgradeOptions, command: Command): Promise<void> => {
  const context = await createContext(command);
  const document = await act(context, name, options);
  if (options.watch === true) await watch(context, document);
  else answer(context.json, document, upgradeText);
};

const list = async (_options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(client.api['service-upgrades'].$get());
  answer(json, document, ({ upgrades }) => {
    if (upgrades.length === 0)
      return 'No service was upgraded yet. `aidevos services upgrade <name> --to <version>` begins.';
    const rows = upgrades.map((one: ShownUpgrade) => [
      one.name,
      one.from.join(', '),
      one.to,
      one.status,
      stepsText(one),
      isOver(one) ? (reasons[one.end ?? ''] ?? '') : `${one.figures.new.requests} of ${one.stepRequests} requests`,
    ]);
    return table(['SERVICE', 'FROM', 'TO', 'STATUS', 'STEPS', 'WHAT'], rows);
  });
};

/** @param services the command `aidevos services`. */
export const addUpgradeCommands = (services: Command): void => {
  services
    .command('upgrade')
    .description('move the requests to another version step by step, or show and steer that')
    .argument('<name>')
    .option('--to <version>', 'begin: the version, as its instances are registered')
    .option('--steps <per cents>', 'for the new version, like 5,25,50,100', wordsOf)
    .option('--requests <count>', 'of the new version that a step lasts')
    .option('--seconds <seconds>', 'after which a step is over in any case')
    .option('--slowdown <factor>', 'by which the new version may be slower; 1.5 unless told')
    .option('--watch', 'show each change until it is over; exit code 1 when it was stopped')
    .option('--pause', 'stay at the step')
    .option('--resume', 'go on')
    .option('--abort', 'send all requests to the old version again')
    .action(upgrade);
  services.command('upgrades').description('the latest upgrade of each service').action(list);
};
