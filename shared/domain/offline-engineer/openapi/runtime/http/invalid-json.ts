/** Stands for a JSON text that could not be read; the report names the parameter or the body that held it. */
export const invalidJson = '\u0000not JSON';
