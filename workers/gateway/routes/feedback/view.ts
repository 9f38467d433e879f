import type { Feedback } from '../../../../shared/rpc/workspace-quality.ts';

/** A rating as the API shows it. */
export const presentFeedback = ({ models, ...feedback }: Feedback) => ({ ...feedback, models: [...models] });
