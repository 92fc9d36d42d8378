import { describe, expect, it } from "vitest";
import { MAX_FILE_CHARS, MAX_FILES, MAX_STACK, MAX_STACK_CHARS, toTaskText } from "./task.ts";

describe("toTaskText()", () => {
  it("returns the task alone when no context is given", () => {
    expect(toTaskText({ task: "fix it" })).toBe("fix it");
    expect(toTaskText({ task: "fix it", files: [], stack: ["  "] })).toBe("fix it");
  });

  it("adds the files and the stack on lines of their own", () => {
    expect(toTaskText({ task: "fix it", files: ["a.ts", "b.ts"], stack: ["node", "d1"] })).toBe(
      "fix it\nFiles: a.ts, b.ts\nStack: node, d1",
    );
  });

  it("caps the number and the length of items", () => {
    const text = toTaskText({
      task: "t",
      files: Array.from({ length: 80 }, () => "f".repeat(500)),
      stack: Array.from({ length: 80 }, () => "s".repeat(500)),
    });
    const [, files = "", stack = ""] = text.split("\n");
    expect(files.split(", ")).toHaveLength(MAX_FILES);
    expect(files.length).toBe("Files: ".length + MAX_FILES * MAX_FILE_CHARS + (MAX_FILES - 1) * 2);
    expect(stack.length).toBe("Stack: ".length + MAX_STACK * MAX_STACK_CHARS + (MAX_STACK - 1) * 2);
  });

  it("never splits a surrogate pair when it cuts", () => {
    const text = toTaskText({ task: "t", files: [`${"x".repeat(MAX_FILE_CHARS - 1)}\u{1f680}`] });
    expect(text).toBe(`t\nFiles: ${"x".repeat(MAX_FILE_CHARS - 1)}`);
  });
});
