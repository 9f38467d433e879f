/** What the sandbox Worker is bound to: its own loader and its own objects, and nothing of the platform. */
import type { ServiceGroupObject } from '../../durable-objects/services/group/object.ts';
import type { OperatorVariables, ServiceNamespaces } from '../../durable-objects/services/environment.ts';
import type { ManagedObjectRpc } from '../../shared/rpc/managed-object.ts';
import type { AppHost } from './app-host/object.ts';
import type { TestHost } from './test-run/object.ts';

export interface SandboxEnvironment extends ServiceNamespaces, OperatorVariables {
  readonly LOADER: WorkerLoader;
  readonly TEST_HOST: DurableObjectNamespace<TestHost>;
  readonly APP_HOST: DurableObjectNamespace<AppHost>;
  readonly SERVICE_GROUP: { getByName(group: string): GroupObject };
}

/** What a group offers; the runtime's mapped type would drop results that hold unknown values. */
export type GroupObject = Pick<ServiceGroupObject, 'configure' | 'status' | 'declaration' | 'empty' | 'erase'> &
  ManagedObjectRpc;
