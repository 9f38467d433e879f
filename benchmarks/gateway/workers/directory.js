/** D1 for the gateway under a bare workerd: the protocol of the runtime's own D1 binding over the SQLite of one object. */
import { DurableObject } from 'cloudflare:workers';

const meta = (cursor) => ({
  served_by: 'bench',
  duration: 0,
  changes: cursor.rowsWritten,
  last_row_id: 0,
  changed_db: cursor.rowsWritten > 0,
  size_after: 0,
  rows_read: cursor.rowsRead,
  rows_written: cursor.rowsWritten,
});

export class Directory extends DurableObject {
  constructor(context, env) {
    super(context, env);
    const { sql } = context.storage;
    const made = [...sql.exec("SELECT name FROM sqlite_schema WHERE name = 'api_key'")].length > 0;
    if (!made) sql.exec(env.MIGRATIONS);
  }

  #run({ sql, params }, format) {
    const cursor = this.ctx.storage.sql.exec(sql, ...(params ?? []));
    const columns = cursor.columnNames;
    const rows = [...cursor.raw()];
    const objects = () => rows.map((row) => Object.fromEntries(row.map((value, index) => [columns[index], value])));
    const results = format === 'ROWS_AND_COLUMNS' ? { columns, rows } : format === 'NONE' ? [] : objects();
    return { success: true, results, meta: meta(cursor) };
  }

  async fetch(request) {
    const asked = await request.json();
    const format = new URL(request.url).searchParams.get('resultsFormat');
    try {
      const queries = Array.isArray(asked) ? asked : [asked];
      return Response.json(this.ctx.storage.transactionSync(() => queries.map((query) => this.#run(query, format))));
    } catch (error) {
      return Response.json({ success: false, error: String(error) });
    }
  }
}

/** What the gateway's binding talks to. */
export default {
  fetch: (request, { DIRECTORY }) => DIRECTORY.get(DIRECTORY.idFromName('directory')).fetch(request),
};
