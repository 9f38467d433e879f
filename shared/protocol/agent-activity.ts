import type { TestCounts } from './test-counts.ts';

/** What an agent is doing, for people who watch. */
export type AgentActivity =
  | { readonly type: 'thinking'; readonly step: number; readonly model: string }
  | { readonly type: 'said'; readonly text: string }
  | {
      /** A call of the model died with its object and is made again: it is paid for twice, and booked twice. */
      readonly type: 'call_interrupted';
      readonly step: number;
      readonly attempt: number;
      /** Estimated. */
      readonly tokens: number;
      readonly costMicros?: number;
    }
  /** The rest of a budget is with others; the agent goes on when some of it comes back. */
  | { readonly type: 'waiting'; readonly reason: string }
  | { readonly type: 'tool_called'; readonly tool: string; readonly detail: string; readonly failed: boolean }
  /** A call of a tool of the project's own has begun, or still goes on. */
  | { readonly type: 'tool_started'; readonly tool: string; readonly detail: string }
  | {
      readonly type: 'tests_ran';
      readonly status: 'passed' | 'failed' | 'empty' | 'crashed' | 'timed_out';
      readonly counts: TestCounts;
    };
