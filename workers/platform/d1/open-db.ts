import type { D1Database } from "@cloudflare/workers-types";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";

/** The typed handle that every store function takes first. */
export type Db = DrizzleD1Database & { readonly $client: D1Database };

/** Wraps the binding; opens nothing, so it may be called once a request. */
export const openDb = (d1: D1Database): Db => drizzle(d1);
