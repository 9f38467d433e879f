/** Which browser of this machine may drive deployed apps, if any. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** A Chromium that is there. `packaged`: the one of the package `@sparticuz/chromium`, unpacked when first needed. */
export type FoundBrowser =
  | { readonly kind: 'installed'; readonly path: string }
  | { readonly kind: 'packaged' }
  | {
      readonly kind: 'none';
      readonly reason: string;
      /** True when the operator named one. */
      readonly isUnexpected: boolean;
    };

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly architecture: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly exists: (path: string) => boolean;
  /** True when a package is installed. */
  readonly hasPackage: (name: string) => boolean;
}

const none = (reason: string, isUnexpected = false): FoundBrowser => ({ kind: 'none', reason, isUnexpected });

const require = createRequire(import.meta.url);

const hasPackage = (name: string): boolean => {
  try {
    require.resolve(name);
    return true;
  } catch {
    // Packages for development alone may have been left out.
    return false;
  }
};

const thisMachine: Machine = {
  platform: process.platform,
  architecture: process.arch,
  environment: process.env,
  exists: existsSync,
  hasPackage,
};

/** Where the usual installers put Chrome, Chromium and Edge. */
const usualPaths = ({ platform, environment }: Machine): readonly string[] => {
  if (platform === 'darwin') {
    return [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ];
  }
  if (platform === 'win32') {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => environment[name] ?? []);
    const programs = [
      String.raw`Google\Chrome\Application\chrome.exe`,
      String.raw`Microsoft\Edge\Application\msedge.exe`,
    ];
    return roots.flatMap((root) => programs.map((program) => `${root}\\${program}`));
  }
  const folders = ['/usr/bin', '/usr/local/bin', '/opt/google/chrome', '/snap/bin'];
  const names = ['google-chrome-stable', 'google-chrome', 'chrome', 'chromium', 'chromium-browser', 'microsoft-edge'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
};

/** `AIDEVOS_BROWSER`: a path, or `off`; absent: the first that is found. */
export const findBrowser = (machine: Machine = thisMachine): FoundBrowser => {
  const { environment, exists, platform, architecture } = machine;
  const asked = environment['AIDEVOS_BROWSER'] ?? '';
  if (asked === 'off') return none('AIDEVOS_BROWSER is off');
  if (!machine.hasPackage('playwright-core')) return none('the package playwright-core is not installed');
  if (asked !== '') {
    return exists(asked)
      ? { kind: 'installed', path: asked }
      : none(`AIDEVOS_BROWSER: there is no file ${asked}`, true);
  }
  const path = usualPaths(machine).find(exists);
  if (path !== undefined) return { kind: 'installed', path };
  const isPackaged = platform === 'linux' && architecture === 'x64' && machine.hasPackage('@sparticuz/chromium');
  return isPackaged ? { kind: 'packaged' } : none('neither Chrome, Chromium nor Edge was found');
};
