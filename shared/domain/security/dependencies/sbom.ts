/** The bill of materials of a project as CycloneDX 1.6 JSON (https://cyclonedx.org/docs/1.6/json/). */
import type { Component } from './component.ts';
import { purlOf } from './component.ts';
import { kindOfLicense } from './licenses.ts';

export interface SbomSubject {
  readonly name: string;
  readonly version: string;
  /** `urn:uuid:…`. */
  readonly serialNumber: string;
  /** ISO 8601. */
  readonly timestamp: string;
}

/** Base64 of a `sha512-…` to the hexadecimal that CycloneDX wants. */
const hashOf = (integrity: string | undefined): readonly { readonly alg: string; readonly content: string }[] => {
  const [, name, encoded] = /^(sha1|sha256|sha384|sha512)-([A-Za-z0-9+/]+=*)/.exec(integrity ?? '') ?? [];
  if (name === undefined || encoded === undefined) return [];
  const bytes = [...decodeBase64(encoded)].map((byte) => byte.toString(16).padStart(2, '0'));
  return [{ alg: name === 'sha1' ? 'SHA-1' : `SHA-${name.slice(3)}`, content: bytes.join('') }];
};

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function* decodeBase64(text: string): Generator<number> {
  let bits = 0;
  let held = 0;
  for (const character of text.replace(/=+$/, '')) {
    bits = (bits << 6) | alphabet.indexOf(character);
    held += 6;
    if (held >= 8) {
      held -= 8;
      yield (bits >> held) & 0xff;
    }
    bits &= 0xffff;
  }
}

const licensesOf = (license: string | undefined): readonly object[] => {
  if (license === undefined) return [];
  const kind = kindOfLicense(license);
  if (kind === 'expression') return [{ expression: license }];
  return [{ license: kind === 'identifier' ? { id: license } : { name: license } }];
};

const partsOf = (name: string): { readonly group?: string; readonly name: string } => {
  const [group, own] = name.startsWith('@') ? name.split('/') : [undefined, name];
  return group === undefined || own === undefined ? { name } : { group, name: own };
};

const described = (component: Component): object => {
  const licenses = licensesOf(component.license);
  const hashes = hashOf(component.integrity);
  return {
    type: 'library',
    'bom-ref': purlOf(component),
    ...partsOf(component.name),
    version: component.version,
    scope: component.development ? 'optional' : 'required',
    purl: purlOf(component),
    ...(hashes.length === 0 ? {} : { hashes }),
    ...(licenses.length === 0 ? {} : { licenses }),
  };
};

/** Of several versions of a package the lock file’s order decides: the graph names the first. */
const graph = (subject: SbomSubject, components: readonly Component[]): readonly object[] => {
  const byName = new Map<string, Component>();
  for (const each of components) if (!byName.has(each.name)) byName.set(each.name, each);
  const refs = (names: readonly string[]): readonly string[] => [
    ...new Set(names.flatMap((name) => byName.get(name) ?? []).map(purlOf)),
  ];
  return [
    { ref: rootRef(subject), dependsOn: refs(components.filter(({ direct }) => direct).map(({ name }) => name)) },
    ...components.map((component) => ({ ref: purlOf(component), dependsOn: refs(component.requires) })),
  ];
};

const rootRef = ({ name, version }: SbomSubject): string => `${name}@${version}`;

/** The document. Components are unique by package URL. */
export const createSbom = (subject: SbomSubject, components: readonly Component[]): object => {
  const unique = [...new Map(components.map((component) => [purlOf(component), component])).values()];
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: subject.serialNumber,
    version: 1,
    metadata: {
      timestamp: subject.timestamp,
      tools: { components: [{ type: 'application', name: 'aidevos' }] },
      component: { type: 'application', 'bom-ref': rootRef(subject), name: subject.name, version: subject.version },
    },
    components: unique.map((component) => described(component)),
    dependencies: graph(subject, unique),
  };
};
