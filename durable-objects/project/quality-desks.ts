/** The desks of a project that are about quality, made together because they share what they need. */
import { FigureDesk, type FigureDeskParts } from './figures/figure-desk.ts';
import type { FigureInput } from './figures/measure-figures.ts';
import { PerformanceDesk } from './figures/performance-desk.ts';
import { GenerationDesk } from './generation-desk.ts';
import { MutationDesk } from './mutation-desk.ts';
import { QualityDesk, type QualityParts } from './quality.ts';

export interface QualityDesks {
  readonly judge: QualityDesk;
  readonly mutation: MutationDesk;
  readonly generation: GenerationDesk;
  readonly figures: FigureDesk;
  readonly performance: PerformanceDesk;
  readonly testMutants: FigureInput['testMutants'];
}

export const createQualityDesks = (parts: Omit<FigureDeskParts & QualityParts, 'testMutants'>): QualityDesks => {
  const mutation = new MutationDesk(parts);
  const testMutants: FigureInput['testMutants'] = (...states) => mutation.measure(...states);
  return {
    judge: new QualityDesk(parts),
    mutation,
    generation: new GenerationDesk(parts),
    figures: new FigureDesk({ ...parts, testMutants }),
    performance: new PerformanceDesk(parts),
    testMutants,
  };
};
