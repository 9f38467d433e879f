import type ts6 from 'typescript6';

/** The compiler as a value: it is loaded when the first question needs it. */
export type TypeScript = typeof ts6;
