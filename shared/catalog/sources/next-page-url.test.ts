import { expect, test } from "vitest";
import { nextPageUrl } from "./next-page-url.ts";
import type { SourceOrigin } from "./source.ts";
import { parsed, refusalOf } from "./testing/parsed.ts";

const ORIGIN: SourceOrigin = { name: "models", release: "r", retrieved: "2026-08-13" };
const CURRENT = "https://openrouter.ai/api/v1/models";
const follow = (next: unknown, currentUrl = CURRENT) => nextPageUrl(next, { currentUrl, origin: ORIGIN });

test("nextPageUrl() ends the walk when there is no link", () => {
  for (const none of [null, undefined, ""]) expect(parsed(follow(none))).toBeNull();
});

test("nextPageUrl() follows a path, a query and a whole address of the same host", () => {
  const next = `${CURRENT}?offset=500&limit=500`;
  for (const link of [
    "/api/v1/models?offset=500&limit=500",
    "?offset=500&limit=500",
    next,
    "HTTPS://OpenRouter.ai:443/api/v1/models?offset=500&limit=500#end",
    "//openrouter.ai/api/v1/models?offset=500&limit=500",
  ])
    expect(parsed(follow(link))).toBe(next);
  expect(parsed(follow("?offset=2", "http://127.0.0.1:8080/models?offset=1"))).toBe(
    "http://127.0.0.1:8080/models?offset=2",
  );
  expect(parsed(follow("/m?page=2", "http://[::1]:8080/m"))).toBe("http://[::1]:8080/m?page=2");
});

test("nextPageUrl() refuses another host, port or scheme however it is written", () => {
  for (const link of [
    "https://openrouter.ai.evil.example/api",
    "https://evil.example/api?x=https://openrouter.ai/",
    "//evil.example/api",
    "http://openrouter.ai/api/v1/models?offset=500",
    "https://openrouter.ai:8443/api/v1/models",
    "https://api.openrouter.ai/api/v1/models",
  ])
    expect(refusalOf(follow(link))).toBe("source models: links.next: leads to another host");
  for (const link of [
    "https://openrouter.ai@evil.example/api",
    "https://user:word@openrouter.ai/api",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "ftp://openrouter.ai/x",
    "models?offset=500",
    "https:/evil.example",
    "https://",
  ])
    expect(refusalOf(follow(link))).toBe("source models: links.next: expected a path or an http address");
});

test("nextPageUrl() refuses characters that clients read in another way, and links without measure or end", () => {
  for (const link of ["/\\evil.example/api", "\\\\evil.example", "/\t/evil.example", "/a\nb", " /api", "/ä"])
    expect(refusalOf(follow(link))).toBe("source models: links.next: a character that no address has");
  expect(refusalOf(follow(`/${"a".repeat(3000)}`))).toBe("source models: links.next: longer than 2048 characters");
  expect(refusalOf(follow("/api/v1/models"))).toBe("source models: links.next: leads back to the same page");
  for (const link of [7, {}, ["/api"], true])
    expect(refusalOf(follow(link))).toBe("source models: links.next: expected a text or null");
  expect(refusalOf(follow("/x", "models.json"))).toContain("the page itself has no http address");
});
