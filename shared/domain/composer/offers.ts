/** The versions of service objects that this platform has. */
import type { MemberService } from '../../schemas/composition.ts';

/** Raised when the configuration or the interface of a service changes. */
export const offeredVersions: Readonly<Record<MemberService, readonly string[]>> = {
  auth: ['1.0.0'],
  user: ['1.0.0'],
  data: ['1.0.0'],
  api: ['1.0.0'],
  ui: ['1.0.0'],
  analytics: ['1.0.0'],
};
