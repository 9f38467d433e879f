/** The port over the browser service that `npm start` offers on this machine: one POST for each call. */
import { driveReport, plainReport } from '../../domain/tool/drive-steps.ts';
import type { AppBrowser, BrowserAnswer } from '../../ports/app-browser.ts';
import { readBoundedText } from '../tools/bounded-text.ts';

/** Set by whoever starts the service; both or neither. */
export interface BrowserVariables {
  /** Its address, for example `http://127.0.0.1:4000`. */
  readonly AIDEVOS_BROWSER_URL?: string;
  /** The secret without which it answers nobody. */
  readonly AIDEVOS_BROWSER_TOKEN?: string;
}

/** The service ends a call after 60 s, and lets it wait for a free browser for 15 s before. */
const defaultTimeoutMs = 80_000;
const maxBytes = 400_000;

const unavailable = (reason: string, mayHaveActed: boolean): BrowserAnswer => ({
  status: 'unavailable',
  reason,
  mayHaveActed,
});

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Told by the schema as an answer that does not fit.
    return undefined;
  }
};

/** @param timeoutMs for one call with its answer */
export const browserOf = (
  { AIDEVOS_BROWSER_URL, AIDEVOS_BROWSER_TOKEN }: BrowserVariables,
  timeoutMs = defaultTimeoutMs,
): AppBrowser => ({
  drive: async (request) => {
    if (!AIDEVOS_BROWSER_URL || !AIDEVOS_BROWSER_TOKEN) return unavailable('there is no browser here', false);
    try {
      const response = await fetch(new URL('/drive', AIDEVOS_BROWSER_URL), {
        method: 'POST',
        headers: { authorization: `Bearer ${AIDEVOS_BROWSER_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify(request),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const { text } = await readBoundedText(response, maxBytes);
      if (!response.ok)
        return unavailable(`the browser service answered ${response.status}: ${text.slice(0, 300)}`, true);
      const report = driveReport.safeParse(parseJson(text));
      return report.success
        ? { status: 'driven', report: plainReport(report.data) }
        : unavailable('the browser service answered what is no report', true);
    } catch (error) {
      const isLate = error instanceof Error && error.name === 'TimeoutError';
      const reason = isLate ? `did not answer within ${timeoutMs / 1_000} s` : 'could not be reached';
      return unavailable(`the browser service ${reason}`, true);
    }
  },
});
