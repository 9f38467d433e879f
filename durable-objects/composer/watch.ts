/** Looks at the members of a composition again and again, so that what died is seen and brought up. */
import { revisionUp } from '../../shared/domain/composer/decide.ts';
import type { Manifests } from '../../shared/domain/composer/placement.ts';
import type { Composition } from '../../shared/domain/composer/state.ts';
import type { PlatformParts, Seen } from './parts.ts';

interface WatchParts {
  readonly find: (name: string) => Composition | undefined;
  readonly manifests: (name: string) => Manifests;
  readonly platform: PlatformParts;
  /** Calls `look` after that time. */
  readonly again: (name: string, afterMs: number) => void;
  readonly seen: (name: string, seen: Seen) => void;
}

export class Watch {
  readonly #parts: WatchParts;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** While an operation runs there is nothing to be seen; its end looks again. */
  async look(name: string): Promise<void> {
    const { find, manifests, platform, again, seen } = this.#parts;
    const composition = find(name);
    const up = revisionUp(composition, manifests(name));
    if (composition === undefined || up === undefined || composition.operation !== undefined) return;
    again(name, up.manifest.healthSeconds * 1_000);
    const found = await platform.look(up.manifest, up.revision);
    // What was changed meanwhile was not what was looked at.
    if (find(name)?.revision === up.revision) seen(name, found);
  }
}
