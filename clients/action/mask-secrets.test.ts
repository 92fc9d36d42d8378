import { describe, expect, it } from "vitest";
import { MASK, maskSecrets, toSecretValues } from "./mask-secrets.ts";

// Made of parts, so that no scanner takes this file for a leak.
const many = (sign: string, count: number): string => sign.repeat(count);
const SECRETS = [
  `ghp_${many("a1", 18)}`,
  `ghs_${many("B2", 18)}`,
  `github_pat_${many("c3", 20)}`,
  `glpat-${many("d4", 10)}`,
  `xoxb-${many("12", 6)}-${many("ab", 8)}`,
  `npm_${many("e5", 18)}`,
  `sk-ant-api03-${many("f6", 20)}`,
  `sk-proj-${many("g7", 20)}`,
  `AIza${many("h8", 17)}x`,
  `sk_live_${many("i9", 10)}`,
  `AKIA${many("J0", 8)}`,
  `sp_${many("k1", 20)}`,
  `eyJ${many("l2", 10)}.eyJ${many("m3", 10)}.${many("n4", 10)}`,
  `-----BEGIN RSA PRIVATE KEY-----\n${many("o5", 100)}\n-----END RSA PRIVATE KEY-----`,
  `-----BEGIN OPENSSH PRIVATE KEY-----\n${many("p6", 50)}`,
];
const HELD = [
  ["postgres://app:hunter2hunter2@db.internal/x", "hunter2hunter2"],
  ["Authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA"],
  ["curl -H 'authorization: bearer abcdefgh12345678'", "abcdefgh12345678"],
  ['"client_secret": "correct horse battery"', "correct horse battery"],
  ["DB_PASSWORD=s3cr3t-value!", "s3cr3t-value!"],
  ["set-cookie: session=0123456789abcdef; Path=/", "0123456789abcdef"],
  ["npm_config_//registry/:_authToken=zzzzyyyyxxxx", "zzzzyyyyxxxx"],
] as const;

describe("maskSecrets()", () => {
  it.each(SECRETS)("masks the shape %#", (secret) => {
    const masked = maskSecrets(`before ${secret} after`, []);
    expect(masked).toContain(MASK);
    expect(masked.includes(secret.slice(-12))).toBe(false);
    expect(masked.startsWith("before ")).toBe(true);
  });

  it.each(HELD)("masks what stands in %j", (line, secret) => {
    const masked = maskSecrets(line, []);
    expect(masked).not.toContain(secret);
    expect(masked).toContain(MASK);
  });

  it("leaves an ordinary log alone", () => {
    const log =
      "FAIL src/pager.test.ts > last page\nAssertionError: expected 4 to be 3\n  at src/pager.ts:12:5\n1 failed, 41 passed (2.31 s)";
    expect(maskSecrets(log, [])).toBe(log);
  });

  it("masks values of secret variables, each line of them, and their base64", () => {
    const env = {
      DEPLOY_TOKEN: "plain-value-1234",
      "INPUT_API-KEY": "input-value-1234",
      PEM_KEY: "first-line-00\nsecond-line-0",
      HOME: "/home/runner",
      API_KEY: "short",
    };
    const values = toSecretValues(env, []);
    const log = `plain-value-1234 ${Buffer.from("plain-value-1234").toString("base64")} input-value-1234 second-line-0 /home/runner short`;
    expect(maskSecrets(log, values)).toBe(`${MASK} ${MASK} ${MASK} ${MASK} /home/runner short`);
  });

  it("masks a value in every form that logs give it", () => {
    const value = 'p@ss/w+rd & "äöü" 1234';
    const values = toSecretValues({}, [value]);
    const inUrl = encodeURIComponent(value);
    const basic = ["", "a", "ab", "abc"].map((user) => Buffer.from(`${user}:${value}:x`).toString("base64"));
    const forms = [
      value,
      inUrl,
      inUrl.replaceAll("%20", "+"),
      JSON.stringify(value),
      Buffer.from(value).toString("hex"),
    ];
    for (const form of forms) expect(maskSecrets(`<${form}>`, values)).toMatch(/^<"?\*\*\*"?>$/);
    for (const encoded of [...basic, ...basic.map((one) => one.replaceAll("+", "-").replaceAll("/", "_"))]) {
      const masked = maskSecrets(`=${encoded}=`, values);
      expect(masked).toContain(MASK);
      // What is left holds no more than a byte of either end of the value.
      expect(masked.length).toBeLessThan(20);
    }
  });

  it("is linear in hostile text, up to two megabytes", () => {
    const timeMs = (line: string, bytes: number): number => {
      const text = line.repeat(Math.ceil(bytes / line.length));
      const times = [0, 1].map(() => {
        const before = process.cpuUsage();
        maskSecrets(text, []);
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1_000;
      });
      return Math.min(...times);
    };
    const lines = [
      "-----BEGIN PRIVATE KEY-----",
      "token=",
      "eyJaaaaaaaaaa.",
      "a://b:",
      "authorization:",
      'password: "',
      "secret-secret-secret-",
    ];
    // Eight times the text: 8 x where linear, 64 x where quadratic; 100 ms are the clock's and the collector's.
    for (const line of lines) expect(timeMs(line, 2_000_000), line).toBeLessThan(24 * timeMs(line, 250_000) + 100);
  });
});
