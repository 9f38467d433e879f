/** The Composer with the registry it publishes to, and a sandbox whose groups can be made to fail. */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import { servicesDeclaration } from '../../../shared/schemas/services/declaration.ts';
import type { ServiceKind } from '../../../shared/rpc/services/service-object.ts';
import type { GroupDeclaration, GroupStatus } from '../../../shared/rpc/services/service-groups.ts';

export { ServiceRegistryObject } from '../../service-registry/object.ts';
export { TopicCatalogObject } from '../../topic/catalog-object.ts';
export { TopicObject } from '../../topic/object.ts';
export { ComposerObject } from '../object.ts';

/** What the next calls meet: `lost` is done and not answered, `down` is not done, `refused` is refused. */
export type Luck = 'done' | 'lost' | 'down' | 'refused';

interface Group {
  readonly declaration: Readonly<Record<string, unknown>>;
  readonly allowedOrigins: readonly string[];
  readonly revision: number;
  readonly lost: readonly ServiceKind[];
}

const groups = new Map<string, Group>();
const calls: string[] = [];
let luck: Luck[] = [];

const meet = <Value>(call: string, work: () => Result<Value>): Result<Value> => {
  calls.push(call);
  const met = luck.shift() ?? 'done';
  if (met === 'down') throw new Error('Network connection lost.');
  if (met === 'refused') return err({ type: 'request.invalid', detail: 'The services refuse this.' });
  const answer = work();
  if (met === 'lost') throw new Error('Network connection lost.');
  return answer;
};

const kindsOf = (group: Group): readonly ServiceKind[] => Object.keys(group.declaration) as ServiceKind[];

/** As the real one answers: a declaration is checked whole, and the same again changes nothing. */
export class SandboxFake extends WorkerEntrypoint {
  async configureServices({ group, declaration, allowedOrigins = [] }: GroupDeclaration): Promise<Result<GroupStatus>> {
    return meet(`configure ${Object.keys(declaration as object).join('+')}`, () => {
      const parsed = servicesDeclaration.safeParse(declaration);
      if (!parsed.success) return err({ type: 'request.invalid', detail: parsed.error.message });
      const next = {
        declaration: parsed.data,
        allowedOrigins,
        lost: [],
        revision: (groups.get(group)?.revision ?? 0) + 1,
      };
      groups.set(group, next);
      return ok({ group, services: kindsOf(next), lost: [], revision: next.revision, configuredAt: 0 });
    });
  }

  async servicesStatus({ group }: { group: string }): Promise<Result<GroupStatus>> {
    const known = groups.get(group);
    if (known === undefined) return err({ type: 'resource.not_found', detail: 'There is no such group.' });
    return ok({ group, services: kindsOf(known), lost: known.lost, revision: known.revision, configuredAt: 0 });
  }

  async removeServices({ group }: { group: string }): Promise<Result<null>> {
    return meet('remove', () => {
      groups.delete(group);
      return ok(null);
    });
  }

  async status(): Promise<readonly never[]> {
    return [];
  }

  /** For tests: what comes next; the calls so far are forgotten. */
  async meetNext(next: Luck[]): Promise<void> {
    luck = [...next];
    calls.length = 0;
  }

  async calls(): Promise<readonly string[]> {
    return [...calls];
  }

  async group(name: string): Promise<Group | undefined> {
    return groups.get(name);
  }

  /** For tests: the group is gone, as after a loss of its storage. */
  async lose(name: string): Promise<void> {
    groups.delete(name);
  }

  /** For tests: one service of the group has lost what it held. */
  async loseService(name: string, kind: ServiceKind): Promise<void> {
    const group = groups.get(name);
    if (group !== undefined) groups.set(name, { ...group, lost: [kind] });
  }
}

export default {
  fetch: (): Response => new Response(null, { status: 404 }),
};
