import type { SELECTION_DOORS } from "../../shared/contract/selection-doors.ts";
import type { Handler } from "./handler.ts";

export const SELECTION_HANDLERS: Readonly<Record<keyof typeof SELECTION_DOORS, Handler>> = {};
