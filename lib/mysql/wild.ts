const key = Symbol.for('alterwise.wild');

type AnyFunction = (...args: never[]) => unknown;

/** Remembers which function of mysql2 stands behind one that sends changes of tables through alterwise. */
export function rememberWild<Tame extends AnyFunction>(tame: Tame, wild: AnyFunction): Tame {
  return Object.assign(tame, { [key]: wild });
}

export function isTame(make: AnyFunction): boolean {
  return key in make;
}

/** mysql2's own function: in a process whose mysql2 was tamed, alterwise's own connections must not come back to it. */
export function wildOf<Make extends AnyFunction>(make: Make): Make {
  return (Reflect.get(make, key) as Make | undefined) ?? make;
}
