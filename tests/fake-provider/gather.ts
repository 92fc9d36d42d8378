/** Lets nobody on before `count` have come: who gets through was side by side with the others, however slow the machine. */
export function gather(count: number): () => Promise<void> {
  const all = Promise.withResolvers<void>();
  let come = 0;
  return () => {
    come += 1;
    if (come === count) all.resolve();
    return all.promise;
  };
}
