/** The code of a version: how it is saved, named and put together for the Loader. */
import type { BuiltModules } from '../../../shared/rpc/toolchain.ts';
import type { IsolateCode } from '../guard/isolate.ts';
import { appGuestModules } from '../guest/modules.ts';
import { reservedFolder } from '../guest/module-names.ts';

interface SavedVersion {
  readonly entryModule: string;
  readonly modules: Readonly<Record<string, string>>;
}

const mainModule = `${reservedFolder}main.js`;

/** The text to save. Modules are ordered by name, so the same code gives the same text. */
export function savedText(built: BuiltModules, entryModule: string): string {
  const names = Object.keys(built.modules).sort();
  const modules = Object.fromEntries(names.map((name) => [name, built.modules[name]]));
  return JSON.stringify({ entryModule, modules });
}

/** SHA-256 in hexadecimal. */
export async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The code of an isolate for a saved version; its class `App` is the object of a slot. */
export function isolateCode(text: string, entry: string): IsolateCode {
  // SAFETY: the text was written by `savedText`.
  const saved = JSON.parse(text) as SavedVersion;
  const main = [
    `import * as entry from ${JSON.stringify(`/${saved.entryModule}`)};`,
    `import { hostedApp } from ${JSON.stringify(`/${reservedFolder}app-main.js`)};`,
    `export const App = hostedApp(entry, ${JSON.stringify(entry)});`,
    // Asked at deployment: that it answers proves that all modules load.
    `export default { fetch: () => new Response('loaded') };`,
  ].join('\n');
  return { mainModule, modules: { ...saved.modules, ...appGuestModules(), [mainModule]: main } };
}
