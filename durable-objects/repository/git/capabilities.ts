/** What this server can do, and what the client asked for of it. */

const agent = 'agent=aidevos/1';

/** No `ofs-delta`, `thin-pack` or `shallow`: packs are sent whole and without deltas. */
export const uploadPackCapabilities: readonly string[] = [
  'multi_ack',
  'multi_ack_detailed',
  'no-done',
  'side-band',
  'side-band-64k',
  'no-progress',
  'object-format=sha1',
  agent,
];

export const receivePackCapabilities: readonly string[] = [
  'report-status',
  'delete-refs',
  'side-band-64k',
  'quiet',
  'atomic',
  'ofs-delta',
  'no-thin',
  'object-format=sha1',
  agent,
];

/** The words after the first line of a request. */
export const parseCapabilities = (text: string): ReadonlySet<string> => new Set(text.split(' ').filter(Boolean));
