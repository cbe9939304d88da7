type Absent = null | undefined;

/** The properties that may be absent are optional; none is null or undefined. */
type Present<T> = { [K in keyof T as Extract<T[K], Absent> extends never ? K : never]: T[K] } & {
  [K in keyof T as Extract<T[K], Absent> extends never ? never : K]?: Exclude<T[K], Absent>;
};

/** The same object without the properties that are undefined or NULL: what is unknown is absent. */
export function present<T extends object>(values: T): Present<T> {
  const known = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(known) as Present<T>;
}
