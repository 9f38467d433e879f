/** A first line of defence over source text: constructs that have no place in a small web application, and secrets. */
import type { SourceFiles } from '../../rpc/toolchain.ts';

interface SecurityRule {
  readonly name: string;
  readonly pattern: RegExp;
}

const rules: readonly SecurityRule[] = [
  { name: 'code from text (CWE-95)', pattern: /\beval\s*\(|\bnew\s+Function\s*\(/ },
  { name: 'child process (CWE-78)', pattern: /['"](?:node:)?child_process['"]/ },
  { name: 'private key (CWE-798)', pattern: /-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----/ },
  { name: 'secret in source (CWE-798)', pattern: /\b(?:sk-[A-Za-z0-9]{20,}|ghp_[A-Za-z0-9]{36}|AKIA[0-9A-Z]{16})\b/ },
  { name: 'certificate checks off (CWE-295)', pattern: /rejectUnauthorized\s*:\s*false/ },
  { name: 'weak hash (CWE-328)', pattern: /createHash\(\s*['"](?:md5|sha1)['"]/ },
  {
    name: 'SQL from a template (CWE-89)',
    pattern:
      /\.(?:exec|prepare|all|run|get)\(\s*`[^`]*\b(?:SELECT|INSERT|UPDATE|DELETE)\b[^`]*\b(?:WHERE|VALUES)\b[^`]*\$\{(?:request|body|query|params|url)/i,
  },
];

const maxLineLength = 2_000;

/** One line for each finding: `src/app.ts:12: code from text (CWE-95)`. Tests and documents are not scanned. */
export const scanSecurity = (files: SourceFiles): readonly string[] =>
  Object.entries(files)
    .filter(([path]) => /\.(?:ts|js|mjs|tsx|jsx)$/.test(path) && !/(?:^|\/)tests?\//.test(path))
    .flatMap(([path, content]) =>
      content
        .split('\n')
        .flatMap((line, index) =>
          rules
            .filter(({ pattern }) => pattern.test(line.slice(0, maxLineLength)))
            .map(({ name }) => `${path}:${index + 1}: ${name}`),
        ),
    );
