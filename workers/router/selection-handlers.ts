import type { SELECTION_DOORS } from "../../shared/contract/selection-doors.ts";
import type { Handler } from "./handler.ts";
import { compareModels, listModels } from "./handlers/models.ts";
import { pick, pickByQuery } from "./handlers/pick.ts";
import { recommend, recommendByQuery } from "./handlers/recommend.ts";

export const SELECTION_HANDLERS: Readonly<Record<keyof typeof SELECTION_DOORS, Handler>> = {
  pickByQuery,
  pick,
  recommendByQuery,
  recommend,
  compareModels,
  listModels,
};
