import { describe, expect, it } from 'vitest';
import { testCreateIds } from '../../ports/ids.ts';
import type { ProjectReport } from '../../rpc/project.ts';
import { describeNote, describeQuestion, describeStanding } from './closing.ts';

const ids = testCreateIds();
const links = {
  appUrl: 'https://a.test/apps/p/',
  repositoryUrl: 'https://a.test/git/p.git',
  reportUrl: 'https://a.test/report',
  fileUrl: (path: string) => `https://a.test/raw?path=${path}`,
};
const report: ProjectReport = {
  projectId: ids.create('prj'),
  workspaceId: ids.create('wsp'),
  name: 'Notes',
  format: 'markdown',
  status: 'active',
  stage: 'implementation',
  revision: 0,
  model: 'offline/engineer',
  progress: { tasksDone: 2, tasksTotal: 9 },
  sequence: 7,
  createdAt: 1,
  updatedAt: 2,
  deployments: [],
  specificationPath: 'SPEC.md',
  progressAt: 1,
  openQuestions: 0,
  effectsInDoubt: 0,
  deadLetters: 0,
  tasks: [],
  agents: [],
  measurements: [],
  gates: [],
  findings: [],
  durationMs: 1_000,
  markdown: '',
};
const standing = (change: Partial<ProjectReport>): string => describeStanding({ ...report, ...change }, links);

describe('how a project stands', () => {
  it('names the app only when there is one', () => {
    expect(standing({})).not.toContain(links.appUrl);
    const deployments = [{ slot: 'production', version: 'v', action: 'promoted', at: 1 }] as const;
    expect(standing({ status: 'completed', deployments })).toContain(`- App: ${links.appUrl}`);
  });

  it('quotes what was not understood, and says what failed', () => {
    const sentences = [{ sentence: 'It must fly.', reason: 'flying is not known' }];
    expect(standing({ status: 'blocked', sentences })).toContain('- “It must fly.”: flying is not known');
    expect(standing({ status: 'failed', reason: 'no architect' })).toContain('has failed**: no architect');
    expect(standing({ status: 'paused', reason: 'the budget is used up' })).toContain(`/${report.projectId}/resume`);
    const gates = [{ name: 'tests', passed: false, evidence: '2 failed' }];
    expect(standing({ gates })).toContain('- gate missed: tests: 2 failed');
  });

  it('keeps long lists and long lines short', () => {
    const findings = Array.from({ length: 50 }, () => 'x'.repeat(1_000));
    const text = standing({ findings });
    expect(text).toContain('- and 38 more, in the report');
    expect(text.length).toBeLessThan(7_000);
  });

  it('never says that a note changes the work', () => {
    expect(describeNote(report)).toContain('changes nothing of the work under way');
    expect(describeNote({ ...report, status: 'completed' })).toContain('is not worked on any more');
  });

  it('numbers the choices of a question', () => {
    const question = { questionId: ids.create('qst'), taskId: ids.create('tsk'), taskTitle: 'Design', askedAt: 1 };
    const text = describeQuestion({ ...question, text: 'Which?', choices: ['red', 'blue'], status: 'open' });
    expect(text).toContain('1. red\n2. blue');
  });
});
