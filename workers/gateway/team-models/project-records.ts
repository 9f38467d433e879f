/** Everything of a project that somebody who is asked may know; read anew for each question. */
import type { ProjectId } from '../../../shared/domain/ids.ts';
import { describeEvent } from '../../../shared/domain/progress/describe.ts';
import { progressOfReport } from '../../../shared/domain/progress/of-report.ts';
import { plainStyle } from '../../../shared/domain/progress/style.ts';
import { namedPaths, type ProjectRecords } from '../../../shared/domain/team-chat/project-facts.ts';
import { ok, type Result } from '../../../shared/errors/result.ts';
import type { ProjectReport } from '../../../shared/rpc/project.ts';
import type { AppContext } from '../app-environment.ts';
import { askProject, askRepository } from '../project-access.ts';
import { readReport } from './project-desk.ts';

const recentEvents = 40;
const mostPaths = 2_000;
const longestFile = 20_000;

const readEvents = async (context: AppContext, projectId: ProjectId, report: ProjectReport) => {
  const after = Math.max(0, report.sequence - recentEvents);
  const page = await askProject(context, projectId, (project) => project.events({ after, limit: recentEvents }));
  const state = progressOfReport(report, report.sequence);
  return page.ok
    ? page.value.map(({ event }) => describeEvent(state, event, plainStyle)).filter((line) => line !== undefined)
    : [];
};

/** A project may have no repository yet: then there are no files. */
const readFiles = async (context: AppContext, projectId: ProjectId, question: string) => {
  const listed = await askRepository(context, projectId, (repository) =>
    repository.listFiles({ ref: 'main', limit: mostPaths }),
  );
  const paths = listed.ok ? listed.value.files.map(({ path }) => path) : [];
  const files: { readonly path: string; readonly content: string }[] = [];
  for (const path of namedPaths(question, paths)) {
    const file = await askRepository(context, projectId, (repository) => repository.readFile({ ref: 'main', path }));
    if (file.ok) files.push({ path, content: file.value.content.slice(0, longestFile) });
  }
  return { paths, files };
};

/** The records, with the files that the question names. */
export const readRecords = async (
  context: AppContext,
  projectId: ProjectId,
  question: string,
): Promise<Result<ProjectRecords>> => {
  const report = await readReport(context, projectId);
  if (!report.ok) return report;
  const [events, files] = await Promise.all([
    readEvents(context, projectId, report.value),
    readFiles(context, projectId, question),
  ]);
  return ok({ report: report.value, events, ...files });
};
