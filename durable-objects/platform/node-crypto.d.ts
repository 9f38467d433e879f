/** The one function of `node:crypto` used here; the Workers types do not describe the Node modules. */
declare module 'node:crypto' {
  export function createHash(algorithm: 'sha256'): {
    update(text: string): { digest(encoding: 'hex'): string };
  };
}
