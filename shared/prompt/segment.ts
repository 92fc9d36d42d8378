import type { Span } from "./blocks.ts";
import type { Follows } from "./instructions.ts";
import type { Phase } from "./work-words.ts";

/** A piece of the task as it stood: what opens a part or goes on with it, what holds for all parts. */
export interface Segment extends Span {
  readonly kind: "part" | "more" | "shared";
  readonly follows: Follows;
  /** As the words say it; null where they do not. */
  readonly phase: Phase | null;
  readonly number: number | null;
  readonly object: Span | null;
}

/** A segment about which nothing more is known than `over` says. */
export const toSegment = (kind: Segment["kind"], span: Span, over: Partial<Segment> = {}): Segment => ({
  kind,
  start: span.start,
  end: span.end,
  follows: "nothing",
  phase: null,
  number: null,
  object: null,
  ...over,
});
