/** The files that make a folder a project which a person can test, check and deploy. */
import type { TemplateFile } from './template-file.ts';

const packageJson = (name: string, description: string): string =>
  `${JSON.stringify(
    {
      name,
      version: '0.1.0',
      private: true,
      description,
      type: 'module',
      scripts: {
        test: 'node --test "test/**/*.test.ts"',
        check: 'tsc',
        dev: 'wrangler dev',
        deploy: 'wrangler deploy',
      },
      devDependencies: {
        '@cloudflare/workers-types': '^5.20261101.0',
        '@types/node': '^24.0.0',
        typescript: '^7.0.0',
        wrangler: '^4.155.0',
      },
      engines: { node: '>=24' },
    },
    null,
    2,
  )}\n`;

const tsconfigJson = `{
  "compilerOptions": {
    "target": "ES2024",
    "module": "ESNext",
    "moduleResolution": "Bundler",
    "lib": ["ES2024"],
    "types": ["@cloudflare/workers-types", "node"],
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "exactOptionalPropertyTypes": true,
    "noImplicitOverride": true,
    "noFallthroughCasesInSwitch": true,
    "noPropertyAccessFromIndexSignature": true,
    "noUnusedLocals": true,
    "noUnusedParameters": true,
    "verbatimModuleSyntax": true,
    "erasableSyntaxOnly": true,
    "allowImportingTsExtensions": true,
    "isolatedModules": true,
    "skipLibCheck": true,
    "noEmit": true
  },
  "include": ["src/**/*.ts", "test/**/*.ts"]
}
`;

const wranglerToml = (name: string): string => `name = "${name}"
main = "src/worker.ts"
compatibility_date = "2026-10-20"
compatibility_flags = ["nodejs_compat"]

[[durable_objects.bindings]]
name = "APP"
class_name = "App"

[[migrations]]
tag = "v1"
new_sqlite_classes = ["App"]
`;

const ignored = `node_modules/
.wrangler/
`;

/** package.json, tsconfig.json, wrangler.toml and .gitignore. The name is kebab-case. */
export const projectTemplates = (project: {
  readonly name: string;
  readonly description: string;
}): readonly TemplateFile[] => [
  { path: 'package.json', content: packageJson(project.name, project.description), kind: 'source' },
  { path: 'tsconfig.json', content: tsconfigJson, kind: 'source' },
  { path: 'wrangler.toml', content: wranglerToml(project.name), kind: 'source' },
  { path: '.gitignore', content: ignored, kind: 'source' },
];
