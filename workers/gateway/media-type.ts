/** True for `application/json` and for what is written in it, for example `application/problem+json`. */
export const isJson = (contentType: string): boolean => /^application\/([a-z.-]+\+)?json\s*(;|$)/i.test(contentType);
