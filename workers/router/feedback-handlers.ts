import type { FEEDBACK_DOORS } from "../../shared/contract/feedback-doors.ts";
import type { Handler } from "./handler.ts";

export const FEEDBACK_HANDLERS: Readonly<Record<keyof typeof FEEDBACK_DOORS, Handler>> = {};
