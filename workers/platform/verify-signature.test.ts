import { describe, expect, test } from "vitest";
import { signWebhook } from "./sign-webhook.ts";
import { isSignedAsStandard, isSignedByGithub } from "./verify-signature.ts";

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(new TextEncoder().encode(text));

/** Numbers that are the same at each run. */
function makeChance(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * most);
  };
}

const flip = (bytes: Uint8Array<ArrayBuffer>, below: (most: number) => number): Uint8Array<ArrayBuffer> => {
  const flipped = Uint8Array.from(bytes);
  const at = below(flipped.length);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << below(8));
  return flipped;
};

const FLIPS = 10_000;

describe("isSignedByGithub()", () => {
  // The example of GitHub's own documentation.
  const secret = "It's a Secret to Everybody";
  const body = bytesOf("Hello, World!");
  const signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

  test("takes the documented example, among other secrets too", async () => {
    expect(await isSignedByGithub(body, signature, [secret])).toBe(true);
    expect(await isSignedByGithub(body, signature, ["another", secret])).toBe(true);
    expect(await isSignedByGithub(body, signature, ["another"])).toBe(false);
    expect(await isSignedByGithub(body, signature, [])).toBe(false);
  });

  test.each([
    null,
    "",
    "sha256=",
    "sha1=757107ea0eb2509fc211221cce984b8a37570b6d",
    signature.slice(7),
    `${signature}0`,
    ` ${signature}`,
    signature.toUpperCase(),
  ])("refuses the header %j", async (header) => expect(await isSignedByGithub(body, header, [secret])).toBe(false));

  test("refuses 10,000 deliveries with one bit turned", async () => {
    const below = makeChance(1);
    let taken = 0;
    for (let i = 0; i < FLIPS; i += 1) {
      const isBody = i % 2 === 0;
      const header = isBody ? signature : new TextDecoder().decode(flip(bytesOf(signature), below));
      if (await isSignedByGithub(isBody ? flip(body, below) : body, header, [secret])) taken += 1;
    }
    expect(taken).toBe(0);
  });
});

describe("isSignedAsStandard()", () => {
  // The example of the specification's reference libraries.
  const secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"];
  const body = bytesOf('{"test": 2432232314}');
  const nowMs = 1_614_265_330_000;
  const headers = {
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    timestamp: "1614265330",
    signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  };

  test("takes the example, and what signWebhook() signs", async () => {
    expect(await isSignedAsStandard(body, headers, { secrets, nowMs })).toBe(true);
    const signed = await signWebhook(secrets[0] ?? "", { messageId: "m1", nowMs, body: "{}" });
    const own = {
      id: "m1",
      timestamp: signed["webhook-timestamp"] ?? null,
      signature: signed["webhook-signature"] ?? null,
    };
    expect(await isSignedAsStandard(bytesOf("{}"), own, { secrets, nowMs })).toBe(true);
  });

  test.each([
    ["301 s late", headers, nowMs + 301_000],
    ["301 s early", headers, nowMs - 301_000],
    ["a timestamp with a suffix", { ...headers, timestamp: "1614265330s" }, nowMs],
    ["a timestamp with a sign", { ...headers, timestamp: "+1614265330" }, nowMs],
    ["a point in the id, which would move the border", { ...headers, id: "msg.1614265330" }, nowMs],
    ["no list", { ...headers, signature: headers.signature.slice(3) }, nowMs],
    ["another version", { ...headers, signature: headers.signature.replace("v1", "v2") }, nowMs],
    ["no id", { ...headers, id: null }, nowMs],
  ])("refuses %s", async (_, given, now) =>
    expect(await isSignedAsStandard(body, given, { secrets, nowMs: now })).toBe(false));

  test("refuses 10,000 deliveries with one bit turned", async () => {
    const below = makeChance(2);
    const flipText = (text: string): string => new TextDecoder().decode(flip(bytesOf(text), below));
    let taken = 0;
    for (let i = 0; i < FLIPS; i += 1) {
      const { id, timestamp, signature } = headers;
      const given = [
        { body: flip(body, below), headers },
        { body, headers: { ...headers, signature: flipText(signature) } },
        { body, headers: { ...headers, id: flipText(id) } },
        { body, headers: { ...headers, timestamp: flipText(timestamp) } },
      ][i % 4];
      if (given !== undefined && (await isSignedAsStandard(given.body, given.headers, { secrets, nowMs }))) taken += 1;
    }
    expect(taken).toBe(0);
  });
});
