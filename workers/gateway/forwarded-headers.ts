/** What of a caller's headers goes on to code that is not the platform's own. */

const isPlatformSecret = (value: string): boolean => value.includes('ados_') || value.includes('adt.');

/** Authorization of the app's own kind passes; a key of the platform and what only the platform may say does not. */
export const forwardedHeaders = (headers: Headers): Headers => {
  const forwarded = new Headers();
  for (const [name, value] of headers) {
    if (name.startsWith('x-aidevos-') || name.startsWith('x-forwarded-') || isPlatformSecret(value)) continue;
    if (name === 'authorization' && /^basic /i.test(value) && basicHoldsSecret(value)) continue;
    forwarded.set(name, value);
  }
  return forwarded;
};

const basicHoldsSecret = (value: string): boolean => {
  try {
    return isPlatformSecret(atob(value.slice('basic '.length).trim()));
  } catch {
    // Not base64, so no key of ours stands in it.
    return false;
  }
};
