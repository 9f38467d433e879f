/** The version that main is compared with, and its files. */
import { releasedBefore, type State } from '../../shared/domain/quality/figures/change.ts';
import { ok, type Result } from '../../shared/errors/result.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { RepositoryRpc } from '../../shared/rpc/repository.ts';
import type { Engine } from './engine.ts';

const pageSize = 1_000;

/** Undefined while nothing else was released before. */
export const findReleased = async (
  parts: { readonly engine: Engine; readonly repository: () => RepositoryRpc },
  commit: string,
): Promise<Result<State | undefined>> => {
  const version = releasedBefore(deploymentsOf(parts.engine), commit);
  if (version === undefined) return ok(undefined);
  const snapshot = await parts.repository().snapshot({ ref: version });
  return snapshot.ok ? ok({ commit: version, files: snapshot.value.files }) : snapshot;
};

const deploymentsOf = ({ events }: Engine): readonly ProjectEvent[] => {
  const deployments: ProjectEvent[] = [];
  for (let after = 0; ;) {
    const page = events.read({ after, limit: pageSize });
    deployments.push(...page.map(({ event }) => event).filter(({ type }) => type === 'deployment.recorded'));
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return deployments;
    after = last.sequence;
  }
};
