/** `npm run models:update`: writes the table of models anew, from models.dev and `@pydantic/genai-prices`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelCard } from '../shared/domain/model/registry/model-card.ts';
import { makeModelCards } from './models/model-cards.ts';
import { capture } from './platform/child-process.ts';
import { repositoryRoot } from './platform/state-folder.ts';

const usage = `Writes shared/domain/model/registry/table.gen.ts anew.

  npm run models:update               from a fresh clone of github.com/anomalyco/models.dev
  npm run models:update -- <folder>   from a copy of it that is here already`;

const git = async (...args: readonly string[]): Promise<string> => {
  const { exitCode, output } = await capture('git', args, { cwd: repositoryRoot });
  if (exitCode !== 0) throw new Error(`git ${args[0] ?? ''} failed: ${output.trim()}`);
  return output.trim();
};

const pricesVersion = (): string => {
  const text = readFileSync(join(repositoryRoot, 'node_modules/@pydantic/genai-prices/package.json'), 'utf8');
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? 'of an unknown version';
};

const write = (cards: readonly ModelCard[], now: Date, origin: string): void => {
  const text = `/**
 * What the platform knows of models. Made by \`npm run models:update\` on ${now.toISOString().slice(0, 10)}; do not edit.
 * Sources: models.dev (${origin}), Copyright (c) 2025 models.dev, and @pydantic/genai-prices
 * ${pricesVersion()}, Copyright (c) Pydantic Services Inc.; both under the MIT License, whose text is in LICENSES.md here.
 * The ends of Anthropic's models are those that its SDK warns of.
 * Prices are list prices in micro-dollars for a million tokens.
 */
import type { ModelCard } from './model-card.ts';

export const tableDate = '${now.toISOString().slice(0, 10)}';

export const tableSource = 'models.dev ${origin}, @pydantic/genai-prices ${pricesVersion()}';

export const modelTable: readonly ModelCard[] = [
${cards.map((card) => `  ${JSON.stringify(card)},`).join('\n')}
];
`;
  writeFileSync(join(repositoryRoot, 'shared/domain/model/registry/table.gen.ts'), text);
  console.log(`${cards.length} models of ${origin}, ${Math.round(text.length / 1_024)} KiB.`);
};

const update = async (folder: string): Promise<void> => {
  const origin = await git('-C', folder, 'log', '-1', '--format=%h of %cs');
  const now = new Date();
  write(makeModelCards(folder, now), now, origin);
};

const main = async (): Promise<void> => {
  const [folder] = process.argv.slice(2);
  if (folder === '--help' || folder === '-h') return console.log(usage);
  if (folder !== undefined) return await update(folder);
  const clone = mkdtempSync(join(tmpdir(), 'aidevos-models-'));
  try {
    await git('clone', '--depth', '1', '--quiet', 'https://github.com/anomalyco/models.dev', clone);
    await update(clone);
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
};

try {
  await main();
} catch (error) {
  console.error(`aidevos: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
