import { describe, expect, it } from "vitest";
import { toLog } from "./console-lines.ts";
import { parseInputs } from "./parse-inputs.ts";
import { showUsd, toSummary } from "./summary-table.ts";

const KEY = "sp_canary0123456789";
const env = (over: Readonly<Record<string, string>> = {}) => ({
  "INPUT_API-URL": "https://x.test",
  "INPUT_API-KEY": `${KEY}\n`,
  GITHUB_REPOSITORY: "acme/shop",
  ...over,
});

describe("parseInputs()", () => {
  it("fills what is left out", () => {
    expect(parseInputs(env())).toMatchObject({
      ok: true,
      value: {
        apiKey: KEY,
        mode: "route",
        task: null,
        maxUsd: null,
        waitS: 600,
        failOnRisk: "none",
        repository: "acme/shop",
      },
    });
  });

  it.each([
    ["MODE", "Route"],
    ["BUDGET", "gold"],
    ["MAX-USD", "0"],
    ["COST-USD", "-0.1"],
    ["COST-USD", "$2"],
    ["COST-USD", "1e9"],
    ["COST-USD", "NaN"],
    ["REPOSITORY", "acme/.."],
    ["MAX-USD", "-1"],
    ["MAX-USD", "1e3"],
    ["MAX-USD", "Infinity"],
    ["WAIT", "1.5"],
    ["WAIT", "999999"],
    ["LABEL-PREFIX", "a,b"],
    ["FAIL-ON-RISK", "low"],
    ["DECISION-ID", "../policy"],
    ["ATTEMPT", "-1"],
    ["ATTEMPT", "21"],
    ["ACCEPTED", "rm -rf"],
    ["TASK-ID", "with space"],
    ["REPOSITORY", "acme"],
    ["VERIFIER", "judge"],
    ["SOURCE", "me"],
    ["API-URL", "http://x.test"],
    ["API-KEY", ""],
    ["API-KEY", "a key with spaces in it"],
  ])("refuses %s=%j by name, and quotes neither key nor address", (name, text) => {
    const parsed = parseInputs(env({ [`INPUT_${name}`]: text }));
    expect(parsed).toMatchObject({ ok: false, stop: { exit: 2 } });
    const message = parsed.ok ? "" : parsed.stop.message;
    if (name !== "API-URL") expect(message).toContain(name.toLowerCase());
    if (name.startsWith("API")) expect(message.includes(text) && text !== "").toBe(false);
    expect(message).not.toContain(KEY);
  });

  it("takes what an agent prints of its cost, to the micro-dollar", () => {
    const read = ["0.0452342500001", "4.2e-05", "3", "0", " 1.50\n", ""].map((text) => {
      const inputs = parseInputs(env({ "INPUT_COST-USD": text }));
      return inputs.ok ? inputs.value.costUsd : inputs.stop;
    });
    expect(read).toEqual([0.045234, 0.000042, 3, 0, 1.5, null]);
  });

  it("wants a decision for a verdict", () => {
    expect(parseInputs(env({ INPUT_MODE: "verdict" }))).toMatchObject({ ok: false, stop: { exit: 2 } });
  });
});

describe("toLog()", () => {
  it("prints no line that the runner takes for a command, and never the secret", () => {
    const lines: string[] = [];
    const log = toLog((line) => lines.push(line), KEY);
    log.say(`a\n::set-output name=x::y ##[error]z ${KEY}`);
    log.say("  ::stop-commands::t");
    log.fail("100%\n::error::b");
    expect(lines).toEqual([
      "a ::set-output name=x::y # #[error]z ***",
      ": :stop-commands::t",
      "::error title=Spawnpoint::100%25 ::error::b",
    ]);
  });
});

describe("toSummary()", () => {
  it("shows markup as it is written", () => {
    const summary = toSummary("t", [["a|b", "<img src=x onerror=y>\n| `c` [d](http://e)"]], "f\n# g @h");
    expect(summary).toContain("| **a\\|b** | &lt;img src=x onerror=y&gt; \\| \\`c\\` \\[d\\](http&#58;//e) |");
    expect(summary).toContain("f \\# g \\@h");
  });
});

describe("showUsd()", () => {
  it("shows two digits that count", () => {
    expect([0, 0.0009, 0.0876, 0.464719, 2, -0.11].map(showUsd)).toEqual([
      "$0",
      "$0.00090",
      "$0.088",
      "$0.46",
      "$2.00",
      "-$0.11",
    ]);
  });
});
