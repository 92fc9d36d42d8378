import { describe, expect, test } from "vitest";
import { findJsonProblem } from "./json-scan.ts";
import { readJsonBody } from "./read-json-body.ts";
import { faultOf, unwrap } from "./testing/unwrap.ts";

const post = (body: BodyInit | null, headers: Record<string, string> = { "content-type": "application/json" }) =>
  new Request("http://host/", { method: "POST", body, headers });

const faultOfText = async (text: string) => faultOf(await readJsonBody(post(text)));

describe("readJsonBody()", () => {
  test("reads JSON in UTF-8 with or without charset, NUL, emoji and a byte order mark included", async () => {
    const body = '\ufeff{"task":"a\\u0000b 🦊","n":[1,{"a":{}}]}';
    for (const type of ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']) {
      expect(unwrap(await readJsonBody(post(body, { "content-type": type })))).toEqual({
        task: "a\u0000b 🦊",
        n: [1, { a: {} }],
      });
    }
  });

  test.each([
    "text/plain",
    "application/json; charset=utf-16",
    "application/jsonp",
    "multipart/form-data; boundary=x",
  ])("refuses the content type %s", async (type) => {
    expect(faultOf(await readJsonBody(post("{}", { "content-type": type }))).kind).toBe("unsupported_media_type");
  });

  test("refuses a missing content type", async () => {
    const bytes = new TextEncoder().encode("{}");
    expect(faultOf(await readJsonBody(post(bytes, {}))).kind).toBe("unsupported_media_type");
  });

  test("refuses a compressed body without unpacking it", async () => {
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    expect(faultOf(await readJsonBody(post("{}", headers))).kind).toBe("unsupported_media_type");
  });
});

describe("readJsonBody(), size", () => {
  test("stops reading a 10 MB stream soon after the limit, whatever content-length says", async () => {
    let sent = 0;
    let cancelled = false;
    const stream = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        if (sent > 10_000_000) controller.close();
        else controller.enqueue(new Uint8Array(65_536).fill(32));
      },
      cancel() {
        cancelled = true;
      },
    });
    const fault = faultOf(await readJsonBody(post(stream)));
    expect(fault).toEqual({ kind: "body_too_large", limitBytes: 262_144 });
    expect(sent).toBeLessThan(600_000);
    expect(cancelled).toBe(true);
  });

  test("takes a body of exactly the limit and refuses one byte more", async () => {
    const text = `"${"a".repeat(98)}"`;
    expect(unwrap(await readJsonBody(post(text), { limitBytes: 100 }))).toHaveLength(98);
    expect(faultOf(await readJsonBody(post(`${text} `), { limitBytes: 100 })).kind).toBe("body_too_large");
  });

  test("answers a stream that breaks off", async () => {
    const stream = new ReadableStream({
      pull(controller) {
        controller.error(new Error("gone"));
      },
    });
    expect(faultOf(await readJsonBody(post(stream))).kind).toBe("invalid_body");
  });
});

describe("readJsonBody(), content", () => {
  test("refuses nesting past the limit, 100,000 deep included, and takes it at the limit", async () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect((await readJsonBody(post(nested(64)))).ok).toBe(true);
    expect(await faultOfText(nested(65))).toMatchObject({ message: expect.stringContaining("too deeply") });
    expect((await faultOfText(nested(100_000))).kind).toBe("invalid_body");
    expect((await faultOfText("[".repeat(100_000))).kind).toBe("invalid_body");
    expect((await faultOfText('{"a":'.repeat(50_000))).kind).toBe("invalid_body");
  });

  test.each([
    [[0xff, 0xfe]],
    [[0x22, 0xc3, 0x28, 0x22]],
    [[0x22, 0xed, 0xa0, 0x80, 0x22]],
    [[0x22, 0xf0, 0x9f, 0xa6]],
  ])("refuses the broken UTF-8 %j", async (bytes) => {
    expect(faultOf(await readJsonBody(post(new Uint8Array(bytes)))).kind).toBe("invalid_body");
  });

  test.each(["{", "nope", "[1,]", '{"a":1}}', "'a'", '{"a"', '"', '"\\', "\u0000"])("refuses %j", async (text) => {
    expect((await faultOfText(text)).kind).toBe("invalid_body");
  });

  test("refuses a repeated key, however it is written, and the key __proto__", async () => {
    expect((await faultOfText('{"a":1,"a":2}')).kind).toBe("invalid_body");
    expect((await faultOfText('{"a":1,"\\u0061":2}')).kind).toBe("invalid_body");
    expect((await faultOfText('{"x":{"__proto__":{"admin":true}}}')).kind).toBe("invalid_body");
    expect(unwrap(await readJsonBody(post('{"a":"a","b":[{"a":1},{"a":2}],"c":"__proto__"}')))).toHaveProperty("c");
  });

  test("takes an empty body as undefined only where it is optional", async () => {
    expect(faultOf(await readJsonBody(post(""))).kind).toBe("invalid_body");
    expect(unwrap(await readJsonBody(post(null, {}), { optional: true }))).toBe(undefined);
    expect(faultOf(await readJsonBody(post(new Uint8Array([123, 125]), {}), { optional: true })).kind).toBe(
      "unsupported_media_type",
    );
  });
});

test("findJsonProblem() sees brackets, quotes and colons inside strings as text", () => {
  expect(findJsonProblem('{"a":"[[[[\\"a\\":{{","b":"\\\\"}', 2)).toBe(null);
});
