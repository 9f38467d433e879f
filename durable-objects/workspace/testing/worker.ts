/** A workspace, and projects that record how they were asked to write their rows again. */
import { DurableObject } from 'cloudflare:workers';
import { ok, type Result } from '../../../shared/errors/result.ts';

export { WorkspaceObject } from '../object.ts';

export class RecordingProject extends DurableObject {
  async republish(command: { readonly commandId: string }): Promise<Result<{ readonly rows: number }>> {
    const asked = await this.asked();
    if (asked.length === 0 && (this.ctx.id.name ?? '').endsWith('z')) {
      await this.ctx.storage.put('asked', ['refused']);
      throw new Error('not this time');
    }
    await this.ctx.storage.put('asked', [...asked, command.commandId]);
    return ok({ rows: 1 });
  }

  async asked(): Promise<string[]> {
    return (await this.ctx.storage.get<string[]>('asked')) ?? [];
  }
}

export default {
  fetch: (): Response => new Response(null, { status: 404 }),
};
