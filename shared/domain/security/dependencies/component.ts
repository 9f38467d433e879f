/** A package in a fixed version, as a lock file names it. */
export interface Component {
  readonly ecosystem: 'npm' | 'PyPI';
  readonly name: string;
  readonly version: string;
  /** An SPDX expression, where the lock file tells it. */
  readonly license?: string;
  /** `sha512-…` as the lock file has it. */
  readonly integrity?: string;
  /** Only for developing. */
  readonly development: boolean;
  /** Required by the project itself. */
  readonly direct: boolean;
  /** Names of what it requires, as `name@version` where the lock file tells. */
  readonly requires: readonly string[];
  /** The lock file. */
  readonly file: string;
}

/** `pkg:npm/%40scope/name@1.0.0`, after the package-url specification. */
export const purlOf = ({ ecosystem, name, version }: Pick<Component, 'ecosystem' | 'name' | 'version'>): string =>
  `pkg:${ecosystem === 'npm' ? 'npm' : 'pypi'}/${name.split('/').map(encodeURIComponent).join('/')}@${encodeURIComponent(version)}`;
