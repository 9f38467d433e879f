/** Candidates in files: one for each subject, in which every test has a name of its own. */
import { writeTests, type Candidate } from './function-tests.ts';

/** A file that is still to be written, of the tests that stay. */
export interface TestLayout {
  readonly path: string;
  readonly tests: readonly Candidate[];
  readonly write: (tests: readonly Candidate[]) => string;
}

/** More tests than this are not made for one subject. */
const mostTests = 400;

const fileName = (subject: string): string =>
  subject
    .replace(/\.[cm]?[jt]sx?$/, '')
    .replace(/^src\//, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');

/** The tests in files of a folder. Properties come first: one of them says more than many examples. */
export const layOut = (folder: string, candidates: readonly Candidate[]): readonly TestLayout[] =>
  [...Map.groupBy(candidates, ({ subject }) => subject)].map(([subject, own]) => {
    const names = new Set<string>();
    const tests = own.filter(({ name }) => {
      const isNew = !names.has(name);
      names.add(name);
      return isNew;
    });
    return {
      path: `${folder}/${fileName(subject)}.test.ts`,
      tests: tests.slice(0, mostTests),
      write: (kept) => writeTests(folder, subject, kept),
    };
  });
