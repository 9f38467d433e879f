/** The picture of a composition: who is in it, who calls whom, and what leads where from outside. */
import type { MemberState } from '../../protocol/composition-events.ts';
import type { Manifest, Member } from './manifest.ts';

interface TopologyNode {
  readonly id: string;
  readonly kind: Member['kind'];
  /** What stands behind it: a kind of service object, an address, a project, a name in the registry. */
  readonly of: string;
  readonly version?: string;
  /** Absent until it was looked at. */
  readonly health?: MemberState['health'];
}

interface TopologyEdge {
  /** `outside` for the routes. */
  readonly from: string;
  readonly to: string;
  /** The name under which it is called, or the path that leads there. */
  readonly as: string;
}

export interface Topology {
  readonly name: string;
  readonly version: string;
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
}

/** The node that stands for whoever sends requests. No member has this id: it would have no capital. */
const outsideNode = 'Outside';

const ofMember = (member: Member): Pick<TopologyNode, 'of' | 'version'> => {
  switch (member.kind) {
    case 'service':
      return { of: member.service, version: member.version };
    case 'external':
      return { of: member.outside.baseUrl };
    case 'app':
      return { of: `${member.projectId} (${member.slot})` };
    case 'registered':
      return { of: member.service, version: member.version };
  }
};

export const topologyOf = (manifest: Manifest, members: Readonly<Record<string, MemberState>>): Topology => ({
  name: manifest.name,
  version: manifest.version,
  nodes: manifest.members.map((member) => {
    const state = Object.hasOwn(members, member.name) ? members[member.name] : undefined;
    return {
      id: member.name,
      kind: member.kind,
      ...ofMember(member),
      ...(state === undefined ? {} : { health: state.health }),
    };
  }),
  edges: [
    ...manifest.routes.map(({ path, member }) => ({ from: outsideNode, to: member, as: path })),
    ...manifest.members.flatMap((member) =>
      member.kind === 'service' ? Object.entries(member.uses).map(([as, to]) => ({ from: member.name, to, as })) : [],
    ),
  ],
});

/** Text within quotes, by the entity codes that Mermaid has (https://mermaid.js.org/syntax/flowchart.html). */
const quoted = (text: string): string =>
  `"${text.replaceAll(/[^\w ./:@^~*=()-]/gu, (character) => `#${character.codePointAt(0) ?? 0};`)}"`;

const shapes: Readonly<Record<Member['kind'], readonly [open: string, close: string]>> = {
  service: ['[', ']'],
  external: ['[/', '/]'],
  app: ['([', '])'],
  registered: ['[[', ']]'],
};

/** A flowchart of Mermaid. */
export const toMermaid = ({ name, version, nodes, edges }: Topology): string => {
  const ids = new Map<string, string>([
    [outsideNode, 'outside'],
    ...nodes.map(({ id }, index): [string, string] => [id, `m${index}`]),
  ]);
  const lines = nodes.map(({ id, kind, of, version: range, health }) => {
    const [open, close] = shapes[kind];
    const what = range === undefined || range === '*' ? of : `${of} ${range}`;
    return `    ${ids.get(id) ?? ''}${open}${quoted(`${id}: ${what}`)}${close}${health === undefined ? '' : `:::${health}`}`;
  });
  const arrows = edges.map(({ from, to, as }) => `  ${ids.get(from) ?? ''} -->|${quoted(as)}| ${ids.get(to) ?? ''}`);
  return [
    'flowchart LR',
    `  outside((${quoted('requests')}))`,
    `  subgraph composition [${quoted(`${name} ${version}`)}]`,
    ...lines,
    '  end',
    ...arrows,
    '  classDef healthy stroke:#2e7d32',
    '  classDef failing stroke:#c62828',
    '  classDef lost stroke:#c62828,stroke-dasharray:4',
    '',
  ].join('\n');
};
