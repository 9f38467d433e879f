/** What happens to other records when one is deleted, and whose code is needed for it. */
import { referencesTo } from './design.ts';
import type { Design, ResourceDesign } from './design.ts';

const cascadeChildren = (design: Design, resource: ResourceDesign): readonly ResourceDesign[] =>
  referencesTo(design, resource)
    .filter(({ onDelete, from }) => onDelete === 'cascade' && from.name !== resource.name)
    .map(({ from }) => from);

const reaches = (design: Design, from: ResourceDesign, goal: string, visited: Set<string>): boolean => {
  if (from.name === goal) return true;
  if (visited.has(from.name)) return false;
  visited.add(from.name);
  return cascadeChildren(design, from).some((child) => reaches(design, child, goal, visited));
};

/**
 * The resources whose own removal is called when this one is deleted. Where two resources delete each other, their
 * records are removed plainly instead, because neither could be built before the other.
 */
export const removedWith = (design: Design, resource: ResourceDesign): readonly ResourceDesign[] => {
  const children = cascadeChildren(design, resource).filter(
    (child) => !reaches(design, child, resource.name, new Set()),
  );
  return [...new Set(children)];
};

/** Whether records of this resource are ever removed: on request, or along with others. */
export const isRemovable = (resource: ResourceDesign): boolean =>
  resource.resource.operations.includes('delete') || resource.references.some(({ onDelete }) => onDelete === 'cascade');
