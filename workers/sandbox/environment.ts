/** What the sandbox Worker is bound to: its own loader and its own objects, and nothing of the platform. */
import type { AppHost } from './app-host/object.ts';
import type { TestHost } from './test-run/object.ts';

export interface SandboxEnvironment {
  readonly LOADER: WorkerLoader;
  readonly TEST_HOST: DurableObjectNamespace<TestHost>;
  readonly APP_HOST: DurableObjectNamespace<AppHost>;
}
