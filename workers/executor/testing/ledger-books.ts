import { env } from "cloudflare:workers";

export interface BudgetLine {
  readonly scope: string;
  readonly cap: number;
  readonly spent: number;
  readonly reserved: number;
  readonly overrun: number;
  readonly frozen: number;
}

export interface CallLine {
  readonly callId: string;
  /** null = it falls under no cap of that kind. */
  readonly scopes: readonly (string | null)[];
  readonly token: string;
  readonly state: string;
  readonly reserved: number;
  readonly settled: number;
  readonly overrun: number;
}

/** The books of some runs and of every cap that they fall under, as the rows say. */
export interface Books {
  readonly budgets: ReadonlyMap<string, BudgetLine>;
  readonly calls: ReadonlyMap<string, CallLine>;
  /** `run:<id>`, the percent and the cap that it is of -> how often its owner was told. */
  readonly warnings: ReadonlyMap<string, number>;
}

/** All that is looked at, as one row of JSON: it is read after every move. */
const READ = `select
  (select json_group_array(json_object('scope', scope, 'cap', cap_micro_usd, 'spent', spent_micro_usd,
     'reserved', reserved_micro_usd, 'overrun', overrun_micro_usd, 'frozen', frozen))
   from budgets where scope in (select value from json_each(?2))) as budgets,
  (select json_group_array(json_object('callId', call_id, 'scopes', json_array('run:' || run_id, key_scope, day_scope),
     'token', lease_token, 'state', state, 'reserved', reserved_micro_usd, 'settled', settled_micro_usd, 'overrun', overrun_micro_usd))
   from calls where run_id in (select value from json_each(?1))) as calls,
  (select json_group_array('run:' || run_id || ' ' || (data ->> 'percent') || ' ' || (data ->> 'cap'))
   from run_events where run_id in (select value from json_each(?1)) and kind = 'budget_warning') as warnings`;

interface Read {
  readonly budgets: string;
  readonly calls: string;
  readonly warnings: string;
}

