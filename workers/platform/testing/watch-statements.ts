import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";

/** What was asked of a database. */
export interface Watched {
  readonly d1: D1Database;
  /** Each text of a statement, with the parameters of its last use. */
  readonly seen: ReadonlyMap<string, readonly unknown[]>;
  /** Statements, and round trips: a batch is one. */
  readonly count: { statements: number; trips: number };
}

const ENDINGS: readonly (string | symbol)[] = ["first", "run", "all", "raw"];

/** The database itself, with a look at every statement on its way. */
export function watchStatements(d1: D1Database): Watched {
  const seen = new Map<string, readonly unknown[]>();
  const count = { statements: 0, trips: 0 };
  const real = new WeakMap<object, D1PreparedStatement>();
  const watch = (statement: D1PreparedStatement, text: string): D1PreparedStatement => {
    const watched = new Proxy(statement, {
      get(target, name) {
        const own: unknown = Reflect.get(target, name);
        if (typeof own !== "function") return own;
        return (...args: unknown[]) => {
          if (name === "bind") seen.set(text, args);
          if (ENDINGS.includes(name)) {
            count.statements += 1;
            count.trips += 1;
          }
          const answer: unknown = Reflect.apply(own, target, args);
          // bind() of the database's own statement gives another one.
          return name === "bind" ? watch(answer as D1PreparedStatement, text) : answer;
        };
      },
    });
    real.set(watched, statement);
    return watched;
  };
  const watched = new Proxy(d1, {
    get(target, name) {
      if (name === "prepare") {
        return (text: string) => {
          if (!seen.has(text)) seen.set(text, []);
          return watch(target.prepare(text), text);
        };
      }
      if (name === "batch") {
        return (statements: D1PreparedStatement[]) => {
          count.statements += statements.length;
          count.trips += 1;
          return target.batch(statements.map((one) => real.get(one) ?? one));
        };
      }
      const own: unknown = Reflect.get(target, name);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
  return { d1: watched, seen, count };
}

/** How the database would find the rows of a statement, line by line. */
export async function explain(d1: D1Database, [text, args]: readonly [string, readonly unknown[]]) {
  const plan = await d1
    .prepare(`explain query plan ${text}`)
    .bind(...args)
    .all<{ detail: string }>();
  return plan.results.map(({ detail }) => detail);
}
