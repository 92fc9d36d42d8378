import type { REFRESH_DOORS } from "../../shared/contract/refresh-doors.ts";
import type { Handler } from "./handler.ts";
import { diffCatalogue } from "./handlers/catalog-diff.ts";
import { startRefresh } from "./handlers/refresh.ts";

export const REFRESH_HANDLERS: Readonly<Record<keyof typeof REFRESH_DOORS, Handler>> = { startRefresh, diffCatalogue };
