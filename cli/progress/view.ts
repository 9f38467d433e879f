/** Shows the progress on a stream: a picture that is redrawn on a terminal, one line for each event elsewhere. */
import type { StoredProjectEvent } from '../api/follow.ts';
import { describeEvent } from '../../shared/domain/progress/describe.ts';
import { renderProgress } from './render.ts';
import { advance, initialProgress, type ProgressState } from '../../shared/domain/progress/state.ts';
import { colourStyle, plainStyle } from '../../shared/domain/progress/style.ts';

export interface ProgressView {
  readonly state: () => ProgressState;
  readonly show: (stored: StoredProjectEvent) => void;
  /** A line that is not an event, above the picture. */
  readonly note: (line: string) => void;
  /** Draws the last picture and leaves it standing. */
  readonly end: () => void;
}

const redrawMs = 100;

const wantsColour = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb';

/** One JSON object per event line. */
export const createJsonView = (): ProgressView => {
  let state = initialProgress;
  return {
    state: () => state,
    show: (stored) => {
      state = advance(state, stored);
      const { event, sequence, recordedAt } = stored;
      console.log(JSON.stringify({ ...event, sequence, recordedAt }));
    },
    note: () => undefined,
    end: () => undefined,
  };
};

const createLineView = (): ProgressView => {
  let state = initialProgress;
  return {
    state: () => state,
    show: (stored) => {
      state = advance(state, stored);
      const line = describeEvent(state, stored.event, plainStyle);
      const seconds = ((stored.recordedAt - (state.startedAt ?? stored.recordedAt)) / 1000).toFixed(1);
      if (line !== undefined) console.log(`${seconds.padStart(6)} s  ${line}`);
    },
    note: (line) => console.log(line),
    end: () => undefined,
  };
};

const createLiveView = (stream: NodeJS.WriteStream): ProgressView => {
  const style = wantsColour(stream) ? colourStyle : plainStyle;
  let state = initialProgress;
  let drawnLines = 0;
  const erase = (): string => (drawnLines === 0 ? '' : `\u001B[${drawnLines}A\u001B[0J`);
  const draw = (above = ''): void => {
    const screen = { columns: stream.columns || 80, rows: stream.rows || 24, now: Date.now() };
    const lines = renderProgress(state, screen, style);
    stream.write(`${erase()}${above}${lines.join('\n')}\n`);
    drawnLines = lines.length;
  };
  const timer = setInterval(draw, redrawMs);
  return {
    state: () => state,
    show: (stored) => {
      state = advance(state, stored);
    },
    note: (line) => draw(`${line}\n`),
    end: () => {
      clearInterval(timer);
      draw();
    },
  };
};

/** The view that fits standard output. */
export const createProgressView = (json: boolean): ProgressView => {
  if (json) return createJsonView();
  return process.stdout.isTTY && process.env['TERM'] !== 'dumb' ? createLiveView(process.stdout) : createLineView();
};
