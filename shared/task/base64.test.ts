import { expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "./base64.ts";

it("encodeBase64() writes what Node's Buffer writes and decodeBase64() reads it back for every length to 300", () => {
  for (let length = 0; length <= 300; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 73 + length * 31) & 255);
    const text = encodeBase64(bytes);
    expect(text).toBe(Buffer.from(bytes).toString("base64"));
    expect(decodeBase64(text)).toEqual(bytes);
  }
});

it("decodeBase64() answers null when the text is not padded base64", () => {
  for (const text of ["a", "abc", "a===", "ab c", "ab-_", "=abc"]) expect(decodeBase64(text)).toBeNull();
});
