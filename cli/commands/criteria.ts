/** `aidevos quality criteria` and `verify`: the acceptance criteria of a project and what proves them. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { CommandFailure, exitCodes, usageFailure } from '../exit-codes.ts';
import { answer, table } from '../output/print.ts';
import { clean, fit } from '../../shared/domain/progress/style.ts';

const outcomes = ['proven', 'failed', 'stale', 'unproven'] as const;
const slots = ['preview', 'staging'] as const;

interface CheckDocument {
  readonly kind: string;
  readonly name: string;
  readonly passed: boolean;
  readonly evidence: string;
}

interface CriterionDocument {
  readonly criterionId: string;
  readonly text: string;
  readonly outcome: string;
  readonly tasks: readonly { readonly key: string }[];
  readonly checks: readonly CheckDocument[];
  readonly checksTotal: number;
  readonly wanted?: string | undefined;
}

interface CriteriaDocument {
  readonly commit?: string | undefined;
  readonly counts: {
    readonly total: number;
    readonly proven: number;
    readonly failed: number;
    readonly unproven: number;
  };
  readonly criteria: readonly CriterionDocument[];
  readonly next?: string | undefined;
  readonly faults: readonly { readonly line: number; readonly reason: string }[];
}

const describeProof = ({ checks, checksTotal, wanted }: CriterionDocument): string => {
  const failed = checks.find(({ passed }) => !passed);
  const [first] = checks;
  if (failed !== undefined) return `${failed.kind}: ${failed.evidence}`;
  if (first === undefined) return wanted ?? '';
  return `${checksTotal} ${checksTotal === 1 ? 'check' : 'checks'}; ${first.kind}: ${first.name}`;
};

const describeCriteria = ({ commit, counts, criteria, next, faults }: CriteriaDocument): string =>
  [
    `${commit === undefined ? 'no commit yet' : `commit ${commit.slice(0, 10)}`}: ${counts.proven} of ${counts.total} criteria proven, ${counts.failed} failed, ${counts.unproven} without proof`,
    ...faults.map(({ line, reason }) => `  line ${line} of the specification: ${clean(reason)}`),
    '',
    criteria.length === 0
      ? 'No criterion: write scenarios into the specification, or plan tasks with criteria.'
      : table(
          ['CRITERION', 'OUTCOME', 'TASKS', 'SENTENCE', 'PROOF'],
          criteria.map((each) => [
            fit(each.criterionId, 30),
            each.outcome,
            fit(each.tasks.map(({ key }) => key).join(', '), 30),
            fit(each.text, 60),
            fit(describeProof(each), 100),
          ]),
        ),
    ...(next === undefined ? [] : ['', `More: --after ${next}`]),
  ].join('\n');

interface CriteriaOptions {
  readonly outcome?: string;
  readonly after?: string;
  readonly limit?: string;
}

const criteria = async (projectId: string, options: CriteriaOptions, command: Command): Promise<void> => {
  const outcome = outcomes.find((name) => name === options.outcome);
  if (options.outcome !== undefined && outcome === undefined)
    throw usageFailure(`--outcome: "${options.outcome}" is none of ${outcomes.join(', ')}`);
  const { client, json } = await createContext(command);
  const query = {
    ...(outcome === undefined ? {} : { outcome }),
    ...(options.after === undefined ? {} : { after: options.after }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  };
  const route = client.api.projects[':projectId'].quality.criteria;
  answer(json, await answerOf(route.$get({ param: { projectId }, query })), describeCriteria);
};

const verify = async (projectId: string, options: { readonly slot: string }, command: Command): Promise<void> => {
  const slot = slots.find((name) => name === options.slot);
  if (slot === undefined) throw usageFailure(`--slot: "${options.slot}" is neither ${slots.join(' nor ')}`);
  const { client, json } = await createContext(command);
  const route = client.api.projects[':projectId'].quality.criteria.verify;
  const document = await answerOf(
    route.$post({ param: { projectId }, json: { slot } }, { headers: { 'idempotency-key': randomUUID() } }),
  );
  answer(json, document, describeCriteria);
  if (document.counts.failed > 0)
    throw new CommandFailure(exitCodes.projectFailed, 'criteria.failed', `${document.counts.failed} criteria failed.`);
};

/** Adds the commands to `aidevos quality`. */
export const addCriteriaCommands = (quality: Command): void => {
  quality
    .command('criteria')
    .description('the acceptance criteria, the tasks that have them, and the checks that prove them')
    .argument('<project>')
    .option('--outcome <outcome>', outcomes.join(', '))
    .option('--limit <number>', 'how many, at most 500 (100)')
    .option('--after <criterion>', 'the page after this one')
    .action(criteria);
  quality
    .command('verify')
    .description('run the scenarios of the specification against a slot, whose data is emptied')
    .argument('<project>')
    .option('--slot <slot>', 'preview or staging', 'preview')
    .action(verify);
};
