/** The arguments of a call as an object; undefined when they are none. An empty text is a call without arguments. */
export const readArguments = (argumentsJson: string): Readonly<Record<string, unknown>> | undefined => {
  if (argumentsJson.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(argumentsJson);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    // Malformed, or not all of it has come.
    return undefined;
  }
};
