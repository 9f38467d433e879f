/**
 * How a conversation remembers its project. Chat clients keep nothing of ours but the texts of our answers, so each
 * answer names the project, and the event up to which it told what happened, in a line that people can read as well.
 */
import { parseId, type ProjectId } from '../ids.ts';

export interface ProjectReference {
  readonly projectId: ProjectId;
  /** The sequence of the last event that was told. */
  readonly sequence: number;
}

/** `Project prj_… (event 12)` */
export const writeReference = ({ projectId, sequence }: ProjectReference): string =>
  `Project ${projectId} (event ${sequence})`;

const pattern = /\bProject (prj_[0-9a-z]{26}) \(event (\d{1,15})\)/g;

/** The last reference in a text. */
export const findReference = (text: string): ProjectReference | undefined => {
  for (const [, id = '', sequence = ''] of [...text.matchAll(pattern)].toReversed()) {
    const projectId = parseId('prj', id);
    if (projectId !== undefined) return { projectId, sequence: Number(sequence) };
  }
  return undefined;
};
