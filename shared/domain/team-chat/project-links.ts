/** Where a project's things are, in words and as links that a client can follow with its key. */
import type { ProjectReport, ProjectView } from '../../rpc/project.ts';
import { fit } from '../progress/style.ts';
import type { WordedLink } from './linked-text.ts';

/** As seen by the caller. Everything but the app wants a key. */
export interface ProjectLinks {
  readonly appUrl: string;
  readonly repositoryUrl: string;
  readonly reportUrl: string;
  /** A file of `main`, to be downloaded. */
  readonly fileUrl: (path: string) => string;
}

/** Whether there is an app to look at. */
export const isDeployed = ({ deployments }: Pick<ProjectView, 'deployments'>): boolean =>
  deployments.some(({ slot }) => slot === 'production');

/** What to type to have the repository. */
export const cloneCommand = ({ repositoryUrl }: Pick<ProjectLinks, 'repositoryUrl'>): string =>
  `git clone ${repositoryUrl.replace('://', '://anyone:<your API key>@')}`;

const mostFiles = 12;

const depthOf = (path: string): number => path.split('/').length;

/** The files that somebody looks at first: what says what it is, then those that lie highest. */
export const foremost = (paths: readonly string[]): readonly string[] =>
  paths
    .toSorted((left, right) => {
      const isReadMe = (path: string): number => (path === 'README.md' ? 0 : 1);
      return isReadMe(left) - isReadMe(right) || depthOf(left) - depthOf(right) || (left < right ? -1 : 1);
    })
    .slice(0, mostFiles);

/** Markdown takes these for its own in the words of a link. */
const wordsOf = (path: string, { fileUrl }: ProjectLinks): string =>
  `[${path.replaceAll(/[\\[\]]/g, '\\$&')}](${fileUrl(path).replaceAll(/[()]/g, (letter) => (letter === '(' ? '%28' : '%29'))})`;

/** A line that leads to files; empty without any. */
export const describeFiles = (paths: readonly string[], links: ProjectLinks): string =>
  paths.length === 0 ? '' : `- Files: ${paths.map((path) => wordsOf(path, links)).join(', ')}\n`;

/** The links of an answer, by the words in it. */
export const linksIn = (
  report: Pick<ProjectReport, 'name' | 'deployments'>,
  links: ProjectLinks,
  paths: readonly string[],
): readonly WordedLink[] => {
  const name = fit(report.name, 120);
  const { appUrl: url, repositoryUrl, reportUrl } = links;
  return [
    ...(isDeployed(report) ? [{ url, words: url, title: `The app “${name}”` }] : []),
    { url: repositoryUrl, words: cloneCommand(links), title: `The repository of “${name}”` },
    { url: reportUrl, words: reportUrl, title: `The report on “${name}”` },
    ...paths.map((path) => ({ url: links.fileUrl(path), words: wordsOf(path, links), title: path })),
  ];
};