/** Reads the books of `runs`, and of `scopes` beside those of the runs. */
export async function readBooks(runs: readonly string[], scopes: readonly string[]): Promise<Books> {
  const [ids, all] = [JSON.stringify(runs), JSON.stringify([...runs.map((id) => `run:${id}`), ...scopes])];
  const read = await env.DB.prepare(READ).bind(ids, all).first<Read>();
  if (read === null) throw new Error("a row of the books is always there");
  // The statement above says what is in each.
  const budgets = JSON.parse(read.budgets) as readonly BudgetLine[];
  const calls = JSON.parse(read.calls) as readonly CallLine[];
  const warnings = new Map<string, number>();
  for (const what of JSON.parse(read.warnings) as readonly string[]) warnings.set(what, (warnings.get(what) ?? 0) + 1);
  return {
    budgets: new Map(budgets.map((line) => [line.scope, line])),
    calls: new Map(calls.map((line) => [line.callId, line])),
    warnings,
  };
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
const isAmount = (amount: number): boolean => Number.isSafeInteger(amount) && amount >= 0;

/** Faults of one call's own line. */
function checkCall({ callId, state, reserved, settled, overrun }: CallLine): readonly string[] {
  const fits: Readonly<Record<string, boolean>> = {
    reserved: settled === 0 && overrun === 0,
    unknown: settled === reserved && overrun === 0,
    released: settled === 0 && overrun === 0,
    settled: settled <= reserved && (overrun === 0 || settled === reserved),
  };
  return [
    ...([reserved, settled, overrun].every(isAmount) ? [] : [`${callId} holds what is no amount`]),
    ...(fits[state] === true ? [] : [`${callId} is ${state} at ${reserved}, ${settled}, ${overrun}`]),
  ];
}

/** Faults of one cap against the calls that fall under it. */
function checkCap(line: BudgetLine, calls: readonly CallLine[]): readonly string[] {
  const { scope, cap, spent, reserved, overrun } = line;
  const own = calls.filter(({ scopes }) => scopes.includes(scope));
  const open = own.filter(({ state }) => state === "reserved");
  const holds = {
    "no amount": [cap, spent, reserved, overrun].every(isAmount),
    "more than its cap": spent + reserved <= cap,
    "another sum spent than its calls": spent === sum(own.map(({ settled }) => settled)),
    "another sum overrun than its calls": overrun === sum(own.map((call) => call.overrun)),
    "another sum reserved than its open calls": reserved === sum(open.map((call) => call.reserved)),
  };
  return Object.entries(holds).flatMap(([fault, isHeld]) => (isHeld ? [] : [`${scope} holds ${fault}`]));
}

/** Faults of what one operation did to a cap: `isRaise` = somebody with a word in it may have set it higher. */
function checkCapChange(before: BudgetLine, after: BudgetLine, isRaise: boolean): readonly string[] {
  const { scope, cap, spent, reserved, overrun, frozen } = after;
  const isThawed = before.frozen === 1 && frozen === 0;
  const mayThaw = isRaise && cap > before.cap && spent + reserved + overrun <= cap;
  return [
    ...(overrun > before.overrun && frozen === 0 ? [`${scope} is not frozen by an overrun`] : []),
    ...(isThawed && !mayThaw ? [`${scope} was thawed by no raise`] : []),
    ...(!isRaise && cap !== before.cap ? [`${scope} changed its cap by itself`] : []),
  ];
}

/** Faults of what one operation did to the calls: what is new must have fitted, what had ended must stay. */
function checkCallChange(before: Books, after: Books): readonly string[] {
  const faults: string[] = [];
  for (const call of after.calls.values()) {
    const was = before.calls.get(call.callId);
    if (was !== undefined && was.state !== "reserved" && JSON.stringify(was) !== JSON.stringify(call))
      faults.push(`${call.callId} was settled twice`);
    if (was !== undefined) continue;
    for (const scope of call.scopes.filter((one) => one !== null)) {
      const line = after.budgets.get(scope);
      if (line === undefined) faults.push(`${call.callId} falls under ${scope}, which is not there`);
      else if (line.frozen === 1) faults.push(`${call.callId} was granted under ${scope}, which is frozen`);
      else if (line.spent + line.reserved + line.overrun > line.cap)
        faults.push(`${call.callId} was granted beyond ${scope}`);
    }
  }
  return faults;
}

const PERCENTS = [70, 85];

/** Faults of what the owner of a run was told: each percent of each cap once, and as soon as it is passed. */
function checkWarnings(before: Books, after: Books): readonly string[] {
  const faults = [...after.warnings].flatMap(([what, times]) => (times > 1 ? [`${what} was told ${times} times`] : []));
  for (const line of after.budgets.values()) {
    const booked = line.spent + line.overrun;
    const was = before.budgets.get(line.scope);
    // A cap of nothing has no shares.
    if (!line.scope.startsWith("run:") || line.cap === 0 || was === undefined) continue;
    if (was.spent + was.overrun === booked) continue;
    for (const percent of PERCENTS)
      if (booked * 100 >= percent * line.cap && !after.warnings.has(`${line.scope} ${percent} ${line.cap}`))
        faults.push(`${line.scope}: nobody was told of ${percent} percent`);
  }
  return faults;
}

/** Everything that is wrong with the books after one operation; `isRaise` = it may set caps. */
export function checkStep(before: Books, after: Books, isRaise: boolean): readonly string[] {
  const calls = [...after.calls.values()];
  const lost = [...before.calls.keys()].filter((callId) => !after.calls.has(callId));
  return [
    ...calls.flatMap(checkCall),
    ...lost.map((callId) => `${callId} is gone`),
    ...[...after.budgets.values()].flatMap((line) => checkCap(line, calls)),
    ...[...after.budgets.values()].flatMap((line) => {
      const was = before.budgets.get(line.scope);
      return was === undefined ? [] : checkCapChange(was, line, isRaise);
    }),
    ...checkCallChange(before, after),
    ...checkWarnings(before, after),
  ];
}
