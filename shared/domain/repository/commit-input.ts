/** Checks what callers give for commits. Git's commit format has no escapes, so some characters cannot be written. */

import type { Issue } from '../../errors/result.ts';
import { utf8Length } from './path.ts';

const maximumNameBytes = 200;
const maximumMessageBytes = 65_536;

/** What is wrong with an author; empty when it can stand in a commit. */
export const authorIssues = (author: unknown): readonly Issue[] => {
  if (typeof author !== 'object' || author === null) return [{ field: 'author', reason: 'is missing' }];
  const parts = { name: undefined, email: undefined, ...author };
  const issues: Issue[] = [];
  for (const part of ['name', 'email'] as const) {
    const reason = identityProblem(parts[part]);
    if (reason !== undefined) issues.push({ field: `author.${part}`, reason });
  }
  return issues;
};

const identityProblem = (text: unknown): string | undefined => {
  if (typeof text !== 'string') return 'is not a text';
  if (text.trim() === '') return 'is empty';
  if (text !== text.trim()) return 'begins or ends with a space';
  if (utf8Length(text) > maximumNameBytes) return `is longer than ${maximumNameBytes} bytes`;
  if (!text.isWellFormed()) return 'is not well-formed Unicode';
  return /[<>\p{Cc}]/u.test(text) ? 'contains a control character or one of < >' : undefined;
};

/** What is wrong with a commit message; empty when it can be used. */
export const messageIssues = (message: unknown): readonly Issue[] => {
  const reason = messageProblem(message);
  return reason === undefined ? [] : [{ field: 'message', reason }];
};

const messageProblem = (message: unknown): string | undefined => {
  if (typeof message !== 'string') return 'is not a text';
  if (message.trim() === '') return 'is empty';
  if (utf8Length(message) > maximumMessageBytes) return `is longer than ${maximumMessageBytes} bytes`;
  if (!message.isWellFormed()) return 'is not well-formed Unicode';
  return message.includes('\0') ? 'contains a NUL character' : undefined;
};

/** The message as git keeps it: line feeds only, no blank lines around it, one line feed at the end. */
export const normalizeMessage = (message: string): string => `${message.replaceAll(/\r\n?/gu, '\n').trim()}\n`;
