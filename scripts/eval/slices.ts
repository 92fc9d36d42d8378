import type { ScoredRow } from "./eval-row.ts";

/** A part of the rows that is reported on its own; `indexes` are its rows' numbers. */
export interface Slice {
  readonly name: string;
  readonly group: "all" | "kind" | "length";
  readonly indexes: readonly number[];
}

/** Kinds of prompts that others wrote for their own purposes. */
const REAL_KINDS: readonly (string | null)[] = ["real_prompt", "work_item"];

interface Part {
  readonly name: string;
  readonly group: Slice["group"];
  readonly holds: (row: ScoredRow) => boolean;
}

/** Token ids fed to the model, marks included, after truncation. */
const LENGTHS: readonly Part[] = [
  { name: "<=16 tokens", group: "length", holds: ({ answer }) => answer.tokens <= 16 },
  { name: "17-64 tokens", group: "length", holds: ({ answer }) => answer.tokens > 16 && answer.tokens <= 64 },
  { name: ">64 tokens", group: "length", holds: ({ answer }) => answer.tokens > 64 },
];

/** All rows, each kind by name, the kinds that are real together, first turns, and lengths; empty parts are left out. */
export function toSlices(rows: readonly ScoredRow[]): readonly Slice[] {
  const kinds = [...new Set(rows.flatMap(({ row }) => row.kind ?? []))].sort();
  const realKinds = kinds.filter((kind) => REAL_KINDS.includes(kind));
  const parts: readonly Part[] = [
    { name: "all", group: "all", holds: () => true },
    ...kinds.map((kind): Part => ({ name: kind, group: "kind", holds: ({ row }) => row.kind === kind })),
    // With one real kind alone, the slice would repeat it.
    ...(realKinds.length < 2
      ? []
      : [
          {
            name: "real (both)",
            group: "kind",
            holds: ({ row }) => realKinds.includes(row.kind ?? ""),
          } as const satisfies Part,
        ]),
    { name: "first turn", group: "kind", holds: ({ row }) => row.firstTurn },
    ...LENGTHS,
  ];
  return parts
    .map(({ name, group, holds }) => ({ name, group, indexes: [...rows.keys()].filter((i) => isIn(rows[i], holds)) }))
    .filter(({ indexes }) => indexes.length > 0);
}

const isIn = (row: ScoredRow | undefined, holds: Part["holds"]): boolean => row !== undefined && holds(row);
