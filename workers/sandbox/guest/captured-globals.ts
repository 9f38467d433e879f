/**
 * The global classes as they were before any guest code ran. `modules.ts` puts an import of all of them at the head of
 * each module of this folder, so that in here `Promise` or `Error` means the real one whatever the guest assigns.
 */

export const capturedGlobals = [
  'Array',
  'ArrayBuffer',
  'BigInt',
  'Boolean',
  'DataView',
  'Date',
  'Error',
  'Function',
  'JSON',
  'Map',
  'Math',
  'Number',
  'Object',
  'Promise',
  'RangeError',
  'Reflect',
  'RegExp',
  'Set',
  'String',
  'Symbol',
  'TypeError',
  'Uint8Array',
  'URL',
  'WeakMap',
  'WeakSet',
] as const;
