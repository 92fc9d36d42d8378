import type { PeerStatus } from "../../../shared/contract/mcp-run-tools.ts";
import type { RunState } from "../../../shared/run/job.ts";

/** smart-spawn knows five words; what waits for somebody is under way for it, and what waits for an approval not begun. */
const PEER_STATUS: Readonly<Record<RunState, PeerStatus>> = {
  awaiting_approval: "queued",
  running: "running",
  awaiting_verdict: "running",
  paused_budget: "running",
  done: "completed",
  failed: "failed",
  canceled: "canceled",
  expired: "failed",
};

/** The states that one of its words stands for. */
export const toRunStates = (status: PeerStatus): readonly string[] =>
  Object.entries(PEER_STATUS).flatMap(([state, word]) => (word === status ? [state] : []));

/** A run's state in its word, and in ours. */
export const toStatus = (state: RunState) => ({ status: PEER_STATUS[state], state });
