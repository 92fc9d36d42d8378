import { fail, ok, type Result } from "../../shared/base/result.ts";

/** The last run of a page, after which the next begins. */
export interface RunPosition {
  readonly createdAtMs: number;
  readonly runId: string;
}

export const toRunCursor = ({ createdAtMs, runId }: RunPosition): string => btoa(`${createdAtMs} ${runId}`);

/** Fault: invalid_param for a text that no page gave out. */
export function parseRunCursor(cursor: string): Result<RunPosition> {
  let text = "";
  try {
    text = atob(cursor);
  } catch {
    // What is not base64 fails the shape below like any other foreign text.
  }
  const [, createdAtMs, runId] = /^(\d{1,15}) ([\x21-\x7e]{1,100})$/.exec(text) ?? [];
  if (createdAtMs !== undefined && runId !== undefined) return ok({ createdAtMs: Number(createdAtMs), runId });
  const message = "Cannot read cursor: expected meta.next_cursor of an earlier page";
  return fail({ kind: "invalid_param", field: "cursor", message });
}
