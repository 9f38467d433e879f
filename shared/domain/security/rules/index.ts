/** All rules about code. A new family is one file and a line here. */
import { comparisonRules, findComparisons } from './comparisons.ts';
import { cryptoRules, findCrypto } from './crypto.ts';
import { flowRules } from './flow-rules.ts';
import { findFlows } from './flow.ts';
import { findObjects, objectRules } from './objects.ts';
import { findPatterns, patternRules } from './patterns.ts';
import { findRoutes, routeRules } from './routes.ts';
import type { Detector, Rule } from './rule.ts';
import { findSessions, sessionRules } from './sessions.ts';

export const detectors: readonly Detector[] = [
  findFlows,
  findCrypto,
  findSessions,
  findComparisons,
  findPatterns,
  findObjects,
  findRoutes,
];

export const codeRules: readonly Rule[] = [
  flowRules,
  cryptoRules,
  sessionRules,
  comparisonRules,
  patternRules,
  objectRules,
  routeRules,
].flatMap((family): readonly Rule[] => Object.values(family));
