/** What the operator's shell lets the apps of this machine reach and use; see docs/services.md. */

export interface AppSettings {
  /** Variables and secrets of the sandbox Worker. */
  readonly variables: Readonly<Record<string, string>>;
  /** Postgres, by the name of the binding: as Hyperdrive would give it. */
  readonly hyperdrives: Readonly<Record<string, string>>;
  /** D1 databases kept in the state folder, by the name of the binding. */
  readonly d1Databases: Readonly<Record<string, string>>;
}

const variablePattern = /^APP_(?:EGRESS_ORIGINS$|GRANTS$|SECRET_)/;
const databasePattern = /^APP_DATABASE_[A-Z0-9_]{1,50}$/;

const isPostgres = (text: string): boolean => {
  const url = URL.parse(text);
  // Without all of these the runtime takes no connection string.
  return (
    url !== null &&
    /^postgres(?:ql)?:$/.test(url.protocol) &&
    url.hostname !== '' &&
    url.username !== '' &&
    url.password !== '' &&
    url.pathname.length > 1
  );
};

/** Throws a sentence for the operator when a database is named in a way that cannot be bound. The value is not in it. */
export const readAppSettings = (environment: Readonly<Record<string, string | undefined>>): AppSettings => {
  const variables: Record<string, string> = {};
  const hyperdrives: Record<string, string> = {};
  const d1Databases: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) continue;
    if (variablePattern.test(name)) variables[name] = value;
    if (!name.startsWith('APP_DATABASE_')) continue;
    if (!databasePattern.test(name))
      throw new Error(`${name} is no name of a database; it must be like APP_DATABASE_ORDERS`);
    if (value === 'd1') d1Databases[name] = name;
    else if (isPostgres(value)) hyperdrives[name] = value;
    else throw new Error(`${name} must be "d1", or like postgres://user:password@127.0.0.1:5432/database`);
  }
  return { variables, hyperdrives, d1Databases };
};
