/** What tools can touch, in a module of its own, which the command line loads without all that tools need. */

/** What a call may touch. Grants name tools one by one, or all of a capability at once. */
export const capabilities = [
  'files.read',
  'files.write',
  'code.read',
  'quality',
  'process',
  'network',
  'system',
  'ui',
  'release',
  'composition',
  'team',
  'outcome',
  'discovery',
  'connected',
] as const;

export type Capability = (typeof capabilities)[number];
