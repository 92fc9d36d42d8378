import * as z from "zod";
import { type Door, json, none } from "./door.ts";
import { modelSchema } from "./models.ts";
import {
  comparedSchema,
  compareQuerySchema,
  modelsQuerySchema,
  pickedSchema,
  pickQuerySchema,
  pickRequestSchema,
  recommendedSchema,
  recommendQuerySchema,
  recommendRequestSchema,
} from "./selection.ts";

/** Choosing by score: pick, recommend, compare, and the catalogue, in the field's common shapes. */
export const SELECTION_DOORS = {
  pickByQuery: {
    ...none,
    method: "GET",
    path: "/api/pick",
    auth: "read",
    isQuick: true,
    summary: "The best-scoring model for a category or a task within a price band",
    query: pickQuerySchema,
    response: pickedSchema,
  },
  pick: {
    ...json,
    method: "POST",
    path: "/api/pick",
    auth: "read",
    isQuick: true,
    summary: "The same for a long task",
    request: pickRequestSchema,
    response: pickedSchema,
  },
  recommendByQuery: {
    ...none,
    method: "GET",
    path: "/api/recommend",
    auth: "read",
    isQuick: true,
    summary: "The best-scoring models, of different makers first",
    query: recommendQuerySchema,
    response: z.array(recommendedSchema),
  },
  recommend: {
    ...json,
    method: "POST",
    path: "/api/recommend",
    auth: "read",
    isQuick: true,
    summary: "The same for a long task",
    request: recommendRequestSchema,
    response: z.array(recommendedSchema),
  },
  compareModels: {
    ...none,
    method: "GET",
    path: "/api/compare",
    auth: "read",
    isQuick: true,
    summary: "Two to five models side by side",
    query: compareQuerySchema,
    response: comparedSchema,
  },
  listModels: {
    ...none,
    method: "GET",
    path: "/api/models",
    auth: "read",
    isQuick: true,
    summary: "The current catalogue, one row a model, filtered and sorted",
    query: modelsQuerySchema,
    response: z.array(modelSchema),
  },
} as const satisfies Record<string, Door>;
