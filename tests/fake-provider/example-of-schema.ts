const at = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;

const numberIn = (schema: unknown): number => {
  const [least, most] = [at(schema, "minimum"), at(schema, "maximum")];
  if (typeof least === "number" && typeof most === "number") return Math.floor((least + 3 * most) / 4);
  return typeof least === "number" ? least : 1;
};

/** A value that fits a plain JSON Schema: what a scripted model answers where a schema was asked for and nothing else. */
export function exampleOfSchema(schema: unknown): unknown {
  const options = at(schema, "enum");
  if (Array.isArray(options)) return options[0];
  if (at(schema, "const") !== undefined) return at(schema, "const");
  const type = at(schema, "type");
  switch (Array.isArray(type) ? type[0] : type) {
    case "object":
      return Object.fromEntries(
        Object.entries(at(schema, "properties") ?? {}).map(([name, inner]) => [name, exampleOfSchema(inner)]),
      );
    case "array": {
      const least = at(schema, "minItems");
      const count = typeof least === "number" ? Math.max(1, least) : 1;
      return Array.from({ length: count }, () => exampleOfSchema(at(schema, "items")));
    }
    case "integer":
    case "number":
      return numberIn(schema);
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return "An example.";
  }
}

/** The schema that a request of any wire format asks its answer to fit; undefined = it asks for free text. */
export const wantedSchema = (body: unknown): unknown =>
  at(at(at(body, "response_format"), "json_schema"), "schema") ??
  at(at(at(body, "output_config"), "format"), "schema") ??
  at(at(body, "generationConfig"), "responseJsonSchema");
