/**
 * One drive in a browser of its own: started for this call, with nothing of an earlier one, and ended with it. A page in
 * an endless loop, or one that takes all memory, takes no other call along.
 */
import { randomBytes } from 'node:crypto';
import { chromium, errors, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { maxScreenshotCharacters } from '../../shared/domain/tool/drive-steps.ts';
import type { DriveReport, DriveRequest } from '../../shared/rpc/sandbox.ts';
import { startAppProxy, type AppProxy } from './app-proxy.ts';
import { PageDriver, StepFailed } from './page-driver.ts';
import { PageNotes } from './page-notes.ts';

export interface BrowserPlace {
  /** The program. */
  readonly path: string;
  /** Whether the operating system confines the browser's processes. */
  readonly isSandboxed: boolean;
  /** Where apps answer, without a slash at the end. */
  readonly sandboxUrl: string;
}

export interface DriveTimes {
  /** For all steps together. */
  readonly totalMs: number;
  /** For one step, all its waiting included. */
  readonly stepMs: number;
  /** For a part or a text to come. */
  readonly patienceMs: number;
}

const defaultTimes: DriveTimes = { totalMs: 60_000, stepMs: 20_000, patienceMs: 5_000 };
const launchMs = 20_000;
const closeMs = 5_000;
const maxPages = 4;

/** No way around the proxy, and bounded memory for scripts. */
const browserArguments = [
  '--disable-quic',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--js-flags=--max-old-space-size=256',
];

/** The browser is given no other variable of this process: keys of models may be among them. */
const browserEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    ['HOME', 'PATH', 'TMPDIR', 'TEMP', 'TMP', 'SYSTEMROOT', 'LANG', 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH'].flatMap(
      (name) => {
        const value = process.env[name];
        return value === undefined ? [] : [[name, value]];
      },
    ),
  );

const late = Symbol('late');

const within = async <T>(work: Promise<T>, timeoutMs: number): Promise<T | typeof late> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), timeoutMs);
  });
  // When time is up first, what becomes of the work is of no interest; its rejection must still be taken.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
};

interface ReportParts {
  readonly origin: string;
  readonly times: DriveTimes;
}

interface Opened {
  readonly driver: PageDriver;
  readonly notes: PageNotes;
  readonly page: () => Page;
}

const open = async (context: BrowserContext, proxy: AppProxy, { origin, times }: ReportParts): Promise<Opened> => {
  const notes = new PageNotes(context, origin);
  const pages: Page[] = [];
  context.on('page', (page) => {
    notes.watch(page);
    page.on('crash', () => notes.add('a page crashed'));
    page.on('close', () => pages.splice(pages.indexOf(page), 1));
    pages.push(page);
    if (pages.length <= maxPages) return;
    notes.add('refused: more windows');
    // It is gone with its browser in any case.
    page.close().catch(() => undefined);
  });
  const first = await context.newPage();
  const page = (): Page => pages.slice(0, maxPages).at(-1) ?? first;
  return {
    driver: new PageDriver({ page, notes, origin, pending: proxy.pending, patienceMs: times.patienceMs }),
    notes,
    page,
  };
};

const plainMessage = (error: Error, origin: string): string =>
  (error.message.split('\n')[0] ?? '').replaceAll(origin, '').slice(0, 300);

/** Takes the steps in order up to the first that fails. */
const takeSteps = async (
  { driver }: Opened,
  { steps }: DriveRequest,
  times: DriveTimes,
  origin: string,
): Promise<Pick<DriveReport, 'taken' | 'failed'> & { readonly answers: boolean }> => {
  const endsAt = performance.now() + times.totalMs;
  const taken: string[] = [];
  for (const [index, step] of steps.entries()) {
    const failedBy = (reason: string) => ({ step: index + 1, action: step.action, reason });
    const leftMs = Math.max(0, endsAt - performance.now());
    try {
      const outcome = await within(driver.take(step), Math.min(times.stepMs, leftMs));
      if (outcome !== late) {
        taken.push(outcome);
        continue;
      }
      const reason =
        leftMs < times.stepMs
          ? `the ${String(times.totalMs / 1_000)} s for all steps are over`
          : `the page did not answer within ${String(times.stepMs / 1_000)} s: a script of it may be in an endless loop`;
      return { taken, failed: failedBy(reason), answers: false };
    } catch (error) {
      if (error instanceof StepFailed) return { taken, failed: failedBy(error.message), answers: true };
      if (error instanceof errors.TimeoutError) {
        const reason = `the page did not let it happen in time: ${plainMessage(error, origin)}`;
        return { taken, failed: failedBy(reason), answers: true };
      }
      if (error instanceof Error) return { taken, failed: failedBy(plainMessage(error, origin)), answers: true };
      throw error;
    }
  }
  return { taken, answers: true };
};

/** As good as fits. */
const picture = async (page: Page, notes: PageNotes): Promise<string | undefined> => {
  for (const quality of [60, 30, 10]) {
    const image = await page.screenshot({ type: 'jpeg', quality, scale: 'css', timeout: closeMs });
    const text = `data:image/jpeg;base64,${image.toString('base64')}`;
    if (text.length <= maxScreenshotCharacters) return text;
  }
  notes.add(`no screenshot: it is larger than ${String(maxScreenshotCharacters)} characters`);
  return undefined;
};

const look = async <T>(work: Promise<T>, otherwise: T): Promise<T> => {
  try {
    const seen = await within(work, 2 * closeMs);
    return seen === late ? otherwise : seen;
  } catch {
    // The page went away or is broken while it was looked at; the steps are what counts.
    return otherwise;
  }
};

const report = async (browser: Browser, proxy: AppProxy, request: DriveRequest, parts: ReportParts) => {
  const { origin, times } = parts;
  const context = await browser.newContext({
    acceptDownloads: false,
    serviceWorkers: 'block',
    viewport: { width: 1_024, height: 768 },
    locale: 'en-US',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  const opened = await open(context, proxy, parts);
  const { answers, ...outcome } = await takeSteps(opened, request, times, origin);
  if (!browser.isConnected()) throw new Error('the browser ended during the drive');
  const page = answers ? await look(opened.driver.describe(), 'The page cannot be read.') : 'The page does not answer.';
  const wantsPicture = answers && request.screenshot === true;
  const screenshot = wantsPicture ? await look(picture(opened.page(), opened.notes), undefined) : undefined;
  const refused = proxy.refused().map((address) => `refused, outside of the app: ${address}`);
  return {
    ...outcome,
    page,
    notes: [...opened.notes.list(), ...refused],
    ...(screenshot === undefined ? {} : { screenshot }),
  };
};

/** Rejects when the browser does not start, or ends by itself; then nothing is known of the steps. */
export const driveInBrowser = async (
  place: BrowserPlace,
  request: DriveRequest,
  times: DriveTimes = defaultTimes,
): Promise<DriveReport> => {
  const host = `${randomBytes(16).toString('hex')}.localhost`;
  const proxy = await startAppProxy({ sandboxUrl: place.sandboxUrl, app: request.app, slot: request.slot, host });
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({
      executablePath: place.path,
      chromiumSandbox: place.isSandboxed,
      proxy: { server: proxy.server },
      args: browserArguments,
      env: browserEnvironment(),
      timeout: launchMs,
    });
    return await report(browser, proxy, request, { origin: `http://${host}`, times });
  } finally {
    proxy.close();
    if (browser !== undefined && (await within(browser.close(), closeMs)) === late) {
      // It does not end: this process goes, the browser loses its pipe and goes too, and both are started anew.
      process.exit(70);
    }
  }
};
