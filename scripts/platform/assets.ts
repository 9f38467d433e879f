/** The gateway's static files, made from packages by `scripts/build-assets.ts`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { capture, type Captured } from './child-process.ts';

/** Builds them in that checkout; one that has no such script has no assets and needs none. */
export const buildAssets = async (root: string): Promise<Captured> => {
  const script = join(root, 'scripts', 'build-assets.ts');
  if (!existsSync(script)) return { exitCode: 0, output: '' };
  return capture(process.execPath, [script], { cwd: root });
};
