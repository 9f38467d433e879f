type Defined<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> };

/** A copy without the fields whose value is undefined: for optional fields that must be there or be absent. */
export const withoutUndefined = <Value extends object>(value: Value): Defined<Value> =>
  // SAFETY: exactly the undefined fields were taken out.
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<Value>;
