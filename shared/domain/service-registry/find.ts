/** Which instances are what a caller looks for, and which of them come first. */
import { Range, rcompare, satisfies, validRange } from 'semver';
import { err, ok, type Result } from '../../errors/result.ts';
import type { ServiceCriteria, ServiceFilter } from './criteria.ts';
import { addressText, type ServiceInstance } from './service.ts';

export interface Found {
  /** Best first. */
  readonly services: readonly ServiceInstance[];
  /** None holds a lease that still runs: the registry has not been heard of since. */
  readonly lapsed: boolean;
}

/** The criteria, or what is wrong with them. @param place of the fields, for example `query`. */
export const checkCriteria = <Criteria extends ServiceCriteria>(
  criteria: Criteria,
  place: string,
): Result<Criteria> => {
  const { version } = criteria;
  if (version === undefined || (version.length <= 200 && validRange(version) !== null)) return ok(criteria);
  const field = `${place}.version`;
  const reason = 'must be a version or a range like ^1.2, ">=2 <4" or 1.x';
  return err({ type: 'request.invalid', detail: `${field}: ${reason}.`, issues: [{ field, reason }] });
};

const holdsAll = (wanted: readonly string[] | undefined, held: readonly string[]): boolean =>
  (wanted ?? []).every((one) => held.includes(one));

const isSame = (wanted: string | undefined, held: string): boolean => wanted === undefined || wanted === held;

/** A range is parsed once for all instances that are compared with it. */
const versionTest = (version: string | undefined): ((offered: string) => boolean) => {
  if (version === undefined) return () => true;
  if (validRange(version) === null) return () => false;
  const range = new Range(version);
  return (offered) => satisfies(offered, range);
};

const matcher = (criteria: ServiceCriteria): ((service: ServiceInstance) => boolean) => {
  const offers = versionTest(criteria.version);
  const attributes = Object.entries(criteria.attributes ?? {});
  return (service) =>
    isSame(criteria.name, service.name) &&
    isSame(criteria.instance, service.instance) &&
    isSame(criteria.kind, service.kind) &&
    isSame(criteria.owner, service.owner) &&
    holdsAll(criteria.tags, service.metadata.tags) &&
    holdsAll(criteria.capabilities, service.metadata.capabilities) &&
    attributes.every(
      ([key, value]) => Object.hasOwn(service.metadata.attributes, key) && service.metadata.attributes[key] === value,
    ) &&
    offers(service.metadata.version);
};

const isHeld = ({ lease }: ServiceInstance, now: number): boolean => lease === undefined || now < lease.expiresAt;

const byAddress = (a: ServiceInstance, b: ServiceInstance): number => {
  const [first, second] = [addressText(a), addressText(b)];
  return first < second ? -1 : first > second ? 1 : 0;
};

/** Near ones, then those that get requests at all, the healthy, the newest version; the rest by name. */
const order =
  (region: string | undefined) =>
  (a: ServiceInstance, b: ServiceInstance): number => {
    const isNear = ({ metadata }: ServiceInstance): number =>
      Number(region !== undefined && metadata.region === region);
    const isWeighty = ({ metadata }: ServiceInstance): number => Number(metadata.weight > 0);
    const isWell = ({ health }: ServiceInstance): number => Number(health === 'passing');
    return (
      isNear(b) - isNear(a) ||
      isWeighty(b) - isWeighty(a) ||
      isWell(b) - isWell(a) ||
      rcompare(a.metadata.version, b.metadata.version) ||
      byAddress(a, b)
    );
  };

/**
 * The instances that can be sent requests at a time. Where every one that matches is past its lease, the registry is what
 * has fallen silent (it takes ended leases out by itself), and its last word is better than none.
 * @param criteria checked by `checkCriteria`; a range that is none matches nothing.
 */
export const findServices = (services: readonly ServiceInstance[], criteria: ServiceCriteria, now: number): Found => {
  const matches = matcher(criteria);
  const wanted = services.filter((service) => service.health !== 'failing' && matches(service));
  const held = wanted.filter((service) => isHeld(service, now));
  const lapsed = held.length === 0 && wanted.length > 0;
  return { services: (lapsed ? wanted : held).toSorted(order(criteria.region)), lapsed };
};

const contains = (text: string | undefined, part: string): boolean => (text ?? '').toLowerCase().includes(part);

/** Every instance that a filter lets through, whatever its health, by name and instance. */
export const listServices = (
  services: readonly ServiceInstance[],
  filter: ServiceFilter,
): readonly ServiceInstance[] => {
  const matches = matcher(filter);
  const part = filter.search?.toLowerCase();
  return services
    .filter(
      (service) =>
        matches(service) &&
        (filter.health === undefined || filter.health === service.health) &&
        (part === undefined ||
          contains(service.name, part) ||
          contains(service.metadata.title, part) ||
          contains(service.metadata.description, part)),
    )
    .toSorted(byAddress);
};
