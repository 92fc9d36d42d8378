/** Something the person at the terminal can put right; its message says how. Printed without a stack. */
export class UsageError extends Error {}

/** Runs a script's main function; a UsageError ends the process with status 1 and its message alone. */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof UsageError ? error.message : error);
    process.exit(1);
  }
}
