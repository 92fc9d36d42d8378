import * as z from "zod";
import type { Door } from "./door.ts";
import { ERROR_CODES } from "./error-codes.ts";

const errorSchema = z
  .object({
    error: z.object({ code: z.enum(ERROR_CODES), message: z.string(), details: z.unknown().optional() }),
  })
  .meta({ id: "Error" });

type JsonObject = Record<string, unknown>;

/** A schema with its named parts as references into the document's components. */
function toSchema(schema: z.ZodType, io: "input" | "output"): JsonObject {
  const { $schema: _draft, $defs: _named, ...json } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/'));
}

/** The named parts of every answer, by name. */
function toComponents(doors: readonly Door[]): JsonObject {
  const components: JsonObject = { Error: toSchema(errorSchema, "output") };
  for (const { response } of doors) {
    if (response === undefined) continue;
    const list = z.toJSONSchema(z.array(response), { io: "output", unrepresentable: "any" });
    Object.assign(
      components,
      JSON.parse(JSON.stringify(list.$defs ?? {}).replaceAll('"#/$defs/', '"#/components/schemas/')),
    );
  }
  return components;
}

const json = (schema: JsonObject): JsonObject => ({ content: { "application/json": { schema } } });

const pathParameters = (path: string): JsonObject[] =>
  [...path.matchAll(/:([a-z_]+)/g)].map((match) => ({
    name: match[1],
    in: "path",
    required: true,
    schema: { type: "string" },
  }));

function queryParameters(query: z.ZodType | undefined): JsonObject[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: "input", unrepresentable: "any" });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}

const headerParameters = (names: readonly string[] = []): JsonObject[] =>
  names.map((name) => ({ name, in: "header", required: false, schema: { type: "string" } }));

function toOperation(door: Door): JsonObject {
  const data = door.response === undefined ? {} : toSchema(door.response, "output");
  const envelope = door.bare ? data : { type: "object", required: ["data"], properties: { data, meta: {} } };
  return {
    summary: door.summary,
    ...(door.auth === "public" || door.auth === "signature" ? { security: [] } : { "x-scope": door.auth }),
    ...(door.auth === "signature" ? { "x-signed": true } : {}),
    parameters: [...pathParameters(door.path), ...queryParameters(door.query), ...headerParameters(door.headers)],
    ...(door.request === undefined
      ? {}
      : { requestBody: { required: door.body !== "optional-json", ...json(toSchema(door.request, "input")) } }),
    responses: {
      [String(door.status ?? 200)]: { description: "Done", ...json(envelope) },
      default: { description: "Anything else", ...json({ $ref: "#/components/schemas/Error" }) },
    },
  };
}

/** Generates the OpenAPI 3.1 document from the doors and their zod schemas. */
export function toOpenApi(doors: readonly Door[], version: string): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const door of doors) {
    const path = door.path.replace(/:([a-z_]+)/g, "{$1}");
    paths[path] = { ...paths[path], [door.method.toLowerCase()]: toOperation(door) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Spawnpoint", version, description: "Who should do this coding task, and why." },
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer", description: "A key made by npm run key (sp_…)" } },
      schemas: toComponents(doors),
    },
  };
}
