/** The part of `aidevos quality` about judging: the verdict of the judge, what scans found, the bill of materials, gates and waivers. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { usageFailure } from '../exit-codes.ts';
import { answer, dateText, table } from '../output/print.ts';
import { clean, fit } from '../../shared/domain/progress/style.ts';

interface GateDocument {
  readonly gate: string;
  readonly outcome: string;
  readonly evidence: string;
  readonly wanted?: string | undefined;
}

interface QualityDocument {
  readonly verdict?:
    | { readonly commit: string; readonly passed: boolean; readonly gates: readonly GateDocument[] }
    | undefined;
  readonly waivers: readonly {
    readonly waiverId: string;
    readonly gate: string;
    readonly endsAt: number;
    readonly person: string;
    readonly reason: string;
  }[];
}

const once = () => ({ headers: { 'idempotency-key': randomUUID() } });

const describeQuality = ({ verdict, waivers }: QualityDocument): string =>
  verdict === undefined
    ? 'There is no commit to judge yet.'
    : [
        `${verdict.commit.slice(0, 10)} ${verdict.passed ? 'passes' : 'DOES NOT PASS'}`,
        '',
        table(
          ['GATE', 'OUTCOME', 'EVIDENCE'],
          verdict.gates.map(({ gate, outcome, evidence }) => [gate, outcome, fit(evidence, 120)]),
        ),
        ...verdict.gates.flatMap(({ gate, wanted }) =>
          wanted === undefined ? [] : ['', `${gate} wants: ${clean(wanted)}`],
        ),
        ...(waivers.length === 0
          ? []
          : [
              '',
              table(
                ['WAIVER', 'GATE', 'UNTIL', 'BY', 'REASON'],
                waivers.map((waiver) => [
                  waiver.waiverId,
                  waiver.gate,
                  dateText(waiver.endsAt),
                  waiver.person,
                  fit(waiver.reason, 60),
                ]),
              ),
            ]),
      ].join('\n');

const show = async (projectId: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  answer(
    json,
    await answerOf(client.api.projects[':projectId'].quality.$get({ param: { projectId } })),
    describeQuality,
  );
};

const scan = async (projectId: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(
    client.api.projects[':projectId'].quality.scan.$post({ param: { projectId } }, once()),
  );
  answer(
    json,
    document,
    ({ commit, filesScanned, findingsTotal, blocking }) =>
      `${commit.slice(0, 10)}: ${filesScanned} files, ${findingsTotal} findings, ${blocking} of them block. Read them: aidevos quality findings ${projectId}`,
  );
};

const findings = async (
  projectId: string,
  options: { readonly task?: string; readonly commit?: string },
  command: Command,
): Promise<void> => {
  const { client, json } = await createContext(command);
  const query = {
    subject: options.task ?? 'main',
    ...(options.commit === undefined ? {} : { commit: options.commit }),
  };
  const document = await answerOf(
    client.api.projects[':projectId'].quality.findings.$get({ param: { projectId }, query }),
  );
  answer(json, document, (found) =>
    [
      `${found.subject} at ${found.commit.slice(0, 10)}: ${found.findingsTotal} findings in ${found.filesScanned} files, ${found.verdict}`,
      ...found.findings.flatMap((finding) => [
        '',
        clean(
          `${finding.file}:${finding.line}:${finding.column} ${finding.rule} (${finding.severity}, ${finding.confidence} confidence${finding.suppressed === undefined ? '' : ', let pass'})`,
        ),
        `  ${fit(finding.message, 300)}`,
        ...(finding.evidence.length > 1
          ? finding.evidence.map(({ line, text }) => `    ${line}: ${fit(text, 120)}`)
          : []),
        `  fix: ${fit(finding.fix.text, 300)}`,
      ]),
    ].join('\n'),
  );
};

const sbom = async (projectId: string, _options: unknown, command: Command): Promise<void> => {
  const { client } = await createContext(command);
  const document = await answerOf(client.api.projects[':projectId'].quality.sbom.$get({ param: { projectId } }));
  answer(true, document, () => '');
};

type GatesBody = { readonly gates: never[] };

const setGates = async (projectId: string, file: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  let body: unknown;
  try {
    body = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw usageFailure(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  // SAFETY: the platform checks the document and names what is wrong with it.
  const gates = (Array.isArray(body) ? { gates: body } : body) as GatesBody;
  const document = await answerOf(
    client.api.projects[':projectId'].quality.gates.$put({ param: { projectId }, json: gates }, once()),
  );
  answer(json, document, describeQuality);
};

const waive = async (
  projectId: string,
  gate: string,
  options: { readonly reason: string; readonly until: string },
  command: Command,
): Promise<void> => {
  const endsAt = Date.parse(options.until);
  if (Number.isNaN(endsAt)) throw usageFailure(`--until: "${options.until}" is no date, such as 2026-12-24`);
  const { client, json } = await createContext(command);
  const body = { gate, reason: options.reason, endsAt };
  const document = await answerOf(
    client.api.projects[':projectId'].quality.waivers.$post({ param: { projectId }, json: body }, once()),
  );
  answer(json, document, (waiver) => `${waiver.waiverId}: ${waiver.gate} passes until ${dateText(waiver.endsAt)}`);
};

const revoke = async (projectId: string, waiverId: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(
    client.api.projects[':projectId'].quality.waivers[':waiverId'].$delete({ param: { projectId, waiverId } }, once()),
  );
  answer(json, document, describeQuality);
};

/** Adds the commands to `aidevos quality`, of which the verdict is the one that is meant when none is named. */
export const addJudgeCommands = (quality: Command): void => {
  quality
    .command('show', { isDefault: true })
    .description('which gates passed, by how much others missed, and what would turn them')
    .argument('<project>')
    .action(show);
  quality.command('scan').description('look for weaknesses at the head of main now').argument('<project>').action(scan);
  quality
    .command('findings')
    .description('what the newest scan found, with evidence and fixes')
    .argument('<project>')
    .option('--task <task>', 'of the change of this task instead of main')
    .option('--commit <commit>', 'of this commit')
    .action(findings);
  quality.command('sbom').description('the bill of materials as CycloneDX 1.6').argument('<project>').action(sbom);
  quality
    .command('gates')
    .description('replace the gates; an empty list puts the default ones back')
    .argument('<project>')
    .argument('<file>', 'JSON: a list of gates')
    .action(setGates);
  quality
    .command('waive')
    .description('let a gate pass for a time')
    .argument('<project>')
    .argument('<gate>')
    .requiredOption('--reason <text>', 'why; kept with the project')
    .requiredOption('--until <date>', 'when the gate counts again, at most 90 days from now')
    .action(waive);
  quality.command('revoke').description('take a waiver back').argument('<project>').argument('<waiver>').action(revoke);
};
