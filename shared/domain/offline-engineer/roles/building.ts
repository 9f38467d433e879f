/** Writing an item: tests first, then the code, then running both before handing in. */
import { isTestFile } from '../../tool/check-tools.ts';
import type { Blueprint, BlueprintFile, WorkItem } from '../blueprint.ts';
import { answer, readSection, type Answer, type Conversation } from '../conversation.ts';
import { hollowTests, injectFault, type Faults } from '../faults.ts';

const maxFilesPerCall = 50;

/** Tasks of a revision are named after the item that they repair. */
export const findItem = (blueprint: Blueprint, key: string): WorkItem | undefined => {
  const name = key.replace(/^repair-\d+-/, '');
  return blueprint.items.find((item) => item.key === name);
};

const write = (files: readonly BlueprintFile[], message: string): Answer['calls'] => {
  const calls: { tool: string; input: unknown }[] = [];
  for (let start = 0; start < files.length; start += maxFilesPerCall) {
    const part = files.slice(start, start + maxFilesPerCall).map(({ path, content }) => ({ path, content }));
    calls.push({ tool: 'write_files', input: { files: part } });
  }
  return calls.length === 0 ? [] : [...calls, { tool: 'commit', input: { message } }];
};

const isFirstAttempt = ({ header }: Conversation): boolean =>
  (header.get('Attempt') ?? '1') === '1' && !(header.get('Key') ?? '').startsWith('repair-');

const handIn = (item: WorkItem): Answer =>
  answer('Everything passes.', {
    tool: 'complete_task',
    input: { summary: [`${item.title}.`, ...item.acceptanceCriteria.map((criterion) => `- ${criterion}`)].join('\n') },
  });

/** An item's own tests; whoever tests the whole application runs all there are. */
const check = (item: WorkItem, files: readonly BlueprintFile[]): Answer['calls'] => {
  const tests = files.map(({ path }) => path).filter(isTestFile);
  return tests.length === 0
    ? []
    : [
        { tool: 'run_tests', input: item.role === 'qa' ? {} : { files: tests } },
        { tool: 'check_types', input: {} },
      ];
};

const start = (conversation: Conversation, item: WorkItem, files: readonly BlueprintFile[], faults: Faults): Answer => {
  const written = files.filter(({ kind }) => kind === 'test');
  const tests = faults.hasHollowTests ? hollowTests(written) : written;
  const rest = files.filter(({ kind }) => kind !== 'test');
  const faulty = isFirstAttempt(conversation) ? injectFault(rest, item.key, faults)?.files : undefined;
  const conflict = readSection(conversation.task, 'What came back from the last attempt').length > 0;
  return answer(
    tests.length > 0 ? 'I write the tests first, then the code.' : 'I write the documents.',
    ...(conflict ? [{ tool: 'update_branch', input: {} }] : []),
    ...write(tests, `Tests: ${item.title}`),
    ...write(faulty ?? rest, item.title),
    ...(conversation.offered.has('run_tests') && !faults.isCareless ? check(item, files) : []),
  );
};

/** The next answer of whoever writes an item. */
export const build = (conversation: Conversation, blueprint: Blueprint, faults: Faults): Answer => {
  const key = conversation.header.get('Key') ?? '';
  const item = findItem(blueprint, key);
  if (item === undefined)
    return answer(`I do not know how to do “${key}”: it is not part of what I read in the specification.`);
  const files = blueprint.files.filter((file) => file.item === item.key);
  const work = conversation.calls.filter(({ tool }) => tool !== 'read_specification');
  if (work.length === 0) return start(conversation, item, files, faults);
  const round = work.filter(({ turn }) => turn === work.at(-1)?.turn);
  const failure = round.find(({ isError, tool }) => isError && tool !== 'complete_task');
  if (failure === undefined) return handIn(item);
  const isSecondRound = work.filter(({ tool }) => tool === 'run_tests').length > 1;
  if (failure.tool !== 'run_tests' && failure.tool !== 'check_types') {
    return answer(`I cannot go on: ${failure.content}`);
  }
  if (isSecondRound) return answer(`It still fails, and I know no better: ${failure.content.slice(0, 1_000)}`);
  return answer(
    'A check failed: I go over my code again.',
    ...write(
      files.filter(({ kind }) => kind !== 'test'),
      `Mend: ${item.title}`,
    ),
    ...check(item, files),
  );
};
