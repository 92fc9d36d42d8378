/** What the bench times, each on as many stored runs as there are. */
export const LOAD_OPS = ["accept", "single", "collective", "sweep", "list", "list_failed", "status", "events"] as const;
export type LoadOp = (typeof LOAD_OPS)[number];

export type LoadBody =
  | { readonly op: "seed"; readonly from: number; readonly to: number }
  | { readonly op: LoadOp; readonly times: number; readonly isCounted: boolean };
