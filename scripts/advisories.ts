/** `npm run advisories -- FILE|FOLDER…`: takes OSV documents into the index that `npm run scan` reads. Works without a network. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { importAdvisories } from '../shared/domain/security/dependencies/osv.ts';
import { emptyIndex } from '../shared/domain/security/dependencies/advisories.ts';
import { defaultIndexFile, readIndex } from './scan/advisories.ts';
import { listFiles } from './scan/files.ts';

const usage = `Takes advisories in the format of osv.dev into a local index.

  npm run advisories -- FILE|FOLDER…   JSON documents, one or an array in a file, or folders of them
  --index FILE                         the index (${defaultIndexFile})
  --replace                            begin with an empty one`;

const readDocuments = (path: string): readonly { readonly name: string; readonly value: unknown }[] => {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return Array.isArray(value)
      ? value.map((each: unknown, index) => ({ name: `${path}[${index}]`, value: each }))
      : [{ name: path, value }];
  } catch (error) {
    return [{ name: `${path} (${error instanceof Error ? error.message : String(error)})`, value: undefined }];
  }
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    index: { type: 'string', default: defaultIndexFile },
    replace: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const missing = positionals.find((path) => !existsSync(path));

if (missing !== undefined) {
  console.error(`${missing} is not there.`);
  process.exitCode = 2;
} else if (values.help || positionals.length === 0) {
  console.log(usage);
  process.exitCode = values.help ? 0 : 2;
} else {
  const paths = positionals.flatMap((path) => (statSync(path).isDirectory() ? listFiles(path, /\.json$/) : [path]));
  const before = values.replace || !existsSync(values.index) ? emptyIndex : readIndex(values.index);
  const { index, imported, refused } = importAdvisories(before, paths.flatMap(readDocuments));
  mkdirSync(dirname(values.index), { recursive: true });
  writeFileSync(values.index, JSON.stringify(index));
  for (const reason of refused.slice(0, 20)) console.error(`left out: ${reason}`);
  console.log(
    `${imported} advisories taken in, ${refused.length} left out; ${Object.keys(index.packages).length} packages in ${values.index}, newest of ${index.modified}`,
  );
  if (imported === 0) process.exitCode = 1;
}
