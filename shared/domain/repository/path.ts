/**
 * Which file paths a repository accepts. A path must mean the same file on every system that clones it and can never
 * leave the repository, so what is special anywhere (Windows drives, `.git` in the disguises that HFS+ and NTFS
 * accept, invisible characters) is refused everywhere.
 */

export const maximumPathBytes = 512;
const maximumSegmentBytes = 255;

/** Bytes of the text in UTF-8. */
export const utf8Length = (text: string): number => {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00) {
      bytes += 4;
      index += 1;
    } else bytes += 3;
  }
  return bytes;
};

/** Two names that fold to the same text cannot live in one directory on macOS or Windows. */
export const foldName = (name: string): string => name.normalize('NFC').toLowerCase();

/** `.git` in every spelling that some file system would open as it; git's fsck calls this `hasDotgit`. */
const isGitDirectory = (segment: string): boolean => {
  const name = segment
    .normalize('NFKC')
    .toLowerCase()
    .replace(/:.*$/u, '')
    .replace(/[. ]+$/u, '');
  return name === '.git' || /^git~\d+$/u.test(name);
};

/** Why this one name between two slashes is refused, or undefined when it may stand in a tree. */
export const segmentProblem = (segment: string): string | undefined => {
  if (segment === '') return 'has an empty segment (leading, trailing or doubled slash)';
  if (!segment.isWellFormed()) return 'is not well-formed Unicode';
  if (/\p{Cc}/u.test(segment)) return 'contains a control character';
  if (/[\p{Cf}\u2028\u2029]/u.test(segment)) return 'contains an invisible character';
  if (segment.includes('\\')) return 'contains a backslash; use forward slashes';
  if (segment.includes('/')) return 'contains a slash within a segment';
  if (segment === '.' || segment === '..') return `contains the segment "${segment}"`;
  if (isGitDirectory(segment)) return 'names the .git directory';
  if (/[. ]$/u.test(segment)) return 'has a segment that ends with a dot or a space';
  const folded = segment.normalize('NFKC');
  if (folded === '.' || folded === '..' || /[/\\]/u.test(folded)) return 'contains a disguised dot segment or slash';
  if (utf8Length(segment) > maximumSegmentBytes) return `has a segment longer than ${maximumSegmentBytes} bytes`;
  return undefined;
};

/** Why the path is refused, as the rest of a sentence that begins with the path; undefined when it is safe. */
export const pathProblem = (path: string): string | undefined => {
  if (path === '') return 'is empty';
  // Before anything that scans: a hostile path may be megabytes long.
  if (path.length > maximumPathBytes || utf8Length(path) > maximumPathBytes)
    return `is longer than ${maximumPathBytes} bytes`;
  if (path.startsWith('/')) return 'is absolute; paths are relative to the root of the repository';
  if (/^[a-z]:/iu.test(path)) return 'begins with a drive letter';
  // The results travel as objects keyed by path, where this key would set the prototype of a careless copy.
  if (path === '__proto__') return 'is a reserved name';
  for (const segment of path.split('/')) {
    const problem = segmentProblem(segment);
    if (problem !== undefined) return problem;
  }
  return undefined;
};
