/** A query less the parameters without a value: that is how clients write what they leave out. */
export const withoutEmpty = (query: unknown): unknown =>
  typeof query !== "object" || query === null
    ? query
    : Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ""));
