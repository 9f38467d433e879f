import { sql, type Column, type SQL } from 'drizzle-orm';

/** Whether a column contains a text, upper and lower case alike; `%`, `_` and the escape itself are taken literally. */
export const contains = (column: Column, text: string): SQL =>
  sql`${column} LIKE ${`%${text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`} ESCAPE '\\'`;
