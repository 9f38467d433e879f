/** What a publish is compared with: one row of the same text, on disk before the answer leaves. */
import { DurableObject } from 'cloudflare:workers';

export class BareRows extends DurableObject {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, value TEXT NOT NULL) STRICT');
  }

  async insert(value: string): Promise<void> {
    this.ctx.storage.sql.exec('INSERT INTO bare (value) VALUES (?)', value);
  }
}
