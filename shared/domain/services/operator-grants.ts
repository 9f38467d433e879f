/**
 * What the operator lets which groups use, from the variable `APP_GRANTS`: entries apart by spaces or commas, each
 * `NAME=group`, for a secret `NAME=group>origin`. A group is named whole or by its beginning up to a `/`, `*` is every
 * one. A secret without an origin is good for nothing: whoever may use it could otherwise send it to themselves.
 */

const mayUse = (granted: string, group: string): boolean =>
  granted === '*' || group === granted || group.startsWith(`${granted}/`);

/** Whether the group may use a secret (towards `origin`) or a database binding. */
export const isGranted = (
  grants: string | undefined,
  wanted: { readonly name: string; readonly group: string; readonly origin?: string },
): boolean =>
  (grants ?? '').split(/[\s,]+/).some((entry) => {
    const match = /^([A-Z][A-Z0-9_]*)=([^>]+)(?:>(.+))?$/.exec(entry);
    if (match === null) return false;
    const [, name, group = '', origin] = match;
    return name === wanted.name && mayUse(group, wanted.group) && origin === wanted.origin;
  });
