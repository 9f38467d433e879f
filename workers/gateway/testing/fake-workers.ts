/** The sandbox and the toolchain as the gateway's tests need them: there, and of little use. */
import type { SandboxRpc } from '../../../shared/rpc/sandbox.ts';
import type { ToolchainRpc } from '../../../shared/rpc/toolchain.ts';

const unused = (): Promise<never> => Promise.reject(new Error('is not used here'));

export const fakeSandbox: SandboxRpc = {
  runTests: unused,
  runMutants: unused,
  runBench: unused,
  load: unused,
  runProgram: async () => ({ status: 'finished', valueJson: '1', console: [], calls: 0, durationMs: 1 }),
  runShell: unused,
  deploy: unused,
  promote: unused,
  rollback: unused,
  reset: unused,
  status: async () => [],
  request: unused,
  configureServices: unused,
  servicesStatus: unused,
  removeServices: unused,
  requestGroup: unused,
  serviceState: unused,
  serviceHistory: unused,
  serviceDiff: unused,
  serviceMigrations: unused,
  serviceLifecycle: unused,
  deactivateService: unused,
  reviveService: unused,
  callService: unused,
  driveApp: unused,
  ping: async () => 'pong',
};

export const fakeToolchain: ToolchainRpc = {
  build: async () => ({ ok: true, value: { moduleBySource: {}, modules: {} } }),
  code: async () => ({ status: 'refused', field: 'ref', reason: 'nothing is known of it' }),
  check: async () => ({ diagnostics: [], filesChecked: 0 }),
  cover: unused,
  mutate: unused,
  signatures: unused,
  scan: unused,
  sbom: unused,
};
