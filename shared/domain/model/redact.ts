/** Takes keys out of sentences: providers sometimes repeat a part of the key in what they say about it. */

const keyPattern = /\b(?:sk|pk|rk|key|ados)[-_][\w*.-]{6,}/gi;

/** The text without anything that looks like a key, and without these secrets. */
export const redactKeys = (text: string, secrets: readonly string[] = []): string =>
  secrets
    .filter((secret) => secret.length >= 8)
    .reduce((rest, secret) => rest.replaceAll(secret, '[key]'), text)
    .replaceAll(keyPattern, '[key]');
