import { mkdirSync } from 'node:fs';

/** True for the one of several processes that made the folder; false for those who found it there. */
export const tryMakeFolder = (path: string): boolean => {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
};
