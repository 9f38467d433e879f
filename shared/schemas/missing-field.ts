import type { z } from 'zod';

/** Whether a fault is that a field is not there at all. zod says so in the text of the message alone. */
export const isMissingField = ({ code, message }: Pick<z.core.$ZodIssue, 'code' | 'message'>): boolean =>
  code === 'invalid_type' && message.endsWith('received undefined');
