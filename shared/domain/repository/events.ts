/** What a repository tells the others. Git's own objects are the truth; these events say that it moved. */

export type RepositoryEvent =
  | { readonly type: 'repository.created'; readonly name: string; readonly head: string }
  | { readonly type: 'branch.opened'; readonly branch: string; readonly from: string; readonly head: string }
  | {
      readonly type: 'commit.created';
      readonly branch: string;
      readonly oid: string;
      /** The first line of the message, at most 200 characters. */
      readonly summary: string;
      readonly changedFiles: number;
    }
  | {
      readonly type: 'branch.merged';
      readonly branch: string;
      readonly into: string;
      readonly head: string;
      readonly fastForward: boolean;
    }
  | {
      readonly type: 'repository.pushed';
      /** Null is "was not there" or "is no longer there". */
      readonly references: readonly {
        readonly name: string;
        readonly from: string | null;
        readonly to: string | null;
      }[];
    };

/** Every type there is: a stored event of another type was written by newer code. */
export const repositoryEventTypes: Readonly<Record<RepositoryEvent['type'], true>> = {
  'repository.created': true,
  'branch.opened': true,
  'commit.created': true,
  'branch.merged': true,
  'repository.pushed': true,
};

/** Counters for a glance; the history itself is in git. */
export interface RepositoryState {
  readonly name: string | null;
  readonly commits: number;
  readonly merges: number;
  readonly pushes: number;
}

export const initialRepositoryState: RepositoryState = { name: null, commits: 0, merges: 0, pushes: 0 };

/** The state after an event. */
export const evolveRepository = (state: RepositoryState, event: RepositoryEvent): RepositoryState => {
  switch (event.type) {
    case 'repository.created':
      return { ...state, name: event.name };
    case 'branch.opened':
      return state;
    case 'commit.created':
      return { ...state, commits: state.commits + 1 };
    case 'branch.merged':
      return { ...state, merges: state.merges + 1 };
    case 'repository.pushed':
      return { ...state, pushes: state.pushes + 1 };
  }
};

/** The first line of a commit message, short enough for an event. */
export const summaryOf = (message: string): string => {
  const line = message.trimStart().split('\n', 1)[0] ?? '';
  return line.length > 200 ? `${line.slice(0, 199).toWellFormed()}…` : line;
};
