/** Offers the browser of this machine to the platform: a process of its own, an address, and a token for the gateway. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserVariables } from '../../shared/adapters/browser/browser-service.ts';
import { loopback } from '../platform/ports.ts';
import { Supervisor } from '../platform/supervisor.ts';
import type { FoundBrowser } from './find-browser.ts';
import type { BrowserSettings } from './service.ts';

export interface BrowserServiceParts {
  readonly folder: string;
  readonly root: string;
  readonly port: number;
  /** Of the sandbox Worker, which serves the apps. */
  readonly sandboxPort: number;
  readonly browser: Exclude<FoundBrowser, { readonly kind: 'none' }>;
  readonly report: (line: string) => void;
}

export interface BrowserService {
  readonly supervisor: Supervisor;
  /** Never rejects: what keeps the service from starting is reported, and apps are driven over HTTP. */
  readonly ready: Promise<void>;
  /** For the gateway. */
  readonly variables: Required<BrowserVariables>;
}

const program = join(import.meta.dirname, 'service.ts');

/**
 * Chromium refuses to confine its processes when it runs as root, which is what containers do, and confine it as a
 * whole. On other machines it is confined unless the operator says that it cannot be.
 */
const isConfined = (): boolean => process.getuid?.() !== 0 && process.env['AIDEVOS_BROWSER_SANDBOX'] !== 'off';

/** Starts the service; it is ready when its supervisor says so. The token is made anew each time. */
export const superviseBrowser = ({
  folder,
  root,
  port,
  sandboxPort,
  browser,
  report,
}: BrowserServiceParts): BrowserService => {
  const token = randomBytes(32).toString('base64url');
  const settings: BrowserSettings = {
    host: loopback,
    port,
    token,
    sandboxUrl: `http://${loopback}:${sandboxPort}`,
    ...(browser.kind === 'installed' ? { browserPath: browser.path } : {}),
    isSandboxed: isConfined(),
  };
  const path = join(folder, 'browser.json');
  writeFileSync(path, JSON.stringify(settings), { mode: 0o600 });
  const command = {
    name: 'browser',
    program,
    args: [path],
    cwd: root,
    environment: {},
    logPath: join(folder, 'logs', 'browser.log'),
    staleFiles: [],
  };
  const url = `http://${loopback}:${port}`;
  const service = { command, port, pingUrl: `${url}/health`, readyNeedsOk: true, watch: false };
  const supervisor = new Supervisor(service, report);
  const ready = supervisor.ready().catch((error: unknown) => {
    report(`apps are driven without a browser: ${error instanceof Error ? error.message : String(error)}`);
  });
  return {
    supervisor,
    ready,
    variables: { AIDEVOS_BROWSER_URL: url, AIDEVOS_BROWSER_TOKEN: token },
  };
};
