/** The password of an `Authorization: Basic` header (RFC 7617), or undefined when there is none. */
export const readPassword = (header: string | undefined): string | undefined => {
  const [, encoded] = /^basic +([A-Za-z0-9+/=]{1,2048})$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return undefined;
  try {
    const decoded = atob(encoded);
    const colon = decoded.indexOf(':');
    return colon === -1 || colon === decoded.length - 1 ? undefined : decoded.slice(colon + 1);
  } catch {
    // Not base64: as good as no password.
    return undefined;
  }
};
